//! The fields of a tag for a librarian.

use super::fields::gate;
use hardware::rfid::tag::danish::Record;
use hardware::rfid::tag::objects::Object;
use hardware::rfid::tag::{Decoded, Detail, Model, SystemBytes, TagProfile};
use std::fmt::Write;

pub(super) fn words(decoded: &Decoded, system: SystemBytes, profile: &TagProfile) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let _ = match decoded {
        Decoded::Tag { data, detail } => {
            let mut rows = vec![
                ("id", data.primary_item_id.as_str().to_owned()),
                ("owner", data.owner_isil.as_ref().map_or("not said", |isil| isil.as_str()).to_owned()),
                ("usage", usage(data.type_of_usage)),
                ("part", format!("{} of {}", data.part_number, data.parts_in_item)),
            ];
            rows.extend(notes(detail).into_iter().map(|note| ("note", note)));
            if let Some(afi) = system.afi {
                rows.push(("gate", format!("AFI {afi:02X}: {}", gate(afi, profile))));
            }
            let rows = rows
                .into_iter()
                .fold(String::new(), |rows, (name, value)| rows + &format!("  {name:<6}{value}\n"));
            write!(out, "A library tag, {}.\n{rows}", model(data.model))
        }
        Decoded::Blank { .. } => {
            writeln!(out, "A blank tag: nothing is written on it. `oqyrman tag encode` makes its memory.")
        }
        Decoded::Unknown { attempt, .. } => {
            let notes = attempt.as_ref().map(notes).unwrap_or_default();
            let notes =
                notes.into_iter().fold(String::new(), |notes, note| notes + &format!("  note  {note}\n"));
            write!(out, "An unknown tag: not one of the library's, or damaged.\n{notes}")
        }
    };
    out
}

fn model(model: Model) -> &'static str {
    match model {
        Model::Iso28560Part3 => "ISO 28560-3 (the Danish model)",
        Model::Iso28560Part2 => "ISO 28560-2",
        Model::Dm11 => "bibliotheca DM11",
        Model::Rfid501 => "3M RFID 501",
    }
}

fn usage(usage: Option<u8>) -> String {
    let meaning = match usage {
        None => return "not certain".into(),
        Some(0) => "acquisition",
        Some(1) => "circulating",
        Some(2) => "not for circulation",
        Some(3 | 4) => "local",
        Some(5) => "for the future",
        Some(6) => "no information",
        Some(7) => "discarded",
        Some(8) => "patron card",
        Some(9) => "library equipment",
        Some(_) => "reserved",
    };
    format!("{}, {meaning}", usage.unwrap_or(0))
}

fn notes(detail: &Detail) -> Vec<String> {
    match detail {
        Detail::Part3(record) => part3(record),
        Detail::Part2(objects) => objects
            .iter()
            .filter_map(|object| match object {
                Object::Broken { at, fault, .. } => {
                    Some(format!("what begins at byte {at} is broken ({fault}) and was left out"))
                }
                Object::Whole { .. } => None,
            })
            .collect(),
        Detail::Dm11(_) | Detail::Rfid501(_) => vec!["this model is read, never written".into()],
    }
}

fn part3(record: &Record) -> Vec<String> {
    let mut notes = Vec::new();
    if !record.is_whole() {
        notes.push(format!(
            "the CRC on the tag is {:04X}; {:04X} would be right",
            record.crc_stored, record.crc_calc
        ));
    }
    if record.reversed {
        notes.push("its writer turned each block of four bytes round".into());
    }
    if record.part_number > record.parts_in_item {
        notes.push("its writer swapped the part and the number of parts".into());
    }
    notes
}
