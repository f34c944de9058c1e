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
    Wrong(#[from] Wrong),
}

/// What is wrong at one place of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
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
        let Wrong { path, line, column, text, length, message } = self;
        let (number, margin) = (line.to_string(), " ".repeat(line.to_string().len()));
        writeln!(f, "{}:{line}:{column}: {message}", path.display())?;
        writeln!(f, " {margin} |\n {number} | {text}")?;
        write!(f, " {margin} | {}{}", " ".repeat(column - 1), "^".repeat(*length))
    }
}

impl std::error::Error for Wrong {}

/// What is wrong, and where in the text, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub span: Range<usize>,
    pub message: String,
}

impl Fault {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Fault {
        Fault { span, message: message.into() }
    }

    /// As a place in lines and columns. A span of several lines is told by its first.
    pub fn placed(self, path: &Path, text: &str) -> Wrong {
        let whole = text.get(..self.span.start).unwrap_or_default();
        let start = whole.rfind('\n').map_or(0, |newline| newline + 1);
        let line_text = text[start..].lines().next().unwrap_or_default();
        let column = whole[start..].chars().count() + 1;
        let meant = text.get(self.span).unwrap_or_default().lines().next().unwrap_or_default();
        Wrong {
            path: path.to_owned(),
            line: whole.matches('\n').count() + 1,
            column,
            text: line_text.trim_end().to_owned(),
            length: meant.trim_end().chars().count().max(1),
            message: self.message,
        }
    }
}

impl From<toml::de::Error> for Fault {
    fn from(error: toml::de::Error) -> Fault {
        Fault::new(error.span().unwrap_or(0..0), error.message().trim_end())
    }
}
