//! From bytes to text.

use super::FileFault;
use encoding_rs::{Encoding as Codec, UTF_16BE, UTF_16LE, WINDOWS_1251};
use serde::{Deserialize, Serialize};

/// How a file's letters were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Encoding {
    /// UTF-8, with or without its mark.
    Utf8,
    /// UTF-16, either order, with its mark.
    Utf16,
    /// Windows-1251.
    Windows1251,
    /// KZ-1048 (STRK1048-2002): Windows-1251 with Kazakh letters in place of Ukrainian and South Slavic ones.
    Kz1048,
}

impl Encoding {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "UTF-8",
            Encoding::Utf16 => "UTF-16",
            Encoding::Windows1251 => "Windows-1251",
            Encoding::Kz1048 => "KZ-1048",
        }
    }
}

/// Letters of Windows-1251 in whose places KZ-1048 has Kazakh ones.
const KAZAKH: [(char, char); 16] = [
    ('Ќ', 'Қ'),
    ('ќ', 'қ'),
    ('Ћ', 'Һ'),
    ('ћ', 'һ'),
    ('Ў', 'Ұ'),
    ('ў', 'ұ'),
    ('Ј', 'Ә'),
    ('ј', 'ә'),
    ('Ґ', 'Ө'),
    ('ґ', 'ө'),
    ('Є', 'Ғ'),
    ('є', 'ғ'),
    ('Ї', 'Ү'),
    ('ї', 'ү'),
    ('Ѕ', 'Ң'),
    ('ѕ', 'ң'),
];

/// Reads a file's bytes as text. What is damaged in UTF-8 becomes U+FFFD.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), FileFault> {
    if bytes.len() > super::MOST_LEN {
        return Err(FileFault::TooLong);
    }
    let (text, encoding) = match Codec::for_bom(bytes) {
        Some((codec, _)) if [UTF_16LE, UTF_16BE].contains(&codec) => {
            let (text, _, damaged) = codec.decode(bytes);
            if damaged {
                return Err(FileFault::NotText);
            }
            (text.into_owned(), Encoding::Utf16)
        }
        Some(_) | None => decode_bytes(bytes)?,
    };
    // Some e-journals give a web page the name of a spreadsheet.
    if text.trim_start().starts_with('<') {
        return Err(FileFault::NotText);
    }
    Ok((text, encoding))
}

fn decode_bytes(bytes: &[u8]) -> Result<(String, Encoding), FileFault> {
    // A workbook is a ZIP, an older one is full of NULs; so is UTF-16 without its mark. A few are damage in some rows.
    let nuls = bytes.iter().filter(|byte| **byte == 0).count();
    if bytes.starts_with(b"PK\x03\x04") || nuls * 50 > bytes.len() {
        return Err(FileFault::NotText);
    }
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let lossy = String::from_utf8_lossy(unmarked);
    if is_mostly_utf8(&lossy) {
        return Ok((lossy.into_owned(), Encoding::Utf8));
    }
    let (text, _) = WINDOWS_1251.decode_without_bom_handling(bytes);
    let kazakh = |c: char| KAZAKH.iter().find(|(there, _)| *there == c).map(|(_, here)| *here);
    let has_kazakh = text.chars().any(|c| kazakh(c).is_some());
    let text = text.chars().map(|c| kazakh(c).unwrap_or(c)).collect::<String>();
    if !is_cyrillic(&text) {
        return Err(FileFault::Encoding);
    }
    Ok((text, if has_kazakh { Encoding::Kz1048 } else { Encoding::Windows1251 }))
}

/// Whether what is damaged is the exception: Cyrillic in units of a byte is hardly ever good UTF-8.
fn is_mostly_utf8(lossy: &str) -> bool {
    let (mut good, mut damaged) = (0_usize, 0_usize);
    for c in lossy.chars() {
        match c {
            '\u{fffd}' => damaged += 1,
            c if !c.is_ascii() => good += 1,
            _ => {}
        }
    }
    damaged == 0 || good > 4 * damaged
}

/// Whether most of what is not ASCII are letters of Cyrillic words: code page 866 would give signs and capitals within
/// words, a western code page single letters within Latin words.
fn is_cyrillic(text: &str) -> bool {
    let letter = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    let usual = |c: char| c.is_ascii() || "\u{a0}«»№„“”‘’‚—–…".contains(c);
    let (mut good, mut odd) = (0_usize, 0_usize);
    let mut last = ' ';
    for c in text.chars() {
        let is_within_latin =
            letter(c) && last.is_ascii_alphabetic() || letter(last) && c.is_ascii_alphabetic();
        let is_odd_letter =
            letter(last) && last.is_lowercase() && c.is_uppercase() || "ЂЃѓЉЊЏђљњџ".contains(c);
        if is_within_latin || is_odd_letter || !usual(c) && !letter(c) {
            odd += 1;
        } else {
            good += usize::from(letter(c));
        }
        last = c;
    }
    good >= 4 * odd
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        let name = "Иванов";
        assert_eq!(decode(name.as_bytes()), Ok((name.into(), Encoding::Utf8)));
        assert_eq!(decode(&[b"\xef\xbb\xbf", name.as_bytes()].concat()), Ok((name.into(), Encoding::Utf8)));
        let units = || std::iter::once(0xfeff).chain(name.encode_utf16());
        let little: Vec<u8> = units().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = units().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little), Ok((name.into(), Encoding::Utf16)));
        assert_eq!(decode(&big), Ok((name.into(), Encoding::Utf16)));
        assert_eq!(decode(b"\xc8\xe2\xe0\xed\xee\xe2"), Ok((name.into(), Encoding::Windows1251)));
    }

    #[test]
    fn kazakh_letters_of_kz_1048() {
        let bytes = b"\x8d\xe0\xf1\xfb\xec \xa3\xf1\xe5\xeb \xa5\xec\xb3\xf0 \xaa\xe0\xed\xe8 \xaf\xec\xb3\xf2 \xa1\xeb\xe0\xed \x8e \xbd";
        assert_eq!(decode(bytes), Ok(("Қасым Әсел Өмір Ғани Үміт Ұлан Һ Ң".into(), Encoding::Kz1048)));
        let small = b"\x9d\xbc\xb4\xba\xbf\xa2\x9e\xbe \xe0\xf1";
        assert_eq!(decode(small), Ok(("қәөғүұһң ас".into(), Encoding::Kz1048)));
    }

    #[test]
    fn one_damaged_letter_does_not_make_utf_8_another_encoding() {
        let mut bytes = "card,family,given\n1,Иванов,Иван".as_bytes().to_vec();
        bytes.extend(b",\xff");
        assert_eq!(decode(&bytes), Ok(("card,family,given\n1,Иванов,Иван,\u{fffd}".into(), Encoding::Utf8)));
    }

    #[test]
    fn what_no_evidence_speaks_for_is_not_guessed() {
        // "Фамилия;Имя" and "Класс;Язык" of code page 866, and German of Windows-1252.
        assert_eq!(decode(b"\x94\xa0\xac\xa8\xab\xa8\xef;\x88\xac\xef"), Err(FileFault::Encoding));
        assert_eq!(decode(b"\x8a\xab\xa0\xe1\xe1;\x9f\xa7\xeb\xaa"), Err(FileFault::Encoding));
        assert_eq!(decode(b"M\xfcller;Sch\xf6n;Wei\xdf"), Err(FileFault::Encoding));
    }

    #[test]
    fn what_is_no_text() {
        for bytes in [&b"PK\x03\x04\x14"[..], b"a\0b", b" <html><table>", b"\xff\xfe\x00\xd8"] {
            assert_eq!(decode(bytes), Err(FileFault::NotText), "{bytes:?}");
        }
    }
}
