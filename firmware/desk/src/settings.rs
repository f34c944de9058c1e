//! What a site may set about the desk.

use exchange::{Lang, pin::PinHash};

/// Settings of one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Language of the idle screen.
    pub lang: Lang,
    /// Without any touch or scan for this long, the warning comes. At least 20 s.
    pub idle_ms: u64,
    /// How long the warning counts down before the visit ends. At least 20 s (WCAG 2.2.1).
    pub warning_ms: u64,
    /// How long the last screen of a visit stays, unless the next person comes first.
    pub finished_ms: u64,
    /// How long a refusal stays, unless it is answered.
    pub refusal_ms: u64,
    /// How long after a time-out the same card resumes the visit.
    pub resume_ms: u64,
    /// Wrong PINs before a patron's PIN, or the staff's, is locked.
    pub pin_tries: u8,
    /// How long it stays locked.
    pub pin_lock_ms: u64,
    /// PIN of the staff menu; `None` = there is no staff menu.
    pub staff_pin: Option<PinHash>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            lang: Lang::Kk,
            idle_ms: 40_000,
            warning_ms: 20_000,
            finished_ms: 8_000,
            refusal_ms: 10_000,
            resume_ms: 120_000,
            pin_tries: 5,
            pin_lock_ms: 600_000,
            staff_pin: None,
        }
    }
}
