//! Item numbers as columns. Labels of one library look alike: a number is split into its shape (what stands before the
//! last digits, and how many of those there are) and the value of those digits. Leading zeros are in the width.
//!
//! Where every number of one shape ends in a right GS1 check digit (mod 10, weights 3 and 1 from the right), that digit
//! is left out and computed again: labels printed on a roll then differ by 1.

use super::WireError;
use super::bytes::{Reader, put_varint};
use crate::ItemId;
use std::collections::HashMap;

/// Most digits of a value: the most that always fit 64 bits.
const MAX_DIGITS: usize = 19;

/// What the numbers of one roll of labels have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Shape {
    prefix: String,
    digits: u8,
    check: bool,
}

/// One number in its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Label {
    /// Which shape of the table.
    pub(super) shape: usize,
    /// The value of its digits.
    pub(super) value: u64,
}

/// The shapes of one message.
#[derive(Debug, Default)]
pub(super) struct Shapes(Vec<Shape>);

/// Splits `items`; the labels are in the same order.
pub(super) fn split<'a>(items: impl Iterator<Item = &'a ItemId> + Clone) -> (Shapes, Vec<Label>) {
    let mut all_check: HashMap<(&str, usize), bool> = HashMap::new();
    for item in items.clone() {
        let (prefix, digits) = parts(item.as_str());
        *all_check.entry((prefix, digits.len())).or_insert(digits.len() > 1) &= has_check_digit(digits);
    }
    let mut shapes = Shapes::default();
    let mut index: HashMap<(&str, usize), usize> = HashMap::new();
    let mut labels = Vec::new();
    for item in items {
        let (prefix, digits) = parts(item.as_str());
        let check = all_check.get(&(prefix, digits.len())).is_some_and(|all| *all);
        let shape = *index.entry((prefix, digits.len())).or_insert_with(|| {
            shapes.0.push(Shape { prefix: prefix.to_owned(), digits: digits.len() as u8, check });
            shapes.0.len() - 1
        });
        let value = value(if check { &digits[..digits.len() - 1] } else { digits });
        labels.push(Label { shape, value });
    }
    (shapes, labels)
}

impl Shapes {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        put_varint(out, self.0.len() as u64);
        for shape in &self.0 {
            put_varint(out, shape.prefix.len() as u64);
            out.extend(shape.prefix.as_bytes());
            out.push((shape.digits << 1) | u8::from(shape.check));
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Shapes, WireError> {
        let count: usize = reader.narrow()?;
        let mut shapes = Vec::new();
        for _ in 0..count {
            let len: usize = reader.narrow()?;
            let prefix =
                std::str::from_utf8(reader.take(len)?).map_err(|_| WireError::Damaged("item number"))?;
            let tail = reader.byte()?;
            let shape = Shape { prefix: prefix.to_owned(), digits: tail >> 1, check: tail & 1 == 1 };
            let too_long = shape.prefix.len() + usize::from(shape.digits) > ItemId::MAX_LEN;
            if too_long || usize::from(shape.digits) > MAX_DIGITS || (shape.check && shape.digits == 0) {
                return Err(WireError::Damaged("item number"));
            }
            shapes.push(shape);
        }
        Ok(Shapes(shapes))
    }

    /// Puts a number together again.
    pub(super) fn join(&self, label: Label) -> Result<ItemId, WireError> {
        let damaged = || WireError::Damaged("item number");
        let shape = self.0.get(label.shape).ok_or_else(damaged)?;
        let width = usize::from(shape.digits - u8::from(shape.check));
        let mut text = shape.prefix.clone();
        if width > 0 {
            let digits = format!("{:0width$}", label.value);
            if digits.len() != width {
                return Err(damaged());
            }
            text.push_str(&digits);
        } else if label.value != 0 {
            return Err(damaged());
        }
        if shape.check {
            text.push(check_digit(&text.as_bytes()[shape.prefix.len()..]));
        }
        ItemId::new(text).map_err(|_| damaged())
    }
}

/// What stands before the last digits, and those digits.
fn parts(text: &str) -> (&str, &str) {
    let run = text.bytes().rev().take_while(u8::is_ascii_digit).count().min(MAX_DIGITS);
    text.split_at(text.len() - run)
}

/// The value of at most [`MAX_DIGITS`] digits.
fn value(digits: &str) -> u64 {
    digits.bytes().fold(0, |value, digit| value * 10 + u64::from(digit - b'0'))
}

fn has_check_digit(digits: &str) -> bool {
    digits.as_bytes().split_last().is_some_and(|(last, body)| check_digit(body) == char::from(*last))
}

fn check_digit(body: &[u8]) -> char {
    let sum: u32 = body
        .iter()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip(texts: &[&str]) -> Shapes {
        let items: Vec<ItemId> = texts.iter().map(|text| ItemId::new(*text).unwrap()).collect();
        let (shapes, labels) = split(items.iter());
        let mut bytes = Vec::new();
        shapes.write(&mut bytes);
        let mut reader = Reader(&bytes);
        let read = Shapes::read(&mut reader).unwrap();
        reader.end().unwrap();
        let back: Vec<ItemId> = labels.iter().map(|label| read.join(*label).unwrap()).collect();
        assert_eq!(back, items);
        shapes
    }

    #[test]
    fn every_number_comes_back() {
        assert_eq!(trip(&["0001", "0002", "1", "KZ-0001", "ABC", "0", "00"]).len(), 5);
        trip(&["99999999999999999999999999", "18446744073709551616", "18446744073709551615"]);
        trip(&[&"9".repeat(64), &"0".repeat(64), &"x".repeat(64)]);
    }

    #[test]
    fn a_check_digit_is_left_out_only_if_all_have_it() {
        // EAN-13 of the GS1 General Specifications' manner: 4006381333931 is valid.
        assert!(trip(&["4006381333931", "9780306406157"]).0[0].check);
        assert!(!trip(&["4006381333931", "9780306406158"]).0[0].check);
    }

    #[test]
    fn a_value_wider_than_its_shape_is_refused() {
        let (shapes, _) = split([ItemId::new("12").unwrap()].iter());
        assert!(shapes.join(Label { shape: 0, value: 100 }).is_err());
        assert!(shapes.join(Label { shape: 1, value: 1 }).is_err());
    }
}
