//! How ISO 28560-2 writes an ISIL (annex C): letters in 5 bits, digits in 4, with codes that change the set for one
//! character (shift) or from here on (latch). It begins in capitals; ones fill up the last byte.

use super::bits::BitWriter;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Upper,
    Lower,
    Digit,
}

/// What a code stands for.
enum Code {
    Character(char),
    Latch(Set),
    Shift(Set),
}

impl Set {
    const ALL: [Self; 3] = [Self::Upper, Self::Lower, Self::Digit];

    const fn width(self) -> u8 {
        match self {
            Self::Upper | Self::Lower => 5,
            Self::Digit => 4,
        }
    }

    fn code(self, code: u8) -> Code {
        match (self, code) {
            (Self::Upper | Self::Lower, 0) | (Self::Digit, 10) => Code::Character('-'),
            (Self::Upper, 1..=26) => Code::Character(char::from(b'A' + code - 1)),
            (Self::Lower, 1..=26) => Code::Character(char::from(b'a' + code - 1)),
            (Self::Upper, 27) | (Self::Digit, 11) => Code::Character(':'),
            (Self::Lower, 27) => Code::Character('/'),
            (Self::Upper, 28) => Code::Latch(Self::Lower),
            (Self::Upper, 29) => Code::Shift(Self::Lower),
            (Self::Lower, 28) | (Self::Digit, 12) => Code::Latch(Self::Upper),
            (Self::Lower, 29) | (Self::Digit, 13) => Code::Shift(Self::Upper),
            (Self::Upper | Self::Lower, 30) => Code::Latch(Self::Digit),
            (Self::Upper | Self::Lower, _) => Code::Shift(Self::Digit),
            (Self::Digit, 0..=9) => Code::Character(char::from(b'0' + code)),
            (Self::Digit, 14) => Code::Latch(Self::Lower),
            (Self::Digit, _) => Code::Shift(Self::Lower),
        }
    }

    /// The code of a character in this set.
    fn code_of(self, wanted: char) -> Option<u8> {
        (0..1 << self.width()).find(|code| matches!(self.code(*code), Code::Character(c) if c == wanted))
    }

    /// The code that goes over to another set, for one character or from here on.
    fn change_to(self, to: Self, for_one: bool) -> Option<u8> {
        (0..1 << self.width()).find(|code| match self.code(*code) {
            Code::Character(_) => false,
            Code::Latch(set) => !for_one && set == to,
            Code::Shift(set) => for_one && set == to,
        })
    }
}

/// The text; `None` where there is none.
#[must_use]
pub fn decode(bytes: &[u8]) -> Option<String> {
    let bit = |at: usize| bytes.get(at / 8).map(|byte| byte >> (7 - at % 8) & 1);
    let mut at = 0;
    let mut take = |width: u8| {
        let value = (0..usize::from(width)).try_fold(0, |value, offset| Some(value << 1 | bit(at + offset)?));
        at += usize::from(width);
        value
    };
    let (mut text, mut set, mut next) = (String::new(), Set::Upper, Set::Upper);
    while let Some(code) = take(next.width()) {
        match next.code(code) {
            Code::Character(character) => {
                text.push(character);
                next = set;
            }
            Code::Latch(to) => (set, next) = (to, to),
            Code::Shift(to) => next = to,
        }
    }
    Some(text)
}

/// The fewest bytes for a text; `None` where it has other characters than letters, digits, `-`, `:` and `/`.
#[must_use]
pub fn encode(text: &str) -> Option<Vec<u8>> {
    // For each set, the cheapest way to have written everything so far and be in it.
    let mut ways: Vec<Option<Way>> =
        Set::ALL.iter().map(|set| (*set == Set::Upper).then(Way::default)).collect();
    for character in text.chars() {
        let mut next: Vec<Option<Way>> = vec![None; Set::ALL.len()];
        for (from, way) in Set::ALL.into_iter().zip(&ways) {
            let Some(way) = way else { continue };
            for (place, to) in Set::ALL.into_iter().enumerate() {
                for step in steps(from, to, character) {
                    let longer = way.with(&step);
                    let Some(best) = next.get_mut(place) else { continue };
                    if best.as_ref().is_none_or(|best| longer.bits < best.bits) {
                        *best = Some(longer);
                    }
                }
            }
        }
        ways = next;
    }
    let best = ways.into_iter().flatten().min_by_key(|way| way.bits)?;
    let mut bits = BitWriter::default();
    best.codes.into_iter().for_each(|(code, width)| bits.push(code, width));
    Some(bits.finish(0xFF))
}

#[derive(Debug, Clone, Default)]
struct Way {
    codes: Vec<(u8, u8)>,
    bits: usize,
}

impl Way {
    fn with(&self, step: &[(u8, u8)]) -> Self {
        let mut codes = self.codes.clone();
        codes.extend(step);
        Self { codes, bits: self.bits + step.iter().map(|(_, width)| usize::from(*width)).sum::<usize>() }
    }
}

/// The ways to write a character in `from` and be in `to` afterwards.
fn steps(from: Set, to: Set, character: char) -> Vec<Vec<(u8, u8)>> {
    let mut ways = Vec::new();
    if from == to {
        ways.extend(from.code_of(character).map(|code| vec![(code, from.width())]));
        for other in Set::ALL.into_iter().filter(|other| *other != from) {
            if let (Some(shift), Some(code)) = (from.change_to(other, true), other.code_of(character)) {
                ways.push(vec![(shift, from.width()), (code, other.width())]);
            }
        }
    } else if let (Some(latch), Some(code)) = (from.change_to(to, false), to.code_of(character)) {
        ways.push(vec![(latch, from.width()), (code, to.width())]);
    }
    ways
}
