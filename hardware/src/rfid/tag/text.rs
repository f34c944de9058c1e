//! Text from a tag.

use std::fmt;

/// Text as a tag says it: not blank, no control character. It may be somebody's card number, so `Debug` shows its length
/// only and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagText(String);

impl TagText {
    /// Takes a text without the spaces around it; `None` when nothing is left or a control character is in it.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty() && !text.chars().any(char::is_control)).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TagText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagText({} characters)", self.0.chars().count())
    }
}
