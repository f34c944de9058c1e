//! What a scan means on this site: a card, an item, an ISBN instead of a label, a web address, junk, or unknown.
//!
//! Order: web address, junk, the site's rules (first match), book and serial numbers of the trade, unknown. Surrounding
//! spaces are dropped (Code 39 readers pad with them); leading zeros never are.

use super::aim::{AimId, Symbology};
use super::check::{self, Bookland, CheckOutcome};
use super::rules::{NumberKind, Policy, SiteRules};
use super::scan::{Scan, ScanText};

/// What a scanned text stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A card, by the site's rule.
    Card(ScanText),
    /// An item, by the site's rule.
    Item(ScanText),
    /// An ISBN-13 with the right check digit: the title's number on the cover, not the label of one copy.
    Isbn13(ScanText),
    /// The EAN-13 of a serial (977) with the right check digit.
    Issn(ScanText),
    /// A web address, as printed in textbooks.
    Url,
    /// A number that no rule claims: it may be a card or an item.
    Unknown(ScanText),
    /// Nothing to look up.
    Junk(JunkReason),
}

/// Why a scan is junk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JunkReason {
    /// A `|`, which no label has and which separates fields in library protocols.
    #[error("it holds the character '|', which cannot be part of a number")]
    Pipe,
    /// The rule that claims it enforces its check digit, and the check digit is wrong.
    #[error("rule '{rule}' enforces the check digit, and it is wrong; expected '{expected}'")]
    WrongCheck {
        /// The rule.
        rule: String,
        /// The check digit that was expected.
        expected: char,
    },
}

/// A scan's meaning and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classified {
    /// What it stands for.
    pub meaning: Meaning,
    /// The name of the site's rule that claimed it.
    pub rule: Option<String>,
    /// The verdict on the check digit, if the rule has one and its policy is not `off`.
    pub check: Option<CheckOutcome>,
}

impl Classified {
    fn plain(meaning: Meaning) -> Self {
        Self { meaning, rule: None, check: None }
    }
}

/// Says what `scan` means under `rules`.
pub fn classify(scan: &Scan, rules: &SiteRules) -> Classified {
    classify_text(scan.text(), scan.aim(), rules)
}

pub(super) fn classify_text(text: &ScanText, aim: Option<AimId>, rules: &SiteRules) -> Classified {
    let base = base(text.as_str(), aim);
    if is_url(base) {
        return Classified::plain(Meaning::Url);
    }
    if base.contains('|') {
        return Classified::plain(Meaning::Junk(JunkReason::Pipe));
    }
    let claim = rules.rules().iter().find_map(|rule| rule.claim(base, aim).map(|number| (rule, number)));
    let Some((rule, number)) = claim else {
        return Classified::plain(unclaimed(base, text));
    };
    let (number, check) = rule.verify(number, aim);
    let meaning = match (rule.policy(), check) {
        (Policy::Enforce, Some(CheckOutcome { valid: false, expected })) => {
            Meaning::Junk(JunkReason::WrongCheck { rule: rule.name.clone(), expected })
        }
        (Policy::Off | Policy::Warn | Policy::Enforce, _) => {
            let number = part_of(text, &number);
            match rule.is {
                NumberKind::Card => Meaning::Card(number),
                NumberKind::Item => Meaning::Item(number),
            }
        }
    };
    Classified { meaning, rule: Some(rule.name.clone()), check }
}

/// The text without padding and, where the reader told that it is Codabar, without start and stop characters.
pub(super) fn base(text: &str, aim: Option<AimId>) -> &str {
    let text = text.trim();
    match aim.map(AimId::symbology) == Some(Symbology::Codabar) {
        true => check::without_start_stop(text).unwrap_or(text),
        false => text,
    }
}

/// Whether `text` is a web address.
pub(super) fn is_url(text: &str) -> bool {
    ["http://", "https://", "www."]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
}

fn unclaimed(base: &str, text: &ScanText) -> Meaning {
    let trade = check::without_supplement(base);
    match Bookland::of(trade) {
        Some(Bookland::Isbn) => Meaning::Isbn13(part_of(text, trade)),
        Some(Bookland::Issn) => Meaning::Issn(part_of(text, trade)),
        Some(Bookland::Ismn) | None => Meaning::Unknown(part_of(text, base)),
    }
}

/// `part` as a text of its own. What is left of a scan text is one again unless nothing is left; then it stays whole.
fn part_of(whole: &ScanText, part: &str) -> ScanText {
    ScanText::new(part).unwrap_or_else(|_| whole.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::barcode::{CaseFold, CheckScheme, NumberRule, RuleFault};
    use proptest::prelude::*;

    fn rule(name: &str, is: NumberKind, prefixes: &[&str], lengths: &[usize]) -> NumberRule {
        NumberRule {
            name: name.into(),
            is,
            prefixes: prefixes.iter().map(|p| (*p).into()).collect(),
            lengths: lengths.into(),
            symbology: None,
            check: CheckScheme::None,
            policy: None,
            strip_start_stop: false,
            strip_leading: String::new(),
            strip_trailing: String::new(),
            case: CaseFold::Keep,
        }
    }

    fn meaning(text: &str, rules: &SiteRules) -> Meaning {
        classify(&Scan::from_bytes("desk".into(), text.as_bytes()).unwrap(), rules).meaning
    }

    fn text(text: &str) -> ScanText {
        ScanText::new(text).unwrap()
    }

    #[test]
    fn the_default_knows_cards_labels_and_what_people_scan_instead() {
        let rules = SiteRules::default();
        assert_eq!(meaning("23529000035676", &rules), Meaning::Card(text("23529000035676")));
        assert_eq!(meaning("A30234000517861B", &rules), Meaning::Item(text("30234000517861")));
        assert_eq!(meaning("]E09780306406157", &rules), Meaning::Isbn13(text("9780306406157")));
        assert_eq!(meaning("978030640615751995", &rules), Meaning::Isbn13(text("9780306406157")));
        assert_eq!(meaning("9771234567898", &rules), Meaning::Issn(text("9771234567898")));
        assert_eq!(meaning("WWW.okulyk.kz", &rules), Meaning::Url);
        assert_eq!(meaning("302|4", &rules), Meaning::Junk(JunkReason::Pipe));
        assert_eq!(meaning(" 00421 ", &rules), Meaning::Unknown(text("00421")));
        assert_eq!(meaning("9780306406158", &rules), Meaning::Unknown(text("9780306406158")));
        assert_eq!(meaning("A123B", &rules), Meaning::Unknown(text("A123B")));
        assert_eq!(meaning("]F0A123B", &rules), Meaning::Unknown(text("123")));
    }

    #[test]
    fn policy_decides_what_a_wrong_check_digit_does() {
        let with = |policy| {
            let mut rules = SiteRules::default().rules().to_vec();
            rules.iter_mut().for_each(|r| r.policy = Some(policy));
            let rules = SiteRules::new(rules).unwrap();
            classify(&Scan::from_bytes("desk".into(), b"30234000517862").unwrap(), &rules)
        };
        let wrong = CheckOutcome { valid: false, expected: '1' };
        assert_eq!(with(Policy::Off).check, None);
        assert_eq!(with(Policy::Warn).check, Some(wrong));
        assert_eq!(with(Policy::Warn).meaning, Meaning::Item(text("30234000517862")));
        let enforced = JunkReason::WrongCheck { rule: "library label".into(), expected: '1' };
        assert_eq!(with(Policy::Enforce).meaning, Meaning::Junk(enforced));
    }

    #[test]
    fn a_rule_may_claim_an_isbn_and_the_first_rule_wins() {
        let rules = SiteRules::new(vec![
            rule("own sets", NumberKind::Item, &["97803"], &[13]),
            rule("cards", NumberKind::Card, &["97"], &[13]),
        ]);
        let rules = rules.unwrap();
        assert_eq!(meaning("9780306406157", &rules), Meaning::Item(text("9780306406157")));
        assert_eq!(meaning("9799999999999", &rules), Meaning::Card(text("9799999999999")));
    }

    #[test]
    fn mod43_comes_off_only_when_it_is_right_and_still_there() {
        let mut kaz = rule("label", NumberKind::Item, &["KAZ-"], &[9, 10]);
        (kaz.check, kaz.case) = (CheckScheme::Mod43, CaseFold::Upper);
        let rules = SiteRules::new(vec![kaz]).unwrap();
        assert_eq!(meaning("kaz-00421m", &rules), Meaning::Item(text("KAZ-00421")));
        assert_eq!(meaning("KAZ-00422", &rules), Meaning::Item(text("KAZ-00422")));
        let stripped = classify(&Scan::from_bytes("desk".into(), b"]A3KAZ-00421").unwrap(), &rules);
        assert_eq!((stripped.meaning, stripped.check), (Meaning::Item(text("KAZ-00421")), None));
        assert_eq!(meaning("kazakhstan", &rules), Meaning::Unknown(text("kazakhstan")));
    }

    #[test]
    fn symbology_and_stripped_words_tell_numbers_apart() {
        let mut label = rule("label", NumberKind::Item, &[], &[6]);
        (label.symbology, label.strip_leading) = (Some(Symbology::Code39), "LIB".into());
        let rules = SiteRules::new(vec![label, rule("card", NumberKind::Card, &[], &[6])]).unwrap();
        assert_eq!(meaning("]A0LIB000042", &rules), Meaning::Item(text("000042")));
        assert_eq!(meaning("]C0000042", &rules), Meaning::Card(text("000042")));
        assert_eq!(meaning("000042", &rules), Meaning::Card(text("000042")));
    }

    #[test]
    fn senseless_rules_are_named() {
        let fault = |rules: Vec<NumberRule>| SiteRules::new(rules).map_err(|e| (e.rule, e.position, e.fault));
        let card = || rule("card", NumberKind::Card, &["2"], &[14]);
        assert_eq!(fault(vec![card(), card()]), Err(("card".into(), 2, RuleFault::NameTaken)));
        let hidden = rule("guest", NumberKind::Card, &["29"], &[14]);
        assert_eq!(
            fault(vec![card(), hidden]),
            Err(("guest".into(), 2, RuleFault::Hidden { by: "card".into() }))
        );
        let no_lengths = rule("a", NumberKind::Item, &["3"], &[]);
        assert_eq!(fault(vec![no_lengths]), Err(("a".into(), 1, RuleFault::NoLengths)));
        let mut check = rule("a", NumberKind::Item, &["3"], &[13]);
        check.check = CheckScheme::Luhn14;
        assert_eq!(fault(vec![check]), Err(("a".into(), 1, RuleFault::CheckLength { length: 14 })));
        let mut no_scheme = card();
        no_scheme.policy = Some(Policy::Enforce);
        assert_eq!(fault(vec![no_scheme]), Err(("card".into(), 1, RuleFault::NoScheme)));
    }

    proptest! {
        #[test]
        fn any_scan_has_a_meaning_and_no_number_grows(text in "[ -~]{0,40}") {
            if let Ok(scan) = Scan::from_bytes("desk".into(), text.as_bytes()) {
                let classified = classify(&scan, &SiteRules::default());
                match classified.meaning {
                    Meaning::Card(n) | Meaning::Item(n) | Meaning::Isbn13(n) | Meaning::Issn(n) | Meaning::Unknown(n) =>
                        prop_assert!(scan.text().as_str().contains(n.as_str())),
                    Meaning::Url => prop_assert!(is_url(scan.text().as_str().trim())),
                    Meaning::Junk(_) => prop_assert!(scan.text().as_str().contains('|')),
                }
            }
        }
    }
}
