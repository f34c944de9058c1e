//! What a simulated library system does that another does not.

use links::sip2::Charset;

/// Habits. Counts are of messages on all connections, from 1.
#[derive(Debug, Clone)]
pub struct Habits {
    /// What ends a message.
    pub end: &'static [u8],
    /// How text is written.
    pub charset: Charset,
    /// How due dates are written.
    pub due: DueForm,
    /// Codes of messages that are never answered.
    pub mute: Vec<&'static str>,
    /// A checkout with `no block` is taken as it happened, with the station's due date.
    pub forces: bool,
    /// The same message with the same checksum as before is answered as before, and not done twice.
    pub remembers: bool,
    /// Answers carry wrong checksums.
    pub sums_wrongly: bool,
    /// Each answer goes out in two pieces.
    pub splits: bool,
    /// Anything before a login closes the connection.
    pub wants_login: bool,
    /// A name and a password; empty = any.
    pub login: (String, String),
    /// Every so many messages the deed is done and the connection closed without an answer.
    pub falls_every: Option<u64>,
    /// Every so many messages the deed is done and no answer is sent; the connection stays.
    pub swallows_every: Option<u64>,
    /// Milliseconds before each answer: the round trip.
    pub round_trip_ms: u64,
}

/// How due dates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueForm {
    /// `20261207    235959`.
    Sip,
    /// `2026-12-07 23:59:00`.
    Iso,
    /// `7/12/2026`, the day first: nobody can tell.
    Slashes,
}

impl Default for Habits {
    fn default() -> Habits {
        Habits {
            end: b"\r",
            charset: Charset::Utf8,
            due: DueForm::Sip,
            mute: Vec::new(),
            forces: false,
            remembers: false,
            sums_wrongly: false,
            splits: false,
            wants_login: true,
            login: (String::new(), String::new()),
            falls_every: None,
            swallows_every: None,
            round_trip_ms: 0,
        }
    }
}

impl Habits {
    /// Those of the profile with this name.
    ///
    /// # Errors
    /// There is no such profile.
    pub fn of(profile: &str) -> anyhow::Result<Habits> {
        Ok(match profile {
            "generic" => Habits::default(),
            "koha" => Habits { end: b"\r\n", forces: true, due: DueForm::Iso, ..Habits::default() },
            "koha-old" => Habits { end: b"\r\n", due: DueForm::Iso, ..Habits::default() },
            "evergreen" => Habits { due: DueForm::Iso, ..Habits::default() },
            "folio" => Habits { charset: Charset::Cp850, remembers: true, ..Habits::default() },
            "invenio" => {
                Habits { splits: true, due: DueForm::Slashes, wants_login: false, ..Habits::default() }
            }
            "dp2" => Habits { sums_wrongly: true, ..Habits::default() },
            other => anyhow::bail!("no habits of {other} are known"),
        })
    }
}
