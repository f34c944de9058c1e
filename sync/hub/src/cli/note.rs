//! What is done at the region's own machine is written down beside what is done in the console.

use crate::store::{COMMAND_LINE, Deed, Note, SchoolId, Store};

/// Writes down what was done to `object` of a school, or of the region.
pub(super) fn note(
    store: &mut Store,
    school: Option<SchoolId>,
    deed: Deed,
    object: &str,
    now_s: i64,
) -> anyhow::Result<()> {
    Ok(store.note(Note { school, login: COMMAND_LINE, deed, object }, now_s)?)
}
