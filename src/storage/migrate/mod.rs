//! Brings stored JSON from the shape it was written in to today's.
//!
//! In: a row's JSON and the version of its shape. Out: the JSON in today's shape, or why that cannot be.
//! Invariant: a migration is pure, listed once, and never changed after it was released.

mod flows;

use serde_json::Value;
use thiserror::Error;

use crate::storage::StoreName;
use crate::storage::schema::N_STORE_CHANGES;

/// One step: the rows of one store, from one version to the next.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub store: StoreName,
    /// The version it reads; it writes the next.
    pub from: u32,
    pub apply: fn(Value) -> Result<Value, MigrationError>,
}

/// Why a row's JSON could not be brought to the next version.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MigrationError {
    #[error("no migration reads version {from} of {store:?}")]
    Missing { store: StoreName, from: u32 },
    #[error("{field} is missing or has another type")]
    Field { field: &'static str },
}

/// Every migration, in the order they were made. Only ever appended to.
pub const MIGRATIONS: &[Migration] =
    &[Migration { store: StoreName::Flows, from: 1, apply: flows::give_date_triggers_a_schedule }];

/// The database's version in the browser: it grows with every added store, and with every migration, so that an older tab
/// never writes old rows beside new ones.
pub const fn database_version(migrations: &[Migration]) -> u32 {
    // A list of migrations is written by hand and never nears 2^32.
    migrations.len() as u32 + 1 + N_STORE_CHANGES
}

/// Applies every migration of `store` from version `found` on, up to `wanted`.
pub fn migrate(
    migrations: &[Migration],
    store: StoreName,
    found: u32,
    wanted: u32,
    json: Value,
) -> Result<Value, MigrationError> {
    let mut json = json;
    for from in found..wanted {
        let migration = migrations
            .iter()
            .find(|migration| migration.store == store && migration.from == from)
            .ok_or(MigrationError::Missing { store, from })?;
        json = (migration.apply)(json)?;
    }
    Ok(json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rename_mail(json: Value) -> Result<Value, MigrationError> {
        let mut json = json;
        let profile = json.as_object_mut().ok_or(MigrationError::Field { field: "profile" })?;
        let email = profile.shift_remove("mail").ok_or(MigrationError::Field { field: "mail" })?;
        profile.insert("email".to_owned(), email);
        Ok(json)
    }

    fn add_tags(json: Value) -> Result<Value, MigrationError> {
        let mut json = json;
        let profile = json.as_object_mut().ok_or(MigrationError::Field { field: "profile" })?;
        profile.insert("tags".to_owned(), json!([]));
        Ok(json)
    }

    /// A pair that only tests know; another store's migration stands between them.
    const PAIR: &[Migration] = &[
        Migration { store: StoreName::Profiles, from: 1, apply: rename_mail },
        Migration { store: StoreName::Flows, from: 1, apply: Ok },
        Migration { store: StoreName::Profiles, from: 2, apply: add_tags },
    ];

    #[test]
    fn a_row_from_the_first_version_goes_through_every_step() {
        let before = json!({"mail": "sam@example.com"});
        let after = json!({"email": "sam@example.com", "tags": []});
        assert_eq!(migrate(PAIR, StoreName::Profiles, 1, 3, before), Ok(after));
    }

    #[test]
    fn a_row_from_a_later_version_skips_the_steps_before_it() {
        let after = json!({"email": "sam@example.com", "tags": []});
        assert_eq!(migrate(PAIR, StoreName::Profiles, 2, 3, json!({"email": "sam@example.com"})), Ok(after));
    }

    #[test]
    fn a_row_of_todays_version_is_left_alone() {
        assert_eq!(migrate(PAIR, StoreName::Profiles, 3, 3, json!(7)), Ok(json!(7)));
    }

    #[test]
    fn a_step_that_does_not_fit_or_does_not_exist_says_so() {
        let result = migrate(PAIR, StoreName::Profiles, 1, 3, json!({"email": "sam@example.com"}));
        assert_eq!(result, Err(MigrationError::Field { field: "mail" }));
        let result = migrate(PAIR, StoreName::Profiles, 0, 3, json!({}));
        assert_eq!(result, Err(MigrationError::Missing { store: StoreName::Profiles, from: 0 }));
    }

    #[test]
    fn versions_follow_from_the_list() {
        assert_eq!(database_version(&[]), 1 + N_STORE_CHANGES);
        assert_eq!(database_version(PAIR), 4 + N_STORE_CHANGES);
    }

    #[test]
    fn the_real_list_has_no_gaps() {
        for store in StoreName::ALL {
            let froms: Vec<u32> = MIGRATIONS
                .iter()
                .filter(|migration| migration.store == store)
                .map(|migration| migration.from)
                .collect();
            let expected: Vec<u32> = (1..=froms.len() as u32).collect();
            assert_eq!(froms, expected, "{store:?}");
        }
    }
}
