//! What an earlier version has written, this one opens as it is: an update loses nothing, and damages nothing that going back
//! would need. The folders in `golden` are never changed; a version that changes a schema adds one.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use exchange::*;
use journal::{JournalFound, RebuiltBecause, StateFound};
use std::fs;
use std::path::Path;
use support::*;

/// The event that stands at `seq` in every folder.
fn act(seq: u64) -> Act {
    let item = ItemId::new(format!("{seq:08}")).unwrap();
    Act::CheckedOut { patron: PatronId(seq * 7_919), item, due: Day((seq % 30_000) as i32) }
}

#[test]
fn the_data_of_every_version_are_opened_and_written_on() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let versions: Vec<_> = fs::read_dir(golden).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!versions.is_empty());
    for version in versions {
        let name = version.display();
        let dir = tempfile::tempdir().unwrap();
        for file in ["journal.db", "state.db"] {
            fs::copy(version.join(file), dir.path().join(file)).unwrap();
        }
        let (mut journal, report) = open(dir.path());
        assert_eq!(report.journal, JournalFound::Sound { events: 29 }, "{name}");
        let state = matches!(
            report.state,
            StateFound::Sound | StateFound::Rebuilt { why: RebuiltBecause::OtherSchema, .. }
        );
        assert!(state, "{name}: {:?}", report.state);
        let events = journal.events(Seq(1), 100).unwrap();
        assert!(events.iter().zip(1..).all(|(event, seq)| event.act == act(seq)), "{name}");
        assert_eq!(append(&mut journal, &[act(30)]), [Seq(30)], "{name}");
        drop(journal);
        assert_eq!(open(dir.path()).1.journal, JournalFound::Sound { events: 30 }, "{name}");
    }
}
