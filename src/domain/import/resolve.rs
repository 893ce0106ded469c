//! Fits what was read into what is there: ids, people, and what would be replaced.
//!
//! In: items, the library as it stands, a seed for new ids. Out: events and profiles to keep, and what changes by it.
//! Invariant: decides and counts, keeps nothing; the same items with the same seed get the same ids.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::event::{Profile, TriggerEvent};
use crate::domain::id::{EventId, ProfileId, sortable_id};
use crate::domain::import::{FoundEvent, Item};
use crate::domain::time::Timestamp;

/// The library as it stands.
#[derive(Debug, Clone, Copy)]
pub struct Library<'a> {
    pub events: &'a [TriggerEvent],
    pub profiles: &'a [Profile],
}

/// What is to be kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Resolved {
    pub events: Vec<TriggerEvent>,
    pub profiles: Vec<Profile>,
    /// Events that stand in the library under the same id with other words.
    pub n_replaced_events: usize,
    /// Profiles that stand in the library under the same id or address with other words.
    pub n_replaced_profiles: usize,
    /// What is in the library just so already; it is left out.
    pub n_same: usize,
    /// Events that name nobody and were given to `fallback`.
    pub n_given_to_fallback: usize,
}

/// Fits items in. Events that name nobody belong to `fallback`.
pub fn resolve(
    items: &[Item],
    library: Library<'_>,
    fallback: Option<&ProfileId>,
    now: Timestamp,
    seed: u64,
) -> Resolved {
    let mut ids = Ids { now, state: seed };
    let mut people = People::of(library.profiles);
    let mut resolved = Resolved::default();
    for item in items {
        if let Item::Profile(profile) = item {
            people.take_whole(profile, &mut ids);
        }
    }
    let known: BTreeMap<&EventId, &TriggerEvent> = library.events.iter().map(|event| (&event.id, event)).collect();
    let mut taken = BTreeSet::new();
    for item in items {
        let Item::Event(FoundEvent { event, person }) = item else { continue };
        let mut event = event.clone();
        event.profile_id = match person {
            Some(person) => people.find_or_take(person, &event.profile_id, &mut ids),
            None if people.has(&event.profile_id) => event.profile_id,
            None => {
                resolved.n_given_to_fallback += 1;
                fallback.cloned().unwrap_or(event.profile_id)
            }
        };
        if event.id.as_str().is_empty() || !taken.insert(event.id.clone()) {
            event.id = EventId::new(ids.next());
        }
        match known.get(&event.id) {
            Some(before) if **before == event => resolved.n_same += 1,
            before => {
                resolved.n_replaced_events += usize::from(before.is_some());
                resolved.events.push(event);
            }
        }
    }
    let before: BTreeMap<&ProfileId, &Profile> =
        library.profiles.iter().map(|profile| (&profile.id, profile)).collect();
    for profile in people.new {
        match before.get(&profile.id) {
            Some(before) if **before == profile => resolved.n_same += 1,
            before => {
                resolved.n_replaced_profiles += usize::from(before.is_some());
                resolved.profiles.push(profile);
            }
        }
    }
    resolved
}

struct Ids {
    now: Timestamp,
    state: u64,
}

impl Ids {
    /// SplitMix64, so that one seed gives many ids. <https://prng.di.unimi.it/splitmix64.c>
    fn next(&mut self) -> String {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        sortable_id(self.now, mixed ^ (mixed >> 31))
    }
}

/// Who is known, and who came in.
struct People {
    by_id: BTreeSet<ProfileId>,
    by_address: BTreeMap<String, ProfileId>,
    new: Vec<Profile>,
    new_by_id: BTreeMap<ProfileId, usize>,
}

impl People {
    fn of(profiles: &[Profile]) -> Self {
        Self {
            by_id: profiles.iter().map(|profile| profile.id.clone()).collect(),
            by_address: profiles.iter().map(|profile| (address(profile), profile.id.clone())).collect(),
            new: Vec::new(),
            new_by_id: BTreeMap::new(),
        }
    }

    fn has(&self, profile_id: &ProfileId) -> bool {
        self.by_id.contains(profile_id)
    }

    /// A whole profile: it stands for the one with its id or address from now on.
    fn take_whole(&mut self, profile: &Profile, ids: &mut Ids) {
        let known = if self.has(&profile.id) { Some(&profile.id) } else { self.by_address.get(&address(profile)) };
        let profile_id = known.cloned().unwrap_or_else(|| fresh(&profile.id, ids));
        self.take(Profile { id: profile_id, ..profile.clone() });
    }

    /// Somebody named in passing: nobody who is known is changed by that.
    fn find_or_take(&mut self, person: &Profile, profile_id: &ProfileId, ids: &mut Ids) -> ProfileId {
        for candidate in [profile_id, &person.id] {
            if self.has(candidate) {
                return candidate.clone();
            }
        }
        if let Some(known) = self.by_address.get(&address(person)) {
            return known.clone();
        }
        let wanted = if person.id.as_str().is_empty() { profile_id } else { &person.id };
        let profile = Profile { id: fresh(wanted, ids), ..person.clone() };
        let profile_id = profile.id.clone();
        self.take(profile);
        profile_id
    }

    fn take(&mut self, profile: Profile) {
        self.by_id.insert(profile.id.clone());
        self.by_address.insert(address(&profile), profile.id.clone());
        match self.new_by_id.get(&profile.id).and_then(|idx| self.new.get_mut(*idx)) {
            Some(earlier) => *earlier = profile,
            None => {
                self.new_by_id.insert(profile.id.clone(), self.new.len());
                self.new.push(profile);
            }
        }
    }
}

fn fresh(wanted: &ProfileId, ids: &mut Ids) -> ProfileId {
    if wanted.as_str().is_empty() { ProfileId::new(ids.next()) } else { wanted.clone() }
}

/// What a person is known by: the email address, else the phone number.
fn address(profile: &Profile) -> String {
    if profile.email.is_empty() { profile.phone_number.clone() } else { profile.email.to_lowercase() }
}
