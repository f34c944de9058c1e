//! A workbook of Excel's kind (XLSX, ECMA-376): from bytes to rows of cells.
//!
//! Invariants:
//! - What is unpacked is counted: a file of a few kilobytes that unpacks to gigabytes costs no more than [`MOST_UNPACKED`].
//! - No count that the file declares is believed; nothing is reserved by it.
//! - Numbers keep the digits they were written with, and the zeros in front that their format shows. A number whose digits
//!   the spreadsheet has lost reads as one, so that the row is refused.
//! - Formulas are not computed: what the spreadsheet last showed counts.

mod container;
mod format;
mod number;
mod part;
mod sheet;

use super::FileFault;
use container::Container;
use format::Format;
use part::{Budget, Fault, Xml};

/// The most bytes that are unpacked of one workbook.
const MOST_UNPACKED: u64 = 128 << 20;

/// The most sheets that are looked at.
const MOST_SHEETS: usize = 50;

/// What a cell shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Text, or a number as it is shown.
    Text(String),
    /// A date, as ISO 8601 has it; a spreadsheet also makes dates of what only looks like one.
    Date(String),
    /// A formula without a value.
    Formula,
}

impl Cell {
    /// Its text.
    pub(super) fn text(&self) -> &str {
        match self {
            Cell::Text(text) | Cell::Date(text) => text,
            Cell::Formula => "",
        }
    }
}

/// Rows with their numbers, from 1; empty ones are left out.
pub(super) type Rows = Vec<(u32, Vec<Cell>)>;

/// An open workbook.
pub(super) struct Workbook<'b> {
    container: Container<'b>,
    budget: Budget,
    sheets: Vec<Sheet>,
    strings: Vec<String>,
    formats: Vec<Format>,
    is_1904: bool,
}

/// A sheet and where it lies.
struct Sheet {
    name: String,
    path: String,
}

/// Whether a file is a workbook of this kind, or one that must be saved anew first.
///
/// # Errors
/// [`FileFault::OldWorkbook`].
pub(super) fn is_one(bytes: &[u8]) -> Result<bool, FileFault> {
    // The container of .xls, and of a workbook behind a password.
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Err(FileFault::OldWorkbook);
    }
    Ok(bytes.starts_with(b"PK\x03\x04"))
}

impl<'b> Workbook<'b> {
    /// Opens a workbook. Hidden sheets are passed over.
    ///
    /// # Errors
    /// It is damaged, none, or too large.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Workbook<'b>, FileFault> {
        if bytes.len() > super::MOST_LEN {
            return Err(FileFault::TooLong);
        }
        let container = Container::open(bytes).ok_or(FileFault::BrokenWorkbook)?;
        let mut workbook = Workbook {
            container,
            budget: Budget::new(MOST_UNPACKED),
            sheets: Vec::new(),
            strings: Vec::new(),
            formats: Vec::new(),
            is_1904: false,
        };
        workbook.read_parts().map_err(|fault| workbook.told(fault))?;
        Ok(workbook)
    }

    /// The names of its visible sheets.
    pub(super) fn sheet_names(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(|sheet| sheet.name.as_str())
    }

    /// The first `most` filled rows of a sheet, by its place.
    ///
    /// # Errors
    /// It is damaged or too large.
    pub(super) fn rows(&self, place: usize, most: usize) -> Result<Rows, FileFault> {
        let Some(sheet) = self.sheets.get(place) else { return Ok(Rows::new()) };
        let seen = sheet::Seen { strings: &self.strings, formats: &self.formats, is_1904: self.is_1904 };
        let rows = self.xml(&sheet.path).and_then(|xml| sheet::read(xml, seen, most));
        rows.map_err(|fault| self.told(fault))
    }

    fn xml(&self, path: &str) -> Result<Xml<'b>, Fault> {
        Ok(Xml::of(self.container.part(path).ok_or(Fault::Damaged)?, &self.budget))
    }

    fn told(&self, fault: Fault) -> FileFault {
        match fault {
            _ if self.budget.is_spent() => FileFault::Unpacked,
            Fault::Damaged => FileFault::BrokenWorkbook,
            Fault::TooLong => FileFault::Unpacked,
            Fault::TooManyRows => FileFault::TooManyLines,
        }
    }

    fn read_parts(&mut self) -> Result<(), Fault> {
        let main = self
            .relations("_rels/.rels", "")?
            .into_iter()
            .find(|relation| relation.kind.ends_with("/officeDocument"))
            .ok_or(Fault::Damaged)?
            .path;
        let (folder, name) = main.rsplit_once('/').unwrap_or(("", &main));
        let relations = self.relations(&format!("{folder}/_rels/{name}.rels"), folder)?;
        self.read_sheets(&main, &relations)?;
        for relation in &relations {
            if relation.kind.ends_with("/sharedStrings") {
                self.strings = sheet::strings(self.xml(&relation.path)?)?;
            } else if relation.kind.ends_with("/styles") {
                self.formats = format::read(self.xml(&relation.path)?)?;
            }
        }
        Ok(())
    }

    fn read_sheets(&mut self, main: &str, relations: &[Relation]) -> Result<(), Fault> {
        let mut xml = self.xml(main)?;
        while let Some(tag) = xml.next_tag()? {
            match tag.name.as_str() {
                "workbookPr" => self.is_1904 = matches!(tag.get("date1904"), Some("1" | "true")),
                "sheet" if tag.get("state").is_none_or(|state| state == "visible") => {
                    let relation =
                        relations.iter().find(|relation| Some(relation.id.as_str()) == tag.get("id"));
                    let is_sheet = |relation: &&Relation| relation.kind.ends_with("/worksheet");
                    if let (Some(name), Some(relation)) = (tag.get("name"), relation.filter(is_sheet))
                        && self.sheets.len() < MOST_SHEETS
                    {
                        self.sheets.push(Sheet { name: name.to_owned(), path: relation.path.clone() });
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The relations of a part whose targets lie beside `folder`.
    fn relations(&self, path: &str, folder: &str) -> Result<Vec<Relation>, Fault> {
        let mut relations = Vec::new();
        let mut xml = self.xml(path)?;
        while let Some(tag) = xml.next_tag()? {
            if let (Some(id), Some(kind), Some(target)) = (tag.get("Id"), tag.get("Type"), tag.get("Target"))
            {
                relations.push(Relation { id: id.into(), kind: kind.into(), path: beside(folder, target) });
            }
        }
        Ok(relations)
    }
}

/// A part that another part names.
struct Relation {
    id: String,
    kind: String,
    path: String,
}

/// The path of a target that is absolute or lies beside a folder.
fn beside(folder: &str, target: &str) -> String {
    if let Some(absolute) = target.strip_prefix('/') {
        return absolute.to_owned();
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.join("/")
}
