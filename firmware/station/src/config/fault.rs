//! Why a configuration is not taken, with the place in the file.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Why a configuration is not taken. Says where, what was found, and what was expected.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: the configuration cannot be read: {reason}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's reason.
        reason: std::io::Error,
    },
    /// The file is not what was expected.
    #[error(transparent)]
    Wrong(#[from] Box<Wrong>),
}

/// What is wrong at one place of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// What sort of fault it is.
    pub kind: FaultKind,
    /// What may stand there, as it is to be written; may be empty.
    pub expected: String,
    /// What was probably meant.
    pub meant: Option<String>,
    /// Which file.
    pub path: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// Column, in characters from 1.
    pub column: usize,
    /// The line as it stands there.
    pub text: String,
    /// How many of its characters are meant; at least 1.
    pub length: usize,
    /// What was found and what was expected.
    pub message: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Wrong { path, line, column, text, length, message, .. } = self;
        let (number, margin) = (line.to_string(), " ".repeat(line.to_string().len()));
        writeln!(f, "{}:{line}:{column}: {message}", path.display())?;
        writeln!(f, " {margin} |\n {number} | {text}")?;
        write!(f, " {margin} | {}{}", " ".repeat(column - 1), "^".repeat(*length))
    }
}

impl std::error::Error for Wrong {}

/// What sort of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The text is not TOML there.
    Syntax,
    /// A key that nobody knows.
    UnknownKey,
    /// A key that is missing.
    Missing,
    /// A value that cannot be used.
    Value,
    /// A file that is named and cannot be read.
    NoFile,
    /// It is set elsewhere.
    Elsewhere,
}

/// What is wrong, and where in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub span: Range<usize>,
    pub kind: FaultKind,
    pub expected: String,
    pub message: String,
}

impl Fault {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Fault {
        Fault { span, kind: FaultKind::Value, expected: String::new(), message: message.into() }
    }

    /// The same, of this kind.
    pub fn of(self, kind: FaultKind) -> Fault {
        Fault { kind, ..self }
    }

    /// The same, with what may stand there.
    pub fn expecting(self, expected: impl Into<String>) -> Fault {
        Fault { expected: expected.into(), ..self }
    }

    /// As a place in lines and columns. A span of several lines is told by its first.
    pub fn placed(self, path: &Path, text: &str) -> Wrong {
        let whole = text.get(..self.span.start).unwrap_or_default();
        let start = whole.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = text[start..].lines().next().unwrap_or_default();
        let column = whole[start..].chars().count() + 1;
        let meant = text.get(self.span).unwrap_or_default().lines().next().unwrap_or_default();
        let (named, listed) = words_in_quotes(&self.message);
        let probably = match self.kind {
            FaultKind::UnknownKey | FaultKind::Value => named.and_then(|named| nearest(&named, &listed)),
            FaultKind::Syntax | FaultKind::Missing | FaultKind::NoFile | FaultKind::Elsewhere => None,
        };
        let hint = probably.as_ref().map_or_else(String::new, |word| format!("; did you mean `{word}`?"));
        Wrong {
            path: path.to_owned(),
            line: whole.matches('\n').count() + 1,
            column,
            text: line_text.trim_end().to_owned(),
            length: meant.trim_end().chars().count().max(1),
            message: self.message + &hint,
            kind: self.kind,
            expected: if self.expected.is_empty() { listed.join(", ") } else { self.expected },
            meant: probably,
        }
    }
}

impl From<toml::de::Error> for Fault {
    fn from(error: toml::de::Error) -> Fault {
        let message = error.message().trim_end();
        let kind = [("unknown field", FaultKind::UnknownKey), ("missing field", FaultKind::Missing)]
            .into_iter()
            .find(|(start, _)| message.starts_with(start))
            .map_or(FaultKind::Value, |(_, kind)| kind);
        Fault::new(error.span().unwrap_or(0..0), message).of(kind)
    }
}

/// The word a message of the reader names first, and the words it then lists as expected.
fn words_in_quotes(message: &str) -> (Option<String>, Vec<String>) {
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let Some((named, listed)) = message.split_once(", expected ").filter(|_| unknown) else {
        return (None, Vec::new());
    };
    let quoted = |text: &str| text.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    (quoted(named).into_iter().next(), quoted(listed))
}

/// The listed word that is so near that it was probably meant.
fn nearest(word: &str, listed: &[String]) -> Option<String> {
    // The beginning of one key alone is that key.
    let begun: Vec<&String> = listed.iter().filter(|listed| listed.starts_with(word)).collect();
    if let ([one], 3..) = (begun.as_slice(), word.len()) {
        return Some((*one).clone());
    }
    let far = word.chars().count().div_ceil(3).max(1);
    let apart = |listed: &String| strsim::damerau_levenshtein(&word.to_lowercase(), listed);
    let near = listed.iter().map(|listed| (apart(listed), listed)).min()?;
    (near.0 <= far).then(|| near.1.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_understood_and_another_word_is_not() {
        let listed = ["language", "school", "readers"].map(str::to_owned);
        assert_eq!(nearest("langauge", &listed).as_deref(), Some("language"));
        assert_eq!(nearest("Reader", &listed).as_deref(), Some("readers"));
        assert_eq!(nearest("lang", &listed).as_deref(), Some("language"));
        assert_eq!(nearest("colour", &listed), None);
    }
}
