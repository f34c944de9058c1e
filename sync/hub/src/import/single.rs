//! Single values that an outside system sends, held to what is asked of a cell of a file.

use super::{RowFault, Shown, cells, iin};
use exchange::ItemId;

/// A text of a person or a book, cleaned.
pub(crate) fn text(value: &str) -> Result<String, RowFault> {
    let clean = cells::clean(value)?;
    if iin::is_iin(&clean) || iin::stands_in(&clean) { Err(RowFault::Iin) } else { Ok(clean) }
}

/// As [`text`], and not empty.
pub(crate) fn needed(value: &str) -> Result<String, RowFault> {
    text(value).and_then(|clean| if clean.is_empty() { Err(RowFault::Empty) } else { Ok(clean) })
}

/// The number of a card or a label.
pub(crate) fn number(value: &str) -> Result<ItemId, RowFault> {
    let clean = needed(value)?;
    ItemId::new(clean.as_str()).map_err(|_| RowFault::Number(Shown::of_person(&clean)))
}

/// An ISBN as 13 digits; empty for none.
pub(crate) fn isbn(value: &str) -> Result<String, RowFault> {
    super::isbn::isbn(&text(value)?)
}
