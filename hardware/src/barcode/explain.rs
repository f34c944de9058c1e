//! The technician's test box: every way one text can be read, and which one the station goes by.

use std::fmt;

use serde::Serialize;

use super::aim::{AimId, Symbology, SymbologyCheck};
use super::check::{self, Bookland, CheckOutcome};
use super::classify::{Classified, Meaning, base, classify_text, is_url};
use super::layout;
use super::rules::{CheckScheme, SiteRules};
use super::scan::ScanText;

/// One way to read a text. A field that does not apply is left out of the JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// `library-codabar-14`, `codabar-raw`, `ean13`, `ean8`, `upc-a`, `isbn10`, `code39-mod43`, `url`, `layout`
    /// (typed through a Cyrillic layout), `text` (no standard) or `junk`.
    pub kind: &'static str,
    /// Whether the check digit is right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid: Option<bool>,
    /// The check digit that belongs to the rest, whether or not it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<char>,
    /// The text without the AIM id it started with or, in a Code 39 reading, without the check character.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// By the convention of 14-digit library numbers: `patron` (2…) or `item` (3…).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// The ISBN-13, for a valid ISBN of either length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isbn13: Option<String>,
    /// What the book trade's prefix says of a valid EAN-13.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class: Option<&'static str>,
    /// The number without what only surrounds it: padding, start and stop characters, printed hyphens of an ISBN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normalised: Option<String>,
}

impl Reading {
    fn plain(kind: &'static str, normalised: &str) -> Self {
        Self {
            kind,
            valid: None,
            check: None,
            data: None,
            role: None,
            isbn13: None,
            class: None,
            normalised: Some(normalised.to_owned()),
        }
    }

    fn checked(kind: &'static str, normalised: &str, outcome: CheckOutcome) -> Self {
        Self { valid: Some(outcome.valid), check: Some(outcome.expected), ..Self::plain(kind, normalised) }
    }
}

/// What a text is, as JSON and (by `Display`) in a few lines of plain English. It shows the number: it is for a
/// technician's eyes, never for a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The text as given.
    pub text: String,
    /// The AIM id, as `]E0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<String>,
    /// The symbology that the AIM id names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symbology: Option<&'static str>,
    /// The modifier of the AIM id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modifier: Option<u8>,
    /// The reading that the station's rules, or else the standards, put first.
    #[serde(flatten)]
    pub primary: Reading,
    /// What the station takes it for: `card`, `item`, `isbn`, `issn`, `url`, `unknown` or `junk`.
    pub meaning: &'static str,
    /// The number it would look up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The site's rule that claimed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why it is junk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What a reader sent, if the text went through a Russian or Kazakh keyboard layout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<String>,
    /// The other ways to read it.
    pub other_readings: Vec<Reading>,
}

/// Explains `text` under `rules`. `aim` is the id the reader told apart from the text; without it, one at the start
/// of the text is taken off. Any text is answered: one that could not be a scan is `junk`, with the reason.
pub fn explain(text: &str, aim: Option<AimId>, rules: &SiteRules) -> Explanation {
    let (aim, payload) = match aim {
        Some(_) => (aim, text),
        None => AimId::split(text),
    };
    let told_inside = payload.len() < text.len();
    let answer = |primary, meaning, other_readings| Explanation {
        text: text.to_owned(),
        aim: aim.map(|a| a.to_string()),
        symbology: aim.map(AimId::name),
        modifier: aim.map(AimId::modifier),
        primary,
        meaning,
        number: None,
        rule: None,
        reason: None,
        repair: None,
        other_readings,
    };
    let scan = match ScanText::new(payload) {
        Ok(scan) => scan,
        Err(fault) => {
            let primary = Reading { normalised: None, ..Reading::plain("junk", "") };
            return Explanation { reason: Some(fault.to_string()), ..answer(primary, "junk", Vec::new()) };
        }
    };
    let classified = classify_text(&scan, aim, rules);
    let repair = layout::repair(payload);
    let mut others = readings(payload.trim(), aim);
    let mut primary = match position(&others, &classified, rules, aim) {
        Some(at) => others.remove(at),
        None if matches!(classified.meaning, Meaning::Junk(_)) => Reading::plain("junk", base(payload, aim)),
        None if repair.is_some() && classified.rule.is_none() => Reading::plain("layout", base(payload, aim)),
        None => Reading::plain("text", base(payload, aim)),
    };
    if told_inside {
        primary.data = Some(payload.to_owned());
    }
    let (meaning, number, reason) = told(&classified.meaning);
    let number = number.map(|n| n.as_str().to_owned());
    if classified.rule.is_some() {
        primary.normalised = number.clone().or(primary.normalised);
    }
    if let Some(repaired) = &repair {
        others.extend(readings(repaired, None));
    }
    Explanation { number, rule: classified.rule, reason, repair, ..answer(primary, meaning, others) }
}

/// The word for a meaning, the number it holds, and why it is junk.
fn told(meaning: &Meaning) -> (&'static str, Option<&ScanText>, Option<String>) {
    match meaning {
        Meaning::Card(number) => ("card", Some(number), None),
        Meaning::Item(number) => ("item", Some(number), None),
        Meaning::Isbn13(number) => ("isbn", Some(number), None),
        Meaning::Issn(number) => ("issn", Some(number), None),
        Meaning::Url => ("url", None, None),
        Meaning::Unknown(number) => ("unknown", Some(number), None),
        Meaning::Junk(reason) => ("junk", None, Some(reason.to_string())),
    }
}

/// Which of `readings` comes first: the scheme of the rule that claimed the text, else the most telling standard.
fn position(found: &[Reading], by: &Classified, rules: &SiteRules, aim: Option<AimId>) -> Option<usize> {
    let rule = by.rule.as_ref().and_then(|name| rules.rules().iter().find(|r| r.name == *name));
    if let Some(rule) = rule {
        let kind = match rule.check {
            CheckScheme::None => return None,
            CheckScheme::Luhn14 => "library-codabar-14",
            CheckScheme::Ean13 => "ean13",
            CheckScheme::Mod43 => "code39-mod43",
        };
        return found.iter().position(|reading| reading.kind == kind);
    }
    // A wrong mod 43 character is more likely none at all: then it comes first only if nothing speaks against it.
    let digits_only = |r: &Reading| r.normalised.iter().all(|n| n.bytes().all(|b| b.is_ascii_digit()));
    found
        .iter()
        .position(|r| r.kind != "code39-mod43" || r.valid == Some(true) || (aim.is_none() && !digits_only(r)))
}

/// Every standard that `text` has the shape of, the most telling first.
fn readings(text: &str, aim: Option<AimId>) -> Vec<Reading> {
    if is_url(text) {
        return vec![Reading::plain("url", text)];
    }
    let inner = check::without_start_stop(text);
    let number = inner.unwrap_or(text);
    let mut found = Vec::new();
    match check::luhn14(number) {
        Some(outcome) => found
            .push(Reading { role: role(number), ..Reading::checked("library-codabar-14", number, outcome) }),
        None => found.extend(inner.map(|inner| Reading::plain("codabar-raw", inner))),
    }
    found.extend(trade(text));
    let symbology = aim.map(AimId::symbology);
    let stripped = aim.is_some_and(|a| a.symbology_check() == SymbologyCheck::Stripped);
    if symbology.is_none_or(|s| s == Symbology::Code39) && !stripped {
        found.extend(check::mod43(text).map(|(data, outcome)| Reading {
            data: Some(data.to_owned()),
            ..Reading::checked("code39-mod43", text, outcome)
        }));
    }
    found
}

/// Readings by the numbers of the trade; hyphens and spaces of a printed ISBN are dropped.
fn trade(text: &str) -> Option<Reading> {
    let plain: String = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let ean = check::without_supplement(&plain);
    if let Some(outcome) = check::ean13(ean) {
        let bookland = Bookland::of(ean);
        return Some(Reading {
            isbn13: (bookland == Some(Bookland::Isbn)).then(|| ean.to_owned()),
            class: bookland.map(|b| match b {
                Bookland::Isbn => "ISBN",
                Bookland::Ismn => "ISMN, not ISBN",
                Bookland::Issn => "ISSN, not ISBN",
            }),
            ..Reading::checked("ean13", ean, outcome)
        });
    }
    if let Some(outcome) = check::isbn10(&plain) {
        let isbn13 = check::isbn10_to_13(&plain);
        return Some(Reading { isbn13, ..Reading::checked("isbn10", &plain.to_ascii_uppercase(), outcome) });
    }
    let upc = check::upc_a(text).map(|outcome| Reading::checked("upc-a", text, outcome));
    upc.or_else(|| check::ean8(text).map(|outcome| Reading::checked("ean8", text, outcome)))
}

fn role(number: &str) -> Option<&'static str> {
    match number.as_bytes().first() {
        Some(b'2') => Some("patron"),
        Some(b'3') => Some("item"),
        Some(_) | None => None,
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            "library-codabar-14" => "library number of 14 digits",
            "codabar-raw" => "Codabar with start and stop characters",
            "ean13" => "EAN-13",
            "ean8" => "EAN-8",
            "upc-a" => "UPC-A",
            "isbn10" => "ISBN-10",
            "code39-mod43" => "Code 39 with a check character",
            "url" => "web address",
            "layout" => "label typed through a Cyrillic keyboard layout",
            "text" => "text of no known standard",
            other => other,
        })?;
        match (self.valid, self.check) {
            (Some(true), Some(check)) => write!(f, ", check digit '{check}' is right")?,
            (Some(false), Some(check)) => write!(f, ", check digit is wrong: expected '{check}'")?,
            (Some(_) | None, _) => {}
        }
        if let Some(class) = self.class {
            write!(f, ", {class}")?;
        }
        if let Some(isbn13) = self.isbn13.as_ref().filter(|isbn| Some(*isbn) != self.normalised.as_ref()) {
            write!(f, ", ISBN-13 {isbn13}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Taken for: {}", self.meaning)?;
        match (&self.reason, &self.number) {
            (Some(reason), _) => writeln!(f, " ({reason})")?,
            (None, Some(number)) => writeln!(f, " {number}")?,
            (None, None) => writeln!(f)?,
        }
        match &self.rule {
            Some(rule) => writeln!(f, "By the rule: {rule}")?,
            None => writeln!(f, "By the rule: none of this site's")?,
        }
        if let (Some(aim), Some(symbology)) = (&self.aim, self.symbology) {
            writeln!(f, "Symbology: {symbology} ({aim})")?;
        }
        write!(f, "Read as: {}", self.primary)?;
        if let Some(repair) = &self.repair {
            write!(f, "\nThe label says, on a US keyboard: {repair}")?;
        }
        for reading in &self.other_readings {
            write!(f, "\nCould also be: {reading}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Explanation {
        explain(text, None, &SiteRules::default())
    }

    #[test]
    fn a_technician_reads_a_few_plain_lines() {
        let lines = of("]F0A30234000517862B").to_string();
        assert_eq!(
            lines,
            "Taken for: item 30234000517862\nBy the rule: library label\nSymbology: Codabar (]F0)\n\
             Read as: library number of 14 digits, check digit is wrong: expected '1'"
        );
    }

    #[test]
    fn a_wrong_check_character_is_told_where_one_may_be() {
        let wrong = of("CODE39X").primary;
        assert_eq!((wrong.kind, wrong.valid, wrong.check), ("code39-mod43", Some(false), Some('W')));
        assert_eq!(of("]A0CODE39X").primary.kind, "text");
        assert_eq!(of("]A1CODE39W").primary.valid, Some(true));
    }

    #[test]
    fn a_text_without_a_standard_claims_none() {
        assert_eq!((of("00421").primary.kind, of("00421").primary.valid), ("text", None));
        assert_eq!(of("Оқулық").primary.kind, "layout");
        assert_eq!(of("]A01234").primary.kind, "text");
        assert_eq!((of("12\r34").meaning, of("12\r34").primary.kind), ("junk", "junk"));
        assert_eq!((of("12|34").meaning, of("12|34").primary.kind), ("junk", "junk"));
        assert_eq!(of("a123b").primary.normalised.as_deref(), Some("123"));
        assert_eq!(of("a123b").number.as_deref(), Some("a123b"));
        assert_eq!(of("]F0A123B").number.as_deref(), Some("123"));
        assert_eq!(of("]F0A123B").primary.kind, "codabar-raw");
        assert_eq!(of("978-0-306-40615-7").primary.isbn13.as_deref(), Some("9780306406157"));
        assert_eq!(of("0-306-40615-2").primary.isbn13.as_deref(), Some("9780306406157"));
    }

    proptest! {
        #[test]
        fn any_text_is_explained(text in "\\PC{0,60}|.{0,600}|[0-9]{8,14}|\\][A-Z][0-9]\\PC{0,20}") {
            let explanation = of(&text);
            prop_assert!(serde_json::to_string(&explanation).is_ok());
            prop_assert!(!explanation.to_string().is_empty());
        }
    }
}
