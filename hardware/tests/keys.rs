//! The key decoder on whole sequences: times, modifiers, losses, recorded bytes, and anything at all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use hardware::barcode::{InputEvent, KeyDecoder, MAX_TEXT_BYTES, RecordReader, Scan, ScanFault, Terminators};
use proptest::prelude::*;

const A: u16 = 30;
const ONE: u16 = 2;
const ENTER: u16 = 28;
const SHIFT: u16 = 42;
const CTRL: u16 = 29;
const ALT: u16 = 56;
const CAPS: u16 = 58;
const F1: u16 = 59;

/// A decoder and its clock, in milliseconds.
struct Bench {
    decoder: KeyDecoder,
    now_ms: u64,
    found: Vec<Result<String, ScanFault>>,
}

fn bench(terminators: Terminators) -> Bench {
    let decoder = KeyDecoder::new("desk".into(), terminators, Duration::from_millis(100));
    Bench { decoder, now_ms: 1_000_000, found: Vec::new() }
}

impl Bench {
    fn event(mut self, kind: u16, code: u16, value: i32) -> Self {
        let event = InputEvent { at: Duration::from_millis(self.now_ms), kind, code, value };
        self.found.extend(self.decoder.event(event).map(text));
        self
    }

    fn down(self, code: u16) -> Self {
        self.event(1, code, 1)
    }

    fn up(self, code: u16) -> Self {
        self.event(1, code, 0)
    }

    fn press(self, codes: &[u16]) -> Self {
        codes.iter().fold(self, |bench, code| bench.down(*code).up(*code).after(2))
    }

    fn after(mut self, ms: u64) -> Self {
        self.now_ms += ms;
        self
    }

    fn gives(mut self, expected: &[Result<&str, ScanFault>]) {
        self.found.extend(self.decoder.silence().map(text));
        let expected: Vec<_> = expected.iter().map(|o| o.clone().map(str::to_owned)).collect();
        assert_eq!(self.found, expected);
    }
}

fn text(outcome: Result<Scan, ScanFault>) -> Result<String, ScanFault> {
    outcome.map(|scan| scan.text().as_str().to_owned())
}

#[test]
fn a_late_key_tears_the_scan_and_begins_the_next() {
    let torn = Err(ScanFault::Torn { bytes: 2 });
    bench(Terminators::ALL).press(&[ONE, ONE]).after(101).press(&[A, ENTER]).gives(&[torn.clone(), Ok("a")]);
    bench(Terminators::ALL).press(&[ONE, ONE]).after(101).press(&[ENTER]).gives(std::slice::from_ref(&torn));
    bench(Terminators::ALL).press(&[ONE, ONE]).after(98).press(&[A, ENTER]).gives(&[Ok("11a")]);
    bench(Terminators::ALL).press(&[ONE, ONE]).gives(&[torn]);
}

#[test]
fn without_terminators_a_pause_ends_the_scan() {
    bench(Terminators::SILENCE).press(&[ONE, ONE]).after(101).press(&[A]).gives(&[Ok("11"), Ok("a")]);
}

#[test]
fn a_clock_that_jumps_back_tears_nothing() {
    let mut early = bench(Terminators::ALL).press(&[ONE]);
    early.now_ms = 5;
    early.press(&[A, ENTER]).gives(&[Ok("1a")]);
}

#[test]
fn enter_alone_is_no_scan() {
    bench(Terminators::ALL).press(&[ENTER, 15, ENTER]).gives(&[]);
}

#[test]
fn shift_and_caps_lock_make_capitals_and_both_together_do_not() {
    bench(Terminators::ALL).press(&[CAPS, A, ONE, CAPS, A, ENTER]).gives(&[Ok("A1a")]);
    bench(Terminators::ALL)
        .press(&[CAPS])
        .down(SHIFT)
        .press(&[A, ONE])
        .up(SHIFT)
        .press(&[ENTER])
        .gives(&[Ok("a!")]);
    let both = bench(Terminators::ALL).down(SHIFT).down(54).up(SHIFT).press(&[A]).up(54);
    both.press(&[A, ENTER]).gives(&[Ok("Aa")]);
}

#[test]
fn a_repeat_by_the_kernel_neither_types_nor_lets_go() {
    let held =
        bench(Terminators::ALL).down(SHIFT).event(1, SHIFT, 2).down(A).event(1, A, 2).event(1, A, 2).up(A);
    held.up(SHIFT).press(&[ENTER]).gives(&[Ok("A")]);
}

#[test]
fn where_tab_alone_ends_a_scan_enter_beside_it_is_nothing() {
    let tab_only = Terminators { enter: false, tab: true };
    bench(tab_only).press(&[ENTER, A, ENTER, 15, ONE, 15]).gives(&[Ok("a"), Ok("1")]);
    bench(tab_only).press(&[ENTER]).gives(&[]);
}

#[test]
fn lost_keys_spoil_the_scan_and_the_next_is_whole() {
    bench(Terminators::ALL)
        .press(&[ONE])
        .down(SHIFT)
        .event(0, 3, 0)
        .press(&[A, ENTER])
        .event(0, 0, 0)
        .press(&[ONE, ENTER, A, ENTER])
        .gives(&[Err(ScanFault::KeysLost), Ok("a")]);
    bench(Terminators::ALL)
        .event(0, 3, 0)
        .event(0, 0, 0)
        .after(500)
        .press(&[A, ENTER])
        .gives(&[Err(ScanFault::KeysLost), Ok("a")]);
}

#[test]
fn a_key_without_a_character_is_never_skipped() {
    let unknown = Err(ScanFault::UnknownKey { code: F1 });
    bench(Terminators::ALL).press(&[ONE, F1, ONE, ENTER, A, ENTER]).gives(&[unknown, Ok("a")]);
}

#[test]
fn alt_codes_give_ascii_and_line_ends() {
    let a_then_enter = bench(Terminators::ALL).down(ALT).press(&[82, 77, 76]).up(ALT);
    a_then_enter.down(ALT).press(&[82, 79, 81]).up(ALT).gives(&[Ok("A")]);
    let five = bench(Terminators::ALL).down(ALT).press(&[79, 79, 79, 79, 79]).up(ALT).press(&[ENTER]);
    five.gives(&[Err(ScanFault::AltCode { code: 1111 })]);
    bench(Terminators::ALL).press(&[ONE]).down(ALT).up(ALT).press(&[ENTER]).gives(&[Ok("1")]);
}

#[test]
fn control_keys_make_control_characters_and_those_are_refused() {
    let group_separator =
        bench(Terminators::ALL).press(&[ONE]).down(CTRL).press(&[27]).up(CTRL).press(&[ONE]);
    group_separator.press(&[ENTER]).gives(&[Err(ScanFault::ControlCharacter { code: 0x1d })]);
    bench(Terminators::ALL).press(&[ONE]).down(CTRL).press(&[50]).up(CTRL).gives(&[Ok("1")]);
}

#[test]
fn an_endless_code_is_one_fault() {
    let too_long = Err(ScanFault::TooLong { limit_bytes: MAX_TEXT_BYTES });
    bench(Terminators::ALL).press(&[ONE; 4096]).press(&[ENTER, A, ENTER]).gives(&[too_long, Ok("a")]);
}

#[cfg(all(target_pointer_width = "64", target_endian = "little"))]
#[test]
fn recorded_bytes_give_the_scan_however_they_are_cut() {
    let recorded: Vec<u8> = include_str!("recorded/kaz-42.hex")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.bytes().filter(|b| *b != b' ').collect::<Vec<_>>())
        .collect::<Vec<_>>()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    assert_eq!(recorded.len() % 24, 0);
    for cut in [1, 7, 24, 100, recorded.len()] {
        let (mut records, mut found) = (RecordReader::default(), Vec::new());
        let mut decoder = KeyDecoder::new("desk".into(), Terminators::ALL, Duration::from_millis(100));
        for piece in recorded.chunks(cut) {
            records.bytes(piece, |event| found.extend(decoder.event(event).map(text)));
        }
        assert_eq!(found, [Ok("KAZ-42".to_owned())]);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let mut records = RecordReader::default();
        let mut decoder = KeyDecoder::new("desk".into(), Terminators::ALL, Duration::from_millis(100));
        records.bytes(&bytes, |event| { let _ = decoder.event(event); });
        let _ = (decoder.silence(), decoder.cut());
    }

    #[test]
    fn any_keys_give_whole_scans_or_faults(
        keys in proptest::collection::vec((0u16..4, prop_oneof![0u16..130, Just(ENTER)], -1i32..4, 0u64..150), 0..400),
    ) {
        let mut decoder = KeyDecoder::new("desk".into(), Terminators::ALL, Duration::from_millis(100));
        let mut at = Duration::ZERO;
        for (kind, code, value, gap_ms) in keys {
            at += Duration::from_millis(gap_ms);
            if let Some(Ok(scan)) = decoder.event(InputEvent { at, kind, code, value }) {
                prop_assert!(!scan.text().as_str().chars().any(char::is_control));
                prop_assert!(scan.text().as_str().len() <= MAX_TEXT_BYTES);
            }
        }
    }
}
