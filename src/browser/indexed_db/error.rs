//! What the browser says when storage fails, in our words.
//!
//! In: exceptions of IndexedDB. Out: store errors that carry the exception's name and message.
//! Invariant: exceptions are told apart by name, never by message; no browser value goes further.

use indexed_db_futures::error::{Error, OpenDbError, UnexpectedDataError};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DomException;

use crate::storage::StoreError;

/// Why a request or a transaction failed.
pub fn from_request(error: Error) -> StoreError {
    match dom_exception(&error) {
        Some((name, message)) => from_name(&name, &message),
        None => match error {
            // The browser took the transaction away and gave no reason.
            Error::MissingData(UnexpectedDataError::TransactionAborted) => {
                StoreError::Disconnected { reason: error.to_string() }
            }
            Error::DomException(_) | Error::Serialisation(_) | Error::MissingData(_) | Error::Unknown(_) => {
                StoreError::Failed { reason: error.to_string() }
            }
        },
    }
}

/// Why the database could not be opened.
pub fn from_open(error: OpenDbError) -> StoreError {
    match error {
        OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory => {
            StoreError::Refused { reason: error.to_string() }
        }
        // The crate says this of everything `open` throws. Our versions start at 1, so the browser has refused.
        OpenDbError::VersionZero => StoreError::Refused { reason: "the browser opens no database here".to_owned() },
        OpenDbError::Base(base) => match dom_exception(&base) {
            // What a private window says that allows no databases.
            Some((name, message)) if name == "InvalidStateError" || name == "NotSupportedError" => {
                StoreError::Refused { reason: format!("{name}: {message}") }
            }
            Some((name, message)) => from_name(&name, &message),
            None => from_request(base),
        },
    }
}

/// Why a finished transaction failed, if the browser kept a reason.
pub fn from_exception(exception: &DomException) -> StoreError {
    from_name(&exception.name(), &exception.message())
}

/// Whether the database on disk has a higher version than the one asked for.
pub fn is_newer_version(error: &OpenDbError) -> bool {
    match error {
        OpenDbError::Base(base) => dom_exception(base).is_some_and(|(name, _)| name == "VersionError"),
        OpenDbError::UnsupportedEnvironment | OpenDbError::NullFactory | OpenDbError::VersionZero => false,
    }
}

fn dom_exception(error: &Error) -> Option<(String, String)> {
    let value: &JsValue = match error {
        Error::DomException(exception) => exception.as_ref(),
        Error::Unknown(error) => error.as_ref(),
        Error::Serialisation(_) | Error::MissingData(_) => return None,
    };
    let exception: &DomException = value.dyn_ref()?;
    Some((exception.name(), exception.message()))
}

fn from_name(name: &str, message: &str) -> StoreError {
    let reason = format!("{name}: {message}");
    match name {
        "QuotaExceededError" => StoreError::QuotaExceeded { reason },
        "SecurityError" => StoreError::Refused { reason },
        // A handle that has died: only opening the database again heals it.
        "InvalidStateError" | "UnknownError" | "AbortError" | "TimeoutError" => StoreError::Disconnected { reason },
        _ => StoreError::Failed { reason },
    }
}
