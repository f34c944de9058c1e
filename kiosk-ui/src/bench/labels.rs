//! What lies on the bench: a text file with one label a line, three columns with tabs between them, and a fourth for what
//! has a library tag.

use anyhow::Context;
use std::path::Path;

/// Most labels on a bench.
const MOST: usize = 10_000;

/// What a label is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A reader's card.
    Card,
    /// A book.
    Book,
    /// Something that is neither: an ISBN, a web address, a torn label.
    Other,
}

/// Something that can be held under the scanner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What it is on.
    pub kind: Kind,
    /// What the scanner reads.
    pub label: String,
    /// What it is, for people: a name and class, a title.
    pub what: String,
    /// Its library tag, as the emulated pad's socket wants it: UID, DSFID, AFI and memory in hexadecimal.
    pub tag: Option<String>,
}

/// A line that is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// It has not three or four columns.
    #[error(
        "line {0}: three columns with tabs between them are expected: card, book or other; the label; what it is. A fourth may be its tag: UID DSFID AFI MEMORY"
    )]
    Columns(usize),
    /// Its first column is no kind.
    #[error("line {line}: `{kind}` is no kind of label; write card, book or other")]
    Kind {
        /// Its number, from 1.
        line: usize,
        /// What stands there.
        kind: String,
    },
    /// There are too many of them.
    #[error("more than {MOST} labels")]
    TooMany,
}

/// Reads the labels of a file.
///
/// # Errors
/// If it cannot be read, or a line is no label ([`LabelError`]).
pub fn read(path: &Path) -> anyhow::Result<Vec<Label>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text).with_context(|| path.display().to_string())
}

/// Empty lines and lines that begin with `#` are passed over.
fn parse(text: &str) -> Result<Vec<Label>, LabelError> {
    let mut labels = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if labels.len() == MOST {
            return Err(LabelError::TooMany);
        }
        labels.push(label(number + 1, line)?);
    }
    Ok(labels)
}

fn label(line: usize, text: &str) -> Result<Label, LabelError> {
    let mut columns = text.split('\t');
    let (Some(kind), Some(label), Some(what), tag, None) =
        (columns.next(), columns.next(), columns.next(), columns.next(), columns.next())
    else {
        return Err(LabelError::Columns(line));
    };
    let kind = match kind {
        "card" => Kind::Card,
        "book" => Kind::Book,
        "other" => Kind::Other,
        _ => return Err(LabelError::Kind { line, kind: kind.to_owned() }),
    };
    if label.is_empty() || tag.is_some_and(|tag| tag.split(' ').count() != 4) {
        return Err(LabelError::Columns(line));
    }
    Ok(Label { kind, label: label.to_owned(), what: what.to_owned(), tag: tag.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_they_are_printed() {
        let text = "# the bench\n\ncard\tP0012\tАйдана, 7 «Ә»\nbook\t 000345 \tАбай жолы\tE0 3E 07 11\n";
        let labels = parse(text).unwrap();
        assert_eq!(
            labels[0],
            Label {
                kind: Kind::Card, label: "P0012".into(), what: "Айдана, 7 «Ә»".into(), tag: None
            }
        );
        assert_eq!((labels[1].kind, labels[1].label.as_str()), (Kind::Book, " 000345 "));
        assert_eq!(labels[1].tag.as_deref(), Some("E0 3E 07 11"));
        assert_eq!(parse("book\t1\tA\tE0"), Err(LabelError::Columns(1)));
        assert_eq!(labels.len(), 2);
    }

    #[test]
    fn a_line_that_is_no_label_is_named() {
        assert_eq!(parse("card\t1\tA\nbook 2 B"), Err(LabelError::Columns(2)));
        assert_eq!(parse("card\t\tA"), Err(LabelError::Columns(1)));
        assert_eq!(parse("Card\t1\tA"), Err(LabelError::Kind { line: 1, kind: "Card".into() }));
        assert_eq!(parse(&"card\t1\tA\n".repeat(MOST + 1)), Err(LabelError::TooMany));
    }
}
