//! Text on the wire. The standard's default is code page 850; in the field UTF-8, Latin-1, 866 and 1251 are met. What
//! cannot be read or written becomes a replacement: a title never stops a loan.

use encoding_rs::{IBM866, WINDOWS_1251, WINDOWS_1252};
use std::fmt;
use std::str::FromStr;

/// A server's charset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// UTF-8.
    #[default]
    Utf8,
    /// Code page 850, Western European DOS.
    Cp850,
    /// Code page 866, Cyrillic DOS.
    Cp866,
    /// Windows-1251, Cyrillic.
    Cp1251,
    /// ISO 8859-1, read as Windows-1252 is.
    Latin1,
}

/// Names of charsets, as they are written in a configuration.
const NAMES: [(&str, Charset); 5] = [
    ("utf-8", Charset::Utf8),
    ("cp850", Charset::Cp850),
    ("cp866", Charset::Cp866),
    ("cp1251", Charset::Cp1251),
    ("latin1", Charset::Latin1),
];

/// 80 to FF of code page 850 (IBM, as in Unicode's mapping table CP850.TXT).
const CP850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";

impl Charset {
    /// Bytes as text. What is no character becomes U+FFFD.
    #[must_use]
    pub fn read(self, bytes: &[u8]) -> String {
        match self {
            Charset::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Charset::Cp850 => bytes.iter().map(|byte| from_cp850(*byte)).collect(),
            Charset::Cp866 => IBM866.decode_without_bom_handling(bytes).0.into_owned(),
            Charset::Cp1251 => WINDOWS_1251.decode_without_bom_handling(bytes).0.into_owned(),
            Charset::Latin1 => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        }
    }

    /// Text as bytes. What the charset does not have becomes `?`.
    #[must_use]
    pub fn write(self, text: &str) -> Vec<u8> {
        let coding = match self {
            Charset::Utf8 => return text.as_bytes().to_vec(),
            Charset::Cp850 => return text.chars().map(to_cp850).collect(),
            Charset::Cp866 => IBM866,
            Charset::Cp1251 => WINDOWS_1251,
            Charset::Latin1 => WINDOWS_1252,
        };
        let mut bytes = Vec::with_capacity(text.len());
        for c in text.chars() {
            match coding.encode(c.encode_utf8(&mut [0; 4])) {
                (written, _, false) => bytes.extend_from_slice(&written),
                (_, _, true) => bytes.push(b'?'),
            }
        }
        bytes
    }
}

fn from_cp850(byte: u8) -> char {
    match byte.checked_sub(0x80) {
        None => byte.into(),
        Some(high) => CP850.chars().nth(high.into()).unwrap_or('\u{fffd}'),
    }
}

fn to_cp850(c: char) -> u8 {
    if c.is_ascii() {
        return u8::try_from(c).unwrap_or(b'?');
    }
    let high = CP850.chars().position(|known| known == c);
    high.and_then(|high| u8::try_from(high + 0x80).ok()).unwrap_or(b'?')
}

impl FromStr for Charset {
    type Err = String;

    fn from_str(name: &str) -> Result<Charset, String> {
        let found = NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, charset)| *charset).ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("`{name}` is no charset known here; one of {} is expected", names.join(", "))
        })
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, charset)| charset == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_charset_reads_what_it_writes() {
        for (charset, text) in [
            (Charset::Utf8, "Қожа, Әуезов"),
            (Charset::Cp850, "Le Piège — ░±é".trim_matches('—')),
            (Charset::Cp866, "Абай жолы Ё"),
            (Charset::Cp1251, "Абай жолы №"),
            (Charset::Latin1, "épouse"),
        ] {
            let text = text.replace('—', "-");
            assert_eq!(charset.read(&charset.write(&text)), text, "{charset}");
            assert_eq!(charset.to_string().parse(), Ok(charset));
        }
        for (name, charset) in NAMES {
            assert_eq!(
                charset.write("漢"),
                if charset == Charset::Utf8 { "漢".as_bytes() } else { b"?" },
                "{name}"
            );
        }
    }

    #[test]
    fn every_byte_is_some_text() {
        let bytes: Vec<u8> = (0..=255).collect();
        for (_, charset) in NAMES {
            assert!(!charset.read(&bytes).is_empty());
        }
        assert_eq!(CP850.chars().count(), 128);
        assert_eq!(Charset::Cp850.read(&[0x82, 0x8a, 0xe1]), "éèß");
        assert_eq!(Charset::Cp850.write(&Charset::Cp850.read(&bytes)), bytes);
    }
}
