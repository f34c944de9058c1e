//! A site's rules: which numbers are cards and which are items, told by prefix, length and symbology.
//!
//! Rules are tried in order and the first that claims a text decides; a rule that an earlier one hides wholly is an
//! error, so no rule is ever dead. A [`SiteRules`] value exists only if every rule in it makes sense.

use serde::Deserialize;

use super::aim::{AimId, Symbology, SymbologyCheck};
use super::check::{self, CheckOutcome};
use super::rule_fault::{RuleFault, RulesError};
use super::scan::MAX_TEXT_BYTES;

/// What a number stands for on this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NumberKind {
    /// A card that a person carries.
    Card,
    /// A label on one physical thing.
    Item,
}

/// How the check digit of a number is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckScheme {
    /// There is none.
    #[default]
    None,
    /// Library Codabar of 14 digits, also written `codabar14`.
    #[serde(alias = "codabar14")]
    Luhn14,
    /// EAN-13.
    Ean13,
    /// Code 39 mod 43. The right check character is taken off the number; after a wrong one the text stays whole,
    /// since on a label without check character the last one belongs to the number.
    Mod43,
}

/// What a wrong check digit leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Policy {
    /// It is not looked at.
    Off,
    /// The number is taken, and the verdict stands beside it.
    #[default]
    Warn,
    /// The scan is junk.
    Enforce,
}

/// Whether small and capital letters differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CaseFold {
    /// They differ; the number stays as scanned.
    #[default]
    Keep,
    /// ASCII letters are made capital before prefixes are compared.
    Upper,
}

/// One kind of number on this site, as it is written in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRule {
    /// The name shown to technicians; unique.
    pub name: String,
    /// What the number stands for.
    pub is: NumberKind,
    /// How the number may start. Empty: anyhow.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// How many characters it may have, after what is stripped and before a mod 43 character is taken off.
    pub lengths: Vec<usize>,
    /// Claims only scans whose reader told this symbology; needs readers that send AIM ids.
    #[serde(default)]
    pub symbology: Option<Symbology>,
    /// How its check digit is made.
    #[serde(default)]
    pub check: CheckScheme,
    /// What a wrong check digit leads to. Left out: `warn`.
    #[serde(default)]
    pub policy: Option<Policy>,
    /// Takes Codabar start and stop characters off where the reader sends them.
    #[serde(default)]
    pub strip_start_stop: bool,
    /// Taken off the front of the text where it stands there.
    #[serde(default)]
    pub strip_leading: String,
    /// Taken off the end of the text where it stands there.
    #[serde(default)]
    pub strip_trailing: String,
    /// Whether small and capital letters differ.
    #[serde(default)]
    pub case: CaseFold,
}

impl NumberRule {
    /// The policy in force.
    pub fn policy(&self) -> Policy {
        self.policy.unwrap_or_default()
    }

    /// The number as this rule reads `text`, or `None` if the rule does not claim it. The check digit plays no part.
    pub(super) fn claim(&self, text: &str, aim: Option<AimId>) -> Option<String> {
        if self.symbology.is_some_and(|wanted| aim.map(AimId::symbology) != Some(wanted)) {
            return None;
        }
        let without = check::without_start_stop(text).filter(|_| self.strip_start_stop);
        [Some(text), without].into_iter().flatten().find_map(|form| {
            let form = form.strip_prefix(self.strip_leading.as_str()).unwrap_or(form);
            let form = form.strip_suffix(self.strip_trailing.as_str()).unwrap_or(form);
            let form = match self.case {
                CaseFold::Keep => form.to_owned(),
                CaseFold::Upper => form.to_ascii_uppercase(),
            };
            let starts =
                self.prefixes.is_empty() || self.prefixes.iter().any(|p| form.starts_with(p.as_str()));
            (starts && self.lengths.contains(&form.chars().count())).then_some(form)
        })
    }

    /// The number without a check character that is not part of it, and the verdict where one is due.
    pub(super) fn verify(&self, number: String, aim: Option<AimId>) -> (String, Option<CheckOutcome>) {
        let told = aim.map(AimId::symbology_check).unwrap_or(SymbologyCheck::Untold);
        if self.policy() == Policy::Off {
            return (number, None);
        }
        match self.check {
            CheckScheme::None => (number, None),
            CheckScheme::Luhn14 => {
                let outcome = check::luhn14(&number);
                (number, outcome)
            }
            CheckScheme::Ean13 => {
                let outcome = check::ean13(&number);
                (number, outcome)
            }
            CheckScheme::Mod43 if told == SymbologyCheck::Stripped => (number, None),
            CheckScheme::Mod43 => match check::mod43(&number) {
                Some((data, outcome)) if outcome.valid => (data.to_owned(), Some(outcome)),
                Some((_, outcome)) => (number, Some(outcome)),
                None => (number, None),
            },
        }
    }

    fn sense(&self) -> Result<(), RuleFault> {
        let plain = |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_control() || c == '|');
        if self.lengths.is_empty() {
            return Err(RuleFault::NoLengths);
        }
        if let Some(length) = self.lengths.iter().find(|l| !(1..=MAX_TEXT_BYTES).contains(*l)) {
            return Err(RuleFault::Length { length: *length });
        }
        if let Some(prefix) = self.prefixes.iter().find(|p| !plain(p)) {
            return Err(RuleFault::Prefix { prefix: prefix.clone() });
        }
        if let Some(prefix) =
            self.prefixes.iter().find(|p| self.lengths.iter().all(|l| p.chars().count() > *l))
        {
            return Err(RuleFault::PrefixTooLong { prefix: prefix.clone() });
        }
        let small = self.prefixes.iter().find(|p| p.chars().any(|c| c.is_ascii_lowercase()));
        if let Some(prefix) = small.filter(|_| self.case == CaseFold::Upper) {
            return Err(RuleFault::SmallPrefix { prefix: prefix.clone() });
        }
        let wanted = match self.check {
            CheckScheme::None if self.policy.is_some_and(|p| p != Policy::Off) => {
                return Err(RuleFault::NoScheme);
            }
            CheckScheme::None => None,
            CheckScheme::Luhn14 => Some(14),
            CheckScheme::Ean13 => Some(13),
            CheckScheme::Mod43 => match self.lengths.contains(&1) {
                true => return Err(RuleFault::TooShortForMod43),
                false => None,
            },
        };
        match wanted {
            Some(length) if self.lengths != [length] => Err(RuleFault::CheckLength { length }),
            Some(_) => match self.prefixes.iter().find(|p| !p.chars().all(|c| c.is_ascii_digit())) {
                Some(prefix) => Err(RuleFault::PrefixNotDigits { prefix: prefix.clone() }),
                None => Ok(()),
            },
            None => Ok(()),
        }
    }

    /// Whether every text that `later` claims is claimed by this rule first.
    fn hides(&self, later: &Self) -> bool {
        let reads_alike = self.case == later.case
            && self.strip_start_stop == later.strip_start_stop
            && self.strip_leading == later.strip_leading
            && self.strip_trailing == later.strip_trailing;
        let prefixes = self.prefixes.is_empty()
            || (!later.prefixes.is_empty()
                && later.prefixes.iter().all(|l| self.prefixes.iter().any(|p| l.starts_with(p.as_str()))));
        let lengths = later.lengths.iter().all(|l| self.lengths.contains(l));
        let symbology = self.symbology.is_none() || self.symbology == later.symbology;
        reads_alike && prefixes && lengths && symbology
    }
}

/// The rules of a site, in the order in which they are tried.
///
/// In TOML each rule is a table of the list `rules`:
/// ```toml
/// [[rules]]
/// name = "inventory label"
/// is = "item"
/// prefixes = ["KAZ-"]
/// lengths = [9, 10]
/// check = "mod43"
/// policy = "warn"
/// case = "upper"
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "RuleList")]
pub struct SiteRules {
    rules: Vec<NumberRule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleList {
    rules: Vec<NumberRule>,
}

impl TryFrom<RuleList> for SiteRules {
    type Error = RulesError;

    fn try_from(list: RuleList) -> Result<Self, RulesError> {
        Self::new(list.rules)
    }
}

impl SiteRules {
    /// Checks `rules` one by one and against each other. An empty list is allowed: then every number is unknown
    /// here, and whoever asks must look it up as both a card and an item.
    ///
    /// # Errors
    /// [`RulesError`] names the first rule that makes no sense and says what was expected.
    pub fn new(rules: Vec<NumberRule>) -> Result<Self, RulesError> {
        for (at, rule) in rules.iter().enumerate() {
            let named = |fault| RulesError { rule: rule.name.clone(), position: at + 1, fault };
            if rule.name.trim().is_empty() {
                return Err(named(RuleFault::NoName));
            }
            rule.sense().map_err(named)?;
            let earlier = rules.iter().take(at);
            if earlier.clone().any(|e| e.name == rule.name) {
                return Err(named(RuleFault::NameTaken));
            }
            if let Some(by) = earlier.clone().find(|e| e.hides(rule)) {
                return Err(named(RuleFault::Hidden { by: by.name.clone() }));
            }
        }
        Ok(Self { rules })
    }

    /// The rules in order.
    pub fn rules(&self) -> &[NumberRule] {
        &self.rules
    }
}

impl Default for SiteRules {
    /// The library Codabar convention: 14 digits, cards start with 2 and labels with 3, a wrong check digit warns.
    fn default() -> Self {
        let rule = |name: &str, is, prefix: &str| NumberRule {
            name: name.into(),
            is,
            prefixes: vec![prefix.into()],
            lengths: vec![14],
            symbology: None,
            check: CheckScheme::Luhn14,
            policy: Some(Policy::Warn),
            strip_start_stop: true,
            strip_leading: String::new(),
            strip_trailing: String::new(),
            case: CaseFold::Keep,
        };
        Self {
            rules: vec![
                rule("library card", NumberKind::Card, "2"),
                rule("library label", NumberKind::Item, "3"),
            ],
        }
    }
}
