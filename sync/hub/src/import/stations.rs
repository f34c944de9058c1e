//! Stations that are to be set up: of which school, and what each will be called.

use super::header::{Column, Need};
use super::table::{Faults, read_table};
use super::{FileFault, Import};

/// A station as a file has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationRow {
    /// The number or the whole name of its school.
    pub school: String,
    /// What it will be called; empty if the file does not say.
    pub name: String,
}

const SCHOOL: usize = 0;
const STATION: usize = 1;

const COLUMNS: [Column; 2] = [
    Column {
        what: "the school",
        names: &["school", "школа", "мектеп", "название школы", "мектеп атауы", "организация"],
        need: Need::Always,
        dates: false,
    },
    Column {
        what: "the station's name",
        names: &["station", "станция", "место", "орны", "name"],
        need: Need::Never,
        dates: false,
    },
];

/// Reads a file of stations.
///
/// # Errors
/// [`FileFault`].
pub fn read_stations(bytes: &[u8]) -> Result<Import<StationRow>, FileFault> {
    read_table(bytes, &COLUMNS, "school;station", |fields| {
        let mut faults = Faults::default();
        let school = faults.take(fields.needed(SCHOOL)).map(str::to_owned);
        let name = fields.get(STATION).to_owned();
        school.map(|school| StationRow { school, name }).ok_or(faults.into_all())
    })
}
