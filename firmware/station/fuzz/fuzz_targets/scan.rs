//! What a barcode reader sends, cut in any pieces: the scans are the same however it is cut, and each is something to the
//! desk, under a site's rules and under none.
#![no_main]

use hardware::barcode::{Framer, ReaderName, Scan, ScanFault, SiteRules, Terminators};
use libfuzzer_sys::fuzz_target;
use station::scan::understand;

fn scans(bytes: &[u8], piece: usize, terminators: Terminators) -> Vec<Result<Scan, ScanFault>> {
    let mut framer = Framer::new(ReaderName::from("desk"), terminators);
    let mut seen = Vec::new();
    for piece in bytes.chunks(piece) {
        framer.bytes(piece, &mut |outcome| seen.push(outcome));
    }
    seen.extend(framer.end());
    seen
}

fuzz_target!(|bytes: &[u8]| {
    let [piece, ends, bytes @ ..] = bytes else { return };
    let terminators = Terminators { enter: ends & 1 == 1, tab: ends & 2 == 2 };
    let whole = scans(bytes, usize::MAX, terminators);
    assert_eq!(whole, scans(bytes, usize::from(*piece) + 1, terminators));
    for outcome in whole {
        if let Ok(scan) = outcome {
            let _ = understand(&scan, &SiteRules::default());
        }
    }
});
