//! From bytes to text.

use super::FileFault;
use encoding_rs::{Encoding as Codec, UTF_16BE, UTF_16LE, WINDOWS_1251};

/// How a file's letters were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Reads a file's bytes as text.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), FileFault> {
    if bytes.len() > super::MOST_LEN {
        return Err(FileFault::TooLong);
    }
    if let Some(codec) = Codec::for_bom(bytes).map(|(codec, _)| codec).filter(|c| [UTF_16LE, UTF_16BE].contains(c)) {
        let (text, _, damaged) = codec.decode(bytes);
        return if damaged { Err(FileFault::NotText) } else { Ok((text.into_owned(), Encoding::Utf16)) };
    }
    // A workbook is a ZIP; no text holds a NUL.
    if bytes.starts_with(b"PK\x03\x04") || bytes.contains(&0) {
        return Err(FileFault::NotText);
    }
    let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(unmarked) {
        return Ok((text.to_owned(), Encoding::Utf8));
    }
    let (text, _) = WINDOWS_1251.decode_without_bom_handling(bytes);
    let kazakh = |c: char| KAZAKH.iter().find(|(there, _)| *there == c).map(|(_, here)| *here);
    if text.chars().any(|c| kazakh(c).is_some()) {
        return Ok((text.chars().map(|c| kazakh(c).unwrap_or(c)).collect(), Encoding::Kz1048));
    }
    Ok((text.into_owned(), Encoding::Windows1251))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_is_told_by_its_bytes() {
        let name = "Иванов";
        assert_eq!(decode(name.as_bytes()), Ok((name.into(), Encoding::Utf8)));
        assert_eq!(decode(&[b"\xef\xbb\xbf", name.as_bytes()].concat()), Ok((name.into(), Encoding::Utf8)));
        let utf16: Vec<u8> = std::iter::once(0xfeff).chain(name.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16), Ok((name.into(), Encoding::Utf16)));
        assert_eq!(decode(b"\xc8\xe2\xe0\xed\xee\xe2"), Ok((name.into(), Encoding::Windows1251)));
    }

    #[test]
    fn kazakh_letters_of_kz_1048() {
        // Қасым, Әсел, Өмір, Ғани, Үміт, Ұлан, Һ, Ң
        let bytes = b"\x8d\xe0\xf1\xfb\xec \xa3\xf1\xe5\xeb \xa5\xec\xb3\xf0 \xaa\xe0\xed\xe8 \xaf\xec\xb3\xf2 \xa1\xeb\xe0\xed \x8e \xbd";
        assert_eq!(decode(bytes), Ok(("Қасым Әсел Өмір Ғани Үміт Ұлан Һ Ң".into(), Encoding::Kz1048)));
    }

    #[test]
    fn a_workbook_is_no_text() {
        assert_eq!(decode(b"PK\x03\x04\x14\x00"), Err(FileFault::NotText));
        assert_eq!(decode(b"a\0b"), Err(FileFault::NotText));
    }
}
