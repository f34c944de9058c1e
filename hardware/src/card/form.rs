//! In which form a school's list has its cards' numbers: readers write the same UID in different ways (NXP AN10927 leaves
//! the order open), so the list's own form is a setting, and never guessed at the desk.

use serde::Deserialize;

use super::CardUid;

/// How a UID is written as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardForm {
    /// Hexadecimal, capitals, in the order of the air: 04A1B2C3.
    #[default]
    Hex,
    /// Hexadecimal, capitals, the last byte first: C3B2A104.
    HexReversed,
    /// Decimal, the first byte on the air the highest, no leading zeros.
    Decimal,
    /// Decimal, the first byte on the air the lowest, no leading zeros.
    DecimalReversed,
    /// As [`CardForm::DecimalReversed`] of the first four bytes with leading zeros to ten digits, as many USB readers type.
    #[serde(rename = "decimal-reversed-10")]
    DecimalReversed10,
}

impl CardForm {
    /// Every form, with the name it has in a configuration.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::Hex, "hex"),
        (Self::HexReversed, "hex-reversed"),
        (Self::Decimal, "decimal"),
        (Self::DecimalReversed, "decimal-reversed"),
        (Self::DecimalReversed10, "decimal-reversed-10"),
    ];

    /// A UID in this form.
    #[must_use]
    pub fn write(self, uid: &CardUid) -> String {
        let bytes = uid.bytes();
        let hex = |bytes: &mut dyn Iterator<Item = &u8>| bytes.map(|byte| format!("{byte:02X}")).collect();
        // Ten bytes are 80 bits.
        let number = |bytes: &mut dyn Iterator<Item = &u8>| {
            bytes.fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte))
        };
        match self {
            Self::Hex => hex(&mut bytes.iter()),
            Self::HexReversed => hex(&mut bytes.iter().rev()),
            Self::Decimal => number(&mut bytes.iter()).to_string(),
            Self::DecimalReversed => number(&mut bytes.iter().rev()).to_string(),
            Self::DecimalReversed10 => format!("{:010}", number(&mut bytes.iter().take(4).rev())),
        }
    }

    /// The forms in which `uid` is written `number`: for a technician who has a card in one hand and the list in the other.
    #[must_use]
    pub fn fitting(uid: &CardUid, number: &str) -> Vec<Self> {
        let same = |form: &Self| form.write(uid).eq_ignore_ascii_case(number.trim());
        Self::ALL.iter().map(|(form, _)| *form).filter(same).collect()
    }
}

/// A site's way with cards.
///
/// ```toml
/// [cards]
/// form = "decimal-reversed-10"
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CardForms {
    /// How the school's list writes the UIDs of its cards.
    pub form: CardForm,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_what_readers_type() {
        let uid = CardUid::new(&[0x04, 0xA1, 0xB2, 0xC3]).unwrap();
        let written: Vec<String> = CardForm::ALL.iter().map(|(form, _)| form.write(&uid)).collect();
        assert_eq!(written, ["04A1B2C3", "C3B2A104", "77705923", "3283263748", "3283263748"]);
        assert_eq!(CardForm::fitting(&uid, "c3b2a104"), [CardForm::HexReversed]);
        assert_eq!(CardForm::fitting(&uid, "1"), []);
        let low = CardUid::new(&[0x04, 0, 0, 0, 5, 6, 7]).unwrap();
        assert_eq!(CardForm::DecimalReversed10.write(&low), "0000000004");
        let long = CardUid::new(&[0xFF; 10]).unwrap();
        assert_eq!(CardForm::Decimal.write(&long), "1208925819614629174706175");
    }

    #[test]
    fn every_form_has_its_name_in_a_configuration() {
        for (form, name) in CardForm::ALL {
            let read: CardForms = toml::from_str(&format!("form = \"{name}\"")).unwrap();
            assert_eq!(read.form, form);
        }
        assert!(toml::from_str::<CardForms>("form = \"binary\"").is_err());
    }
}
