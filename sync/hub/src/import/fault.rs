//! What can be wrong with a file or a row, in words that say what to do.

/// Why a whole file cannot be read. Nothing of it was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// Too long.
    #[error("the file has more than {} MB; split it", super::MOST_LEN >> 20)]
    TooLong,
    /// A workbook or another binary file.
    #[error("this is no text: save the table as CSV (UTF-8) in the spreadsheet program, and import that")]
    NotText,
    /// No line with anything on it.
    #[error("the file is empty; its first line should name the columns, such as: {0}")]
    Empty(&'static str),
    /// A column is missing.
    #[error("the first line names no column for {what}; it has: {found}. Any of these names would do: {accepted}")]
    NoColumn {
        /// What is missing.
        what: &'static str,
        /// What the first line has.
        found: String,
        /// Names that are understood.
        accepted: String,
    },
    /// Two columns for one thing.
    #[error("the columns {first:?} and {second:?} both stand for {what}; remove one of them")]
    TwoColumns {
        /// For what.
        what: &'static str,
        /// One.
        first: String,
        /// The other.
        second: String,
    },
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The line it began on, from 1.
    pub line: u32,
    /// The column, by its name in the file; `None` if it is about the whole row.
    pub column: Option<String>,
    /// What is wrong.
    pub fault: RowFault,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum RowFault {
    /// Fewer fields than columns.
    #[error("has {found} fields, the first line has {expected}: a separator is missing, or the row is cut in two")]
    TooFewFields {
        /// Here.
        found: usize,
        /// In the first line.
        expected: usize,
    },
    /// More fields than columns.
    #[error("has {found} fields, the first line has {expected}: two rows are merged, or a field with a separator needs quotes")]
    TooManyFields {
        /// Here.
        found: usize,
        /// In the first line.
        expected: usize,
    },
    /// A quotation mark that nothing closes.
    #[error("a quotation mark opens here and never closes")]
    OpenQuote,
    /// Nothing where something is needed.
    #[error("is empty; it is needed")]
    Empty,
    /// Too long.
    #[error("has {0} characters; {most} are the most", most = super::cells::MOST_CHARS)]
    TooLong(usize),
    /// A control character.
    #[error("holds a control character; type it anew")]
    Control,
    /// Letters were lost before the file was written.
    #[error("letters were lost and stand as question marks: export the table again as CSV UTF-8")]
    LostLetters,
    /// A spreadsheet has rounded a number.
    #[error("the spreadsheet has rounded this number ({0}): format the column as text and type it anew")]
    Rounded(String),
    /// No class name.
    #[error("{0:?} is no class; expected is a name such as 7 «А», 7А or 7-А")]
    Class(String),
    /// A class that was not imported.
    #[error("there is no class {0:?}; import the classes first, or correct the name")]
    UnknownClass(String),
    /// No number of an item or card.
    #[error("{0:?} is no number of a label or card: 1 to 64 Latin letters, digits and signs, no spaces, no |")]
    Number(String),
    /// An IIN where a card's number is expected.
    #[error("holds an IIN, which is never kept here: give the number on the card")]
    Iin,
    /// No date.
    #[error("{0:?} is no date; expected is one such as 2027-05-25 or 25.05.2027")]
    Date(String),
    /// No ISBN.
    #[error("{0:?} is no ISBN: 13 or 10 digits are expected")]
    Isbn(String),
    /// An ISBN with a wrong check digit.
    #[error("the check digit of ISBN {0:?} is wrong: compare it with the book")]
    IsbnCheck(String),
    /// No year.
    #[error("{0:?} is no year")]
    Year(String),
    /// Not one of the words that are understood.
    #[error("{found:?} is not understood; expected is one of: {expected}")]
    Word {
        /// Here.
        found: String,
        /// Words that are understood.
        expected: String,
    },
    /// A PIN that is none.
    #[error("a PIN has 4 to 6 digits")]
    Pin,
    /// Neither card nor PIN.
    #[error("has neither a card nor a PIN: this patron could never identify themselves")]
    NoWayIn,
    /// The same thing twice.
    #[error("is the same as in line {0}; one of the two is wrong")]
    Twice(u32),
    /// No such title.
    #[error("there is no title with this ISBN or name ({0:?}); import the titles first, or correct it")]
    UnknownTitle(String),
    /// Several titles have this name.
    #[error("several titles have the name {0:?}; give the ISBN")]
    AmbiguousTitle(String),
}
