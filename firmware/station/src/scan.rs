//! From what a reader read to what the desk understands. The site's rules say what a number is; the desk's memory has
//! the last word.

use desk::Scanned;
use exchange::ItemId;
use hardware::barcode::{Meaning, Scan, ScanText, SiteRules, classify};

/// What `scan` is by the site's rules.
pub fn understand(scan: &Scan, rules: &SiteRules) -> Scanned {
    match classify(scan, rules).meaning {
        Meaning::Card(number) => Scanned::Card(text(&number)),
        Meaning::Item(number) => match ItemId::new(text(&number)) {
            Ok(item) => Scanned::Item(item),
            Err(_) => Scanned::Unreadable,
        },
        Meaning::Unknown(number) | Meaning::Issn(number) => Scanned::Number(text(&number)),
        Meaning::Isbn13(isbn) => Scanned::Isbn(text(&isbn)),
        Meaning::Url => Scanned::Url,
        Meaning::Junk(_) => Scanned::Unreadable,
    }
}

fn text(number: &ScanText) -> String {
    number.as_str().to_owned()
}
