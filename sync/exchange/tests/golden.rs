//! Every message as it was once written is still read the same. The files in `tests/golden` stand for the stations and
//! regions in the field: a file is never changed, only added to. `OQYRMAN_WRITE_GOLDEN=1 cargo test -p exchange --test
//! golden` writes the files that are not there yet.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "common/samples.rs"]
mod samples;

use exchange::wire::{self, Encoding, SecretKey};
use exchange::{Seq, row};
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "golden"].iter().collect()
}

/// The bytes of one file. With `OQYRMAN_WRITE_GOLDEN` set a file that is missing is written first.
fn golden(name: &str, now: &[u8]) -> Vec<u8> {
    let path = folder().join(name);
    if !path.exists() && std::env::var_os("OQYRMAN_WRITE_GOLDEN").is_some() {
        fs::create_dir_all(folder()).unwrap();
        fs::write(&path, now).unwrap();
    }
    fs::read(&path).unwrap_or_else(|fault| panic!("golden file {name}: {fault}"))
}

fn check<T: PartialEq + Debug>(name: &str, expected: &T, now: &[u8], open: impl FnOnce(&[u8]) -> T) {
    assert_eq!(&open(&golden(name, now)), expected, "{name}");
}

/// Name, and what reads it; the value is in there.
type Check = (String, Box<dyn FnOnce(&str)>);

fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    let public = samples::key().public();
    for (encoding, ending) in [(Encoding::Columns, "bin"), (Encoding::Json, "json")] {
        for (name, request) in samples::requests() {
            let check = move |name: &str| {
                let now = wire::seal_request(&request, &samples::key(), encoding);
                check(name, &request, &now, |bytes| wire::open_request(bytes, |_| Some(public)).unwrap());
            };
            checks.push((format!("{name}.{ending}"), Box::new(check)));
        }
        for (name, answer) in samples::answers() {
            let check = move |name: &str| {
                let now = wire::seal_answer(&answer, &samples::key(), encoding);
                check(name, &answer, &now, |bytes| wire::open_answer(bytes, &public).unwrap());
            };
            checks.push((format!("{name}.{ending}"), Box::new(check)));
        }
    }
    let enrol = |name: &str| {
        let now = wire::seal_enrol(&samples::enrol_request(), &samples::key());
        check(name, &samples::enrol_request(), &now, |bytes| wire::open_enrol(bytes).unwrap());
    };
    checks.push(("enrol-request.json".into(), Box::new(enrol)));
    let with_voucher = |name: &str| {
        let request = samples::enrol_request_with_voucher();
        let now = wire::seal_enrol(&request, &samples::key());
        check(name, &request, &now, |bytes| wire::open_enrol(bytes).unwrap());
    };
    checks.push(("enrol-request-voucher.json".into(), Box::new(with_voucher)));
    let reply = |name: &str| {
        let now = wire::seal_enrol_reply(&samples::enrol_reply(), &SecretKey::from_seed([9; 32]));
        check(name, &samples::enrol_reply(), &now, |bytes| wire::open_enrol_reply(bytes).unwrap());
    };
    checks.push(("enrol-reply.json".into(), Box::new(reply)));
    for (name, answer) in samples::enrol_answers() {
        let check = move |name: &str| {
            let now = wire::encode_enrol_answer(&answer);
            check(name, &answer, &now, |bytes| wire::decode_enrol_answer(bytes).unwrap());
        };
        checks.push((format!("enrol-{name}.json"), Box::new(check)));
    }
    checks
}

#[test]
fn messages_are_read_as_they_were_meant() {
    for (name, check) in checks() {
        check(&name);
    }
}

/// Rows are what chains and feed hashes are computed over: they have to be written the same for ever, too.
#[test]
fn rows_are_written_and_read_the_same() {
    for (name, act) in samples::acts() {
        let event = samples::event(501, act);
        let name = format!("row-{name}.bin");
        let now = row::encode(&event);
        check(&name, &event, &now, |bytes| row::decode(Seq(501), bytes).unwrap());
        assert_eq!(golden(&name, &now), now, "{name}");
    }
    for (name, record) in samples::records() {
        let name = format!("record-{name}.bin");
        let now = row::encode_record(&record);
        check(&name, &record, &now, |bytes| row::decode_record(bytes).unwrap());
        assert_eq!(golden(&name, &now), now, "{name}");
    }
}

#[test]
fn no_file_is_there_for_nothing() {
    let rows = samples::acts().into_iter().map(|(name, _)| format!("row-{name}.bin"));
    let records = samples::records().into_iter().map(|(name, _)| format!("record-{name}.bin"));
    let wanted: BTreeSet<String> =
        checks().into_iter().map(|(name, _)| name).chain(rows).chain(records).collect();
    for entry in fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(wanted.contains(&name), "nothing reads the golden file {name}");
    }
}

/// The worked examples of docs/exchange.md are golden files.
#[test]
fn the_examples_of_the_document_are_true() {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs", "exchange.md"].iter().collect();
    let document = fs::read_to_string(&path).unwrap();
    for name in ["request-returned.json", "answer-good.json", "enrol-request.json", "enrol-approved.json"] {
        let example = String::from_utf8(fs::read(folder().join(name)).unwrap()).unwrap();
        assert!(document.contains(&example), "docs/exchange.md does not hold {name}");
    }
}
