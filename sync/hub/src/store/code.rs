//! Enums as words in the database: the same words as in the documented JSON.

use super::StoreFault;
use crate::fold::{Closing, Decree};
use serde::{Serialize, de::DeserializeOwned};

/// The word of a variant without fields.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(_) | Err(_) => String::new(),
    }
}

/// The variant of a word.
pub(crate) fn variant<T: DeserializeOwned>(word: &str) -> Result<T, StoreFault> {
    serde_json::from_value(serde_json::Value::String(word.to_owned()))
        .map_err(|_| StoreFault::Damaged("a word that no version of this program wrote"))
}

/// The word of a decree.
pub(super) fn decree_word(decree: Decree) -> &'static str {
    match decree {
        Decree::Accept => "accept",
        Decree::Reject => "reject",
        Decree::Withdraw => "withdraw",
    }
}

/// The decree of a word.
pub(super) fn decree(word: &str) -> Result<Decree, StoreFault> {
    match word {
        "accept" => Ok(Decree::Accept),
        "reject" => Ok(Decree::Reject),
        "withdraw" => Ok(Decree::Withdraw),
        _ => Err(StoreFault::Damaged("a decree that no version of this program wrote")),
    }
}

/// The word of a closing.
pub(super) fn closing_word(closing: Closing) -> &'static str {
    match closing {
        Closing::Returned => "returned",
        Closing::LentOn => "lent_on",
    }
}

/// The closing of a word.
pub(super) fn closing(word: &str) -> Result<Closing, StoreFault> {
    match word {
        "returned" => Ok(Closing::Returned),
        "lent_on" => Ok(Closing::LentOn),
        _ => Err(StoreFault::Damaged("a closing that no version of this program wrote")),
    }
}

/// A number that is never below nothing.
pub(super) fn uint(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
