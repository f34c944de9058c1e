//! What can be wrong with a site's number rules, in words that say what was expected.

use super::scan::MAX_TEXT_BYTES;

/// A rule that makes no sense, by name and place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("number rule {position} '{rule}': {fault}")]
pub struct RulesError {
    /// The rule's name.
    pub rule: String,
    /// Its place in the list, counted from 1.
    pub position: usize,
    /// What is wrong and what was expected.
    pub fault: RuleFault,
}

/// What is wrong with a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// No name.
    #[error("give it a name")]
    NoName,
    /// Two rules of one name.
    #[error("an earlier rule has this name; give each rule its own")]
    NameTaken,
    /// An earlier rule claims everything first.
    #[error(
        "it can never be reached, since rule '{by}' before it claims the same numbers; change the order, the prefixes or the lengths"
    )]
    Hidden {
        /// The earlier rule.
        by: String,
    },
    /// `lengths` is empty.
    #[error("'lengths' is empty; list the number of characters, as lengths = [14]")]
    NoLengths,
    /// A length no scan can have.
    #[error("length {length} is out of range; expected 1 to {MAX_TEXT_BYTES}")]
    Length {
        /// The length given.
        length: usize,
    },
    /// An empty prefix, or one with `|` or a control character.
    #[error(
        "prefix {prefix:?} cannot be on a label; expected printable characters without '|', or no 'prefixes' at all for any number"
    )]
    Prefix {
        /// The prefix given.
        prefix: String,
    },
    /// A prefix that is longer than every allowed length.
    #[error("prefix {prefix:?} is longer than every length in 'lengths'")]
    PrefixTooLong {
        /// The prefix given.
        prefix: String,
    },
    /// A prefix that folding to capitals can never leave in place.
    #[error(
        "prefix {prefix:?} has small letters, but case = \"upper\" makes all letters capital; write it in capitals"
    )]
    SmallPrefix {
        /// The prefix given.
        prefix: String,
    },
    /// A prefix that is not all digits under a scheme for digits.
    #[error("prefix {prefix:?} is not all digits, but its check digit scheme is for digits only")]
    PrefixNotDigits {
        /// The prefix given.
        prefix: String,
    },
    /// A policy without a scheme.
    #[error(
        "'policy' asks for a check digit but 'check' is none; set check = \"luhn14\", \"ean13\" or \"mod43\""
    )]
    NoScheme,
    /// A scheme that is made for one length only.
    #[error("this check digit scheme is for {length} digits; expected lengths = [{length}]")]
    CheckLength {
        /// The length the scheme is for.
        length: usize,
    },
    /// Length 1 under mod 43.
    #[error("a number with a mod 43 check character has at least 2 characters; take 1 out of 'lengths'")]
    TooShortForMod43,
}
