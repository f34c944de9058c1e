//! Any file as one of the four that a school brings: read or refused, and told in words; what was read plans without a
//! panic. The first byte says which file.
#![no_main]

use exchange::Day;
use hub::import::{Known, Report, What, prepare, recognise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, file)) = bytes.split_first() else { return };
    let _ = recognise(file);
    let what = What::ALL.into_iter().cycle().nth(usize::from(*which % 4));
    if let Ok(prepared) = prepare(file, what, &Known::new([]), Day(20_700)) {
        let _ = Report::new(&prepared, None).to_string();
    }
});
