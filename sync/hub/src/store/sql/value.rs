//! Values as both databases keep them.

use super::super::StoreFault;

/// One value of a row or of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::store) enum Value {
    /// Nothing.
    Null,
    /// A number; 1 and 0 for yes and no.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// Numbers, for `= ANY(?)`.
    Ints(Vec<i64>),
    /// Texts, for `= ANY(?)`.
    Texts(Vec<String>),
}

macro_rules! from_number {
    ($($number:ty),*) => {$(
        impl From<$number> for Value {
            fn from(number: $number) -> Value {
                Value::Int(number.into())
            }
        }
    )*};
}
from_number!(i64, i32, u32, u16, u8, bool);

impl From<u64> for Value {
    /// Seqs and ids are below 2^63 by far; a hostile one is pulled down, never wrapped.
    fn from(number: u64) -> Value {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::Text(text.clone())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Value {
        Value::Blob(bytes.to_owned())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Value {
        Value::Blob(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Value {
        Value::Blob(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

/// What can be read from a [`Value`].
pub(in crate::store) trait FromValue: Sized {
    /// `None` if it is something else.
    fn from_value(value: &Value) -> Option<Self>;
}

macro_rules! number {
    ($($number:ty),*) => {$(
        impl FromValue for $number {
            fn from_value(value: &Value) -> Option<$number> {
                match value {
                    Value::Int(number) => <$number>::try_from(*number).ok(),
                    Value::Null | Value::Text(_) | Value::Blob(_) | Value::Ints(_) | Value::Texts(_) => None,
                }
            }
        }
    )*};
}
number!(i64, i32, u64, u32, u8);

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<bool> {
        i64::from_value(value).map(|number| number != 0)
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.clone()),
            Value::Null | Value::Int(_) | Value::Blob(_) | Value::Ints(_) | Value::Texts(_) => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Vec<u8>> {
        match value {
            Value::Blob(bytes) => Some(bytes.clone()),
            Value::Null | Value::Int(_) | Value::Text(_) | Value::Ints(_) | Value::Texts(_) => None,
        }
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Option<[u8; N]> {
        Vec::from_value(value)?.try_into().ok()
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Option<T>> {
        if *value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub(in crate::store) struct Row(pub(super) Vec<Value>);

impl Row {
    /// What stands in column `at`, from 0.
    pub(in crate::store) fn get<T: FromValue>(&self, at: usize) -> Result<T, StoreFault> {
        let value = self.0.get(at).and_then(T::from_value);
        value.ok_or(StoreFault::Damaged("a column holds what no version of this program wrote"))
    }

    /// A row of these values.
    pub(in crate::store) fn of(values: &[Value]) -> Row {
        Row(values.to_vec())
    }

    /// Its values.
    pub(in crate::store) fn into_values(self) -> Vec<Value> {
        self.0
    }
}
