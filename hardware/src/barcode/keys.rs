//! From raw key events to scans, for readers that play a keyboard.
//!
//! Key codes are positions on a US keyboard; no desktop layout ever applies. A lost, unknown or late key spoils the
//! whole scan: it never becomes a shorter number. Kernel repeats are not typing. Time is the kernel's own stamp on
//! each event, so a reader thread that was late does not tear a scan that was not torn.
//!
//! Alt codes (Alt held, digits on the keypad, Alt let go) give one character if it is ASCII, and spoil the scan if
//! not, since beyond ASCII the letter depends on a code page that only the sender knows. Alt 9, 10 and 13 are Tab,
//! LF and CR.

use std::time::Duration;

use super::assemble::{Assembly, Outcome};
use super::config::Terminators;
use super::input_event::InputEvent;
use super::keymap;
use super::scan::{ReaderName, ScanFault};

const EV_SYN: u16 = 0;
const EV_KEY: u16 = 1;
const SYN_REPORT: u16 = 0;
const SYN_DROPPED: u16 = 3;

const KEY_TAB: u16 = 15;
const KEY_ENTER: u16 = 28;
const KEY_KPENTER: u16 = 96;
const KEY_CAPSLOCK: u16 = 58;
const KEY_NUMLOCK: u16 = 69;
const KEYS_SHIFT: [u16; 2] = [42, 54];
const KEYS_CTRL: [u16; 2] = [29, 97];
const KEYS_ALT: [u16; 2] = [56, 100];

/// The most digits of an Alt code.
const ALT_DIGITS: u8 = 4;

/// A pair of modifier keys, each down or up.
#[derive(Debug, Default, Clone, Copy)]
struct Pair([bool; 2]);

impl Pair {
    /// Notes the key if it is one of `keys`; says whether it was.
    fn note(&mut self, keys: [u16; 2], code: u16, down: bool) -> bool {
        let at = keys.iter().position(|key| *key == code);
        if let Some(place) = at.and_then(|at| self.0.get_mut(at)) {
            *place = down;
        }
        at.is_some()
    }

    fn down(self) -> bool {
        self.0.contains(&true)
    }
}

#[derive(Debug, Default)]
struct Modifiers {
    shift: Pair,
    ctrl: Pair,
    alt: Pair,
}

/// An Alt code being typed.
#[derive(Debug, Default, Clone, Copy)]
struct AltCode {
    digits: u8,
    value: u32,
}

/// The decoder of one keyboard-style reader.
#[derive(Debug)]
pub struct KeyDecoder {
    assembly: Assembly,
    terminators: Terminators,
    silence: Duration,
    held: Modifiers,
    caps_lock: bool,
    alt_code: AltCode,
    last_key_at: Duration,
    resyncing: bool,
}

impl KeyDecoder {
    /// A reader with no key pressed. `silence` is the longest time between two keys of one scan.
    pub fn new(reader: ReaderName, terminators: Terminators, silence: Duration) -> Self {
        Self {
            assembly: Assembly::new(reader),
            terminators,
            silence,
            held: Modifiers::default(),
            caps_lock: false,
            alt_code: AltCode::default(),
            last_key_at: Duration::ZERO,
            resyncing: false,
        }
    }

    /// Takes one event; gives the scan or fault that it completes.
    pub fn event(&mut self, event: InputEvent) -> Option<Outcome> {
        match (event.kind, event.code, event.value) {
            (EV_SYN, SYN_DROPPED, _) => {
                self.assembly.spoil(ScanFault::KeysLost);
                self.held = Modifiers::default();
                self.alt_code = AltCode::default();
                self.resyncing = true;
                self.last_key_at = event.at;
                None
            }
            (EV_SYN, SYN_REPORT, _) => {
                self.resyncing = false;
                None
            }
            (EV_KEY, code, value @ (0 | 1)) if !self.resyncing => self.key(event.at, code, value == 1),
            (_, _, _) => None,
        }
    }

    /// The time-out passed with nothing to read: the scan begun is torn or, without terminators, whole.
    pub fn silence(&mut self) -> Option<Outcome> {
        self.alt_code = AltCode::default();
        if self.terminators.none() { self.assembly.finish() } else { self.assembly.tear() }
    }

    /// The device went away: the scan begun is torn.
    pub fn cut(&mut self) -> Option<Outcome> {
        self.assembly.tear()
    }

    /// Whether a scan has begun, so that silence would mean something.
    pub fn begun(&self) -> bool {
        self.assembly.begun()
    }

    fn key(&mut self, at: Duration, code: u16, down: bool) -> Option<Outcome> {
        let late = self.assembly.begun() && at.saturating_sub(self.last_key_at) > self.silence;
        let before = late.then(|| self.silence()).flatten();
        self.last_key_at = at;
        // A late key begins the next scan: by itself it completes none, so at most one of the two is something.
        before.or(self.typed(code, down))
    }

    fn typed(&mut self, code: u16, down: bool) -> Option<Outcome> {
        let shift_or_ctrl =
            self.held.shift.note(KEYS_SHIFT, code, down) || self.held.ctrl.note(KEYS_CTRL, code, down);
        if shift_or_ctrl {
            return None;
        }
        if self.held.alt.note(KEYS_ALT, code, down) {
            return if self.held.alt.down() { None } else { self.alt_released() };
        }
        match code {
            _ if !down => None,
            KEY_NUMLOCK => None,
            KEY_CAPSLOCK => {
                self.caps_lock = !self.caps_lock;
                None
            }
            _ if self.held.alt.down() => {
                self.alt_digit(code);
                None
            }
            KEY_ENTER | KEY_KPENTER => self.character(b'\r'),
            KEY_TAB => self.character(b'\t'),
            _ => match keymap::typed(code) {
                Some(key) => {
                    let capital =
                        self.held.shift.down() != (self.caps_lock && key.plain.is_ascii_lowercase());
                    let byte = if capital { key.shifted } else { key.plain };
                    // Ctrl with a key is how readers type a control character: the lower five bits of its code.
                    self.character(if self.held.ctrl.down() { byte & 0x1f } else { byte })
                }
                None => {
                    self.assembly.spoil(ScanFault::UnknownKey { code });
                    None
                }
            },
        }
    }

    /// A character, after all keys that make it: a terminator, or one more of the text.
    fn character(&mut self, byte: u8) -> Option<Outcome> {
        match byte {
            b'\r' | b'\n' if self.terminators.enter => return self.assembly.finish(),
            b'\t' if self.terminators.tab => return self.assembly.finish(),
            b'\r' | b'\n' if !self.assembly.begun() => {}
            _ => self.assembly.push(byte),
        }
        None
    }

    fn alt_digit(&mut self, code: u16) {
        match keymap::keypad_digit(code) {
            Some(digit) if self.alt_code.digits < ALT_DIGITS => {
                self.alt_code.digits += 1;
                self.alt_code.value = self.alt_code.value * 10 + digit;
            }
            Some(_) => self.assembly.spoil(ScanFault::AltCode { code: self.alt_code.value }),
            None => self.assembly.spoil(ScanFault::UnknownKey { code }),
        }
    }

    fn alt_released(&mut self) -> Option<Outcome> {
        let alt_code = std::mem::take(&mut self.alt_code);
        if alt_code.digits == 0 {
            return None;
        }
        match u8::try_from(alt_code.value) {
            Ok(byte @ (0x20..=0x7e | b'\t' | b'\n' | b'\r')) => self.character(byte),
            Ok(_) | Err(_) => {
                self.assembly.spoil(ScanFault::AltCode { code: alt_code.value });
                None
            }
        }
    }
}
