//! What is asked on the station's control socket: a question that is known is answered from a real journal, in words at
//! worst, and the journal goes on.
#![no_main]

use exchange::{ClockSample, ClockTrust, Epoch, StationId};
use journal::Journal;
use libfuzzer_sys::fuzz_target;
use station::control::{Ask, answer};
use std::cell::RefCell;

const NOW_S: i64 = 1_790_000_000;

thread_local! {
    static JOURNAL: RefCell<Journal> = RefCell::new(journal());
}

fn journal() -> Journal {
    let dir = std::env::temp_dir().join(format!("control-{}", std::process::id()));
    let (mut journal, _) = Journal::open(&dir, NOW_S).unwrap();
    journal.enrol(StationId(7), Some(Epoch(1))).unwrap();
    // The databases are open: their files may go, and none stay when this is killed.
    let _ = std::fs::remove_dir_all(&dir);
    journal
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(ask) = serde_json::from_slice::<Ask>(bytes) else { return };
    let clock = ClockSample { wall_s: NOW_S, boot: 1, mono_s: 1, trust: ClockTrust::Rtc };
    JOURNAL.with_borrow_mut(|journal| {
        let told = answer(journal, ask, clock);
        assert!(serde_json::to_vec(&told).is_ok());
    });
});
