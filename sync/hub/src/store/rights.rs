//! What people may do: one table, by which every address of the console and of the API is guarded.

use super::Role;

/// Something a person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// See how the region and its stations are, in numbers.
    Overview,
    /// See pupils, books, loans, events and reviews.
    Loans,
    /// Decide reviews.
    Decide,
    /// See the stations: contact, clock, outbox, version.
    Stations,
    /// Let stations join, turn them away, revoke them.
    KeepStations,
    /// Take in classes, patrons, titles and items from files.
    Import,
    /// Change rules, calendar and notices.
    Rules,
    /// See who did what.
    Audit,
    /// Take loans and events away as files.
    Export,
    /// Give outside systems tokens.
    Tokens,
}

impl Right {
    /// All of them.
    pub const ALL: [Right; 10] = [
        Right::Overview,
        Right::Loans,
        Right::Decide,
        Right::Stations,
        Right::KeepStations,
        Right::Import,
        Right::Rules,
        Right::Audit,
        Right::Export,
        Right::Tokens,
    ];
}

impl Role {
    /// Whether this role has a right.
    pub fn may(self, right: Right) -> bool {
        let (librarian, district, technician) = match right {
            Right::Overview | Right::Stations => (true, true, true),
            Right::Loans | Right::Decide | Right::Audit | Right::Export | Right::Rules => (true, true, false),
            Right::Import => (true, false, false),
            Right::KeepStations => (true, false, true),
            Right::Tokens => (false, false, false),
        };
        match self {
            Role::Librarian => librarian,
            Role::District => district,
            Role::Technician => technician,
            Role::Admin => true,
        }
    }
}
