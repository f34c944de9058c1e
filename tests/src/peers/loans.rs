//! The loans: those of the benches, and the same with numbers of chance on the books.

use crate::demo::chance::Chance;
use crate::demo::school::School;
use crate::wire::autumn;
use clap::ValueEnum;
use exchange::{Act, Seq};
use journal::Journal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

/// What the numbers on the books look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Barcodes {
    /// Labels from a roll: one number follows the other.
    Roll,
    /// 14 digits of chance, as in a school that took over the labels of others.
    Random,
}

/// Invents a school with such books.
pub fn invent(barcodes: Barcodes) -> School {
    let mut school = School::invent(&mut Chance::new(1));
    match barcodes {
        Barcodes::Roll => {}
        Barcodes::Random => {
            let (mut chance, mut given) = (Chance::new(4), BTreeSet::new());
            for copy in &mut school.copies {
                while {
                    copy.number = format!("{:014}", chance.next_u64() % 100_000_000_000_000);
                    !given.insert(copy.number.clone())
                } {}
            }
        }
    }
    school
}

/// Writes an autumn of `count` events as JSON, one a line: what a document of a foreign store needs, and no more.
///
/// # Errors
/// A file cannot be written.
pub fn write_loans(school: &School, count: usize, dir: &Path, to: &Path) -> anyhow::Result<()> {
    let (mut journal, _) = Journal::open(dir, 0)?;
    autumn(&mut journal, school, count, &mut Chance::new(2))?;
    let mut out = String::new();
    for event in journal.events(Seq(1), usize::MAX)? {
        let (act, patron, item, due) = match event.act {
            Act::CheckedOut { patron, item, due } => ("loan", Some(patron.0), item, Some(due.to_string())),
            Act::Renewed { patron, item, due } => ("renewal", Some(patron.0), item, Some(due.to_string())),
            Act::Returned { item } => ("return", None, item, None),
            other @ (Act::StationStarted { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. }
            | Act::Unknown { .. }) => anyhow::bail!("an autumn has no {other:?}"),
        };
        let mut loan = json!({
            "id": format!("1:{:06}", event.seq.0), "act": act, "item": item.as_str(), "at": event.at.wall_s
        });
        if let (Some(patron), Some(due), Value::Object(fields)) = (patron, due, &mut loan) {
            fields.insert("patron".into(), patron.into());
            fields.insert("due".into(), due.into());
        }
        writeln!(out, "{loan}")?;
    }
    Ok(std::fs::write(to, out)?)
}
