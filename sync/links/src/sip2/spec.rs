//! The messages of SIP2 2.00: codes, names, and what stands in their fixed parts (the standard's chapter of messages; widths
//! held against captures of Koha, Evergreen, Symphony, Horizon and ALEPH).

/// Who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The station.
    Station,
    /// The library system.
    System,
}

/// A piece of a fixed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Its name, in lower case.
    pub name: &'static str,
    /// Its width in characters.
    pub width: usize,
}

/// A kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Two digits.
    pub code: &'static str,
    /// As the standard calls it.
    pub name: &'static str,
    /// Who sends it.
    pub sender: Sender,
    /// Its fixed part, piece by piece.
    pub fixed: &'static [Part],
}

impl Kind {
    /// The kind with this code.
    #[must_use]
    pub fn of(code: &[u8]) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.code.as_bytes() == code)
    }

    /// The code of its answer, if it is asked by the station and answered.
    #[must_use]
    pub fn answered_by(&self) -> Option<&'static str> {
        ANSWERS.iter().find(|(asked, _)| *asked == self.code).map(|(_, answer)| *answer)
    }

    /// Characters of its fixed part.
    #[must_use]
    pub fn width(&self) -> usize {
        self.fixed.iter().map(|part| part.width).sum()
    }

    /// All kinds, by code.
    #[must_use]
    pub fn all() -> &'static [Kind] {
        KINDS
    }
}

const fn part(name: &'static str, width: usize) -> Part {
    Part { name, width }
}

const fn kind(code: &'static str, name: &'static str, sender: Sender, fixed: &'static [Part]) -> Kind {
    Kind { code, name, sender, fixed }
}

const DATE: Part = part("transaction_date", 18);
const DUE: Part = part("nb_due_date", 18);
const OK: Part = part("ok", 1);
const NO_BLOCK: Part = part("no_block", 1);
const LANGUAGE: Part = part("language", 3);
const STATUS: Part = part("patron_status", 14);

/// What is answered by what.
const ANSWERS: &[(&str, &str)] = &[
    ("01", "24"),
    ("09", "10"),
    ("11", "12"),
    ("15", "16"),
    ("17", "18"),
    ("19", "20"),
    ("23", "24"),
    ("25", "26"),
    ("29", "30"),
    ("35", "36"),
    ("37", "38"),
    ("63", "64"),
    ("65", "66"),
    ("93", "94"),
    ("99", "98"),
];

const KINDS: &[Kind] = &[
    kind("01", "Block patron", Sender::Station, &[part("card_retained", 1), DATE]),
    kind("09", "Checkin", Sender::Station, &[NO_BLOCK, DATE, part("return_date", 18)]),
    kind(
        "10",
        "Checkin response",
        Sender::System,
        &[OK, part("resensitize", 1), part("magnetic_media", 1), part("alert", 1), DATE],
    ),
    kind("11", "Checkout", Sender::Station, &[part("sc_renewal_policy", 1), NO_BLOCK, DATE, DUE]),
    kind(
        "12",
        "Checkout response",
        Sender::System,
        &[OK, part("renewal_ok", 1), part("magnetic_media", 1), part("desensitize", 1), DATE],
    ),
    kind("15", "Hold", Sender::Station, &[part("hold_mode", 1), DATE]),
    kind("16", "Hold response", Sender::System, &[OK, part("available", 1), DATE]),
    kind("17", "Item information", Sender::Station, &[DATE]),
    kind(
        "18",
        "Item information response",
        Sender::System,
        &[part("circulation_status", 2), part("security_marker", 2), part("fee_type", 2), DATE],
    ),
    kind("19", "Item status update", Sender::Station, &[DATE]),
    kind("20", "Item status update response", Sender::System, &[part("item_properties_ok", 1), DATE]),
    kind("23", "Patron status request", Sender::Station, &[LANGUAGE, DATE]),
    kind("24", "Patron status response", Sender::System, &[STATUS, LANGUAGE, DATE]),
    kind("25", "Patron enable", Sender::Station, &[DATE]),
    kind("26", "Patron enable response", Sender::System, &[STATUS, LANGUAGE, DATE]),
    kind("29", "Renew", Sender::Station, &[part("third_party_allowed", 1), NO_BLOCK, DATE, DUE]),
    kind(
        "30",
        "Renew response",
        Sender::System,
        &[OK, part("renewal_ok", 1), part("magnetic_media", 1), part("desensitize", 1), DATE],
    ),
    kind("35", "End patron session", Sender::Station, &[DATE]),
    kind("36", "End session response", Sender::System, &[part("end_session", 1), DATE]),
    kind(
        "37",
        "Fee paid",
        Sender::Station,
        &[DATE, part("fee_type", 2), part("payment_type", 2), part("currency_type", 3)],
    ),
    kind("38", "Fee paid response", Sender::System, &[part("payment_accepted", 1), DATE]),
    kind("63", "Patron information", Sender::Station, &[LANGUAGE, DATE, part("summary", 10)]),
    kind(
        "64",
        "Patron information response",
        Sender::System,
        &[
            STATUS,
            LANGUAGE,
            DATE,
            part("hold_items_count", 4),
            part("overdue_items_count", 4),
            part("charged_items_count", 4),
            part("fine_items_count", 4),
            part("recall_items_count", 4),
            part("unavailable_holds_count", 4),
        ],
    ),
    kind("65", "Renew all", Sender::Station, &[DATE]),
    kind(
        "66",
        "Renew all response",
        Sender::System,
        &[OK, part("renewed_count", 4), part("unrenewed_count", 4), DATE],
    ),
    kind("93", "Login", Sender::Station, &[part("uid_algorithm", 1), part("pwd_algorithm", 1)]),
    kind("94", "Login response", Sender::System, &[OK]),
    kind("96", "Request SC resend", Sender::System, &[]),
    kind("97", "Request ACS resend", Sender::Station, &[]),
    kind(
        "98",
        "ACS status",
        Sender::System,
        &[
            part("online_status", 1),
            part("checkin_ok", 1),
            part("checkout_ok", 1),
            part("acs_renewal_policy", 1),
            part("status_update_ok", 1),
            part("offline_ok", 1),
            part("timeout_period", 3),
            part("retries_allowed", 3),
            part("date_time_sync", 18),
            part("protocol_version", 4),
        ],
    ),
    kind(
        "99",
        "SC status",
        Sender::Station,
        &[part("status_code", 1), part("max_print_width", 3), part("protocol_version", 4)],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_standard() {
        let widths = [
            ("93", 2),
            ("94", 1),
            ("99", 8),
            ("98", 34),
            ("23", 21),
            ("24", 35),
            ("63", 31),
            ("64", 59),
            ("11", 38),
            ("12", 22),
            ("09", 37),
            ("10", 22),
            ("17", 18),
            ("18", 24),
            ("29", 38),
            ("30", 22),
            ("65", 18),
            ("66", 27),
            ("35", 18),
            ("36", 19),
            ("01", 19),
            ("25", 18),
            ("26", 35),
            ("15", 19),
            ("16", 20),
            ("37", 25),
            ("38", 19),
            ("96", 0),
            ("97", 0),
        ];
        for (code, width) in widths {
            assert_eq!(Kind::of(code.as_bytes()).map(Kind::width), Some(width), "{code}");
        }
        assert!(Kind::all().is_sorted_by_key(|kind| kind.code));
    }
}
