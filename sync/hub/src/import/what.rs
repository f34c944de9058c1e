//! What a file holds, told by its column names.

use super::source::Source;
use super::{FileFault, classes, items, patrons, titles};
use serde::{Deserialize, Serialize};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Classes: class, language.
    Classes,
    /// Patrons: card, family, given, class, kind, pin, block, until.
    Patrons,
    /// Titles: title, author, isbn, year, kind.
    Titles,
    /// Items: number, title, isbn, status.
    Items,
}

impl What {
    /// All, in the order in which a school's files are wanted.
    pub const ALL: [What; 4] = [What::Classes, What::Patrons, What::Titles, What::Items];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            What::Classes => "classes",
            What::Patrons => "patrons",
            What::Titles => "titles",
            What::Items => "items",
        }
    }

    /// What has this name.
    pub fn from_name(name: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.name() == name)
    }
}

/// What a file holds, as its column names say: names of people, numbers of labels, titles, or else classes. `None` if they
/// do for none of these.
///
/// # Errors
/// The file cannot be read at all.
pub fn recognise(bytes: &[u8]) -> Result<Option<What>, FileFault> {
    let mut source = Source::open(bytes)?;
    let kinds = [
        (What::Patrons, &patrons::COLUMNS[..], patrons::EXAMPLE),
        (What::Items, &items::COLUMNS, items::EXAMPLE),
        (What::Titles, &titles::COLUMNS, titles::EXAMPLE),
        (What::Classes, &classes::COLUMNS, classes::EXAMPLE),
    ];
    Ok(kinds
        .into_iter()
        .find(|(_, columns, example)| source.header(columns, example).is_ok())
        .map(|(what, ..)| what))
}
