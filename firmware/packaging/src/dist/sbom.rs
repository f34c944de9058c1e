//! What a program is made of, as CycloneDX 1.5 in JSON.
//!
//! Invariants:
//! - All crates that are linked in, each with version, licence, package URL, and the checksum that the registry's file has.
//! - The same source gives the same bytes: the serial number is a hash, the time is the source's.

use crate::arch::Arch;
use crate::dist::manifest::hex;
use crate::workspace::{Crate, Program};
use anyhow::Context;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The document.
///
/// # Errors
/// The crates do not hold the program's own.
pub fn write(
    program: &Program,
    crates: &[Crate],
    arch: Arch,
    version: &str,
    date_s: u64,
) -> anyhow::Result<String> {
    let (own, linked) = crates.split_first().context("a program of no crates")?;
    let components: Vec<_> = linked.iter().map(component).collect();
    let document = |serial: &str| {
        json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "serialNumber": serial,
            "version": 1,
            "metadata": {
                "timestamp": timestamp(date_s),
                "component": {
                    "type": "application",
                    "bom-ref": program.name,
                    "name": program.name,
                    "version": version,
                    "licenses": licences(own),
                    "properties": [{ "name": "oqyrman:architecture", "value": arch.to_string() }],
                },
            },
            "components": components,
            "dependencies": dependencies(program, crates),
        })
    };
    let serial = Sha256::digest(serde_json::to_vec(&document(""))?);
    let mut text = serde_json::to_string_pretty(&document(&uuid(&serial)))?;
    text.push('\n');
    Ok(text)
}

fn component(one: &Crate) -> Value {
    let package = &one.package;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(one),
        "name": package.name.to_string(),
        "version": package.version.to_string(),
        "licenses": licences(one),
    });
    if let Some(checksum) = &one.checksum {
        component["purl"] = json!(reference(one));
        component["hashes"] = json!([{ "alg": "SHA-256", "content": checksum }]);
    }
    if let Some(repository) = &package.repository {
        component["externalReferences"] = json!([{ "type": "vcs", "url": repository }]);
    }
    component
}

fn reference(one: &Crate) -> String {
    format!("pkg:cargo/{}@{}", one.package.name, one.package.version)
}

fn licences(one: &Crate) -> Value {
    match &one.package.license {
        Some(expression) => json!([{ "expression": expression.replace('/', " OR ") }]),
        None => json!([]),
    }
}

/// Which crate names which, as far as both are linked in.
fn dependencies(program: &Program, crates: &[Crate]) -> Vec<Value> {
    let mut by_name: BTreeMap<&str, Vec<&Crate>> = BTreeMap::new();
    for one in crates {
        by_name.entry(one.package.name.as_str()).or_default().push(one);
    }
    crates
        .iter()
        .enumerate()
        .map(|(at, one)| {
            let mut on: Vec<_> = one
                .package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind == cargo_metadata::DependencyKind::Normal)
                .flat_map(|dependency| {
                    let known = by_name.get(dependency.name.as_str()).map_or(&[][..], Vec::as_slice);
                    known.iter().filter(|known| dependency.req.matches(&known.package.version))
                })
                .map(|on| reference(on))
                .collect();
            on.sort();
            on.dedup();
            let from = if at == 0 { program.name.to_owned() } else { reference(one) };
            json!({ "ref": from, "dependsOn": on })
        })
        .collect()
}

/// A version 8 UUID (RFC 9562, 5.8) of a hash.
fn uuid(hash: &[u8]) -> String {
    let digits = hex(hash);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().to_owned();
    format!("urn:uuid:{}-{}-8{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// Seconds since 1970 as a date and time in UTC.
fn timestamp(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // Years begin in March and 400 of them have 146,097 days, so that the leap day is the last one.
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    format!(
        "{:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        era * 400 + year + next,
        second / 3_600,
        second / 60 % 60,
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{PROGRAMS, crates_of, root};

    #[test]
    fn times_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_767_225_599, "2025-12-31T23:59:59Z"),
            (1_795_824_000, "2026-11-28T00:00:00Z"),
        ] {
            assert_eq!(timestamp(seconds), text);
        }
    }

    #[test]
    fn every_crate_of_a_program_is_in_it_and_the_bytes_repeat() {
        let program = &PROGRAMS[0];
        let crates = crates_of(&root(), program, Arch::Arm64).unwrap();
        let text = write(program, &crates, Arch::Arm64, "0.1.0", 1_795_824_000).unwrap();
        assert_eq!(text, write(program, &crates, Arch::Arm64, "0.1.0", 1_795_824_000).unwrap());
        let document: Value = serde_json::from_str(&text).unwrap();
        let components = document["components"].as_array().unwrap();
        assert_eq!(components.len(), crates.len() - 1);
        let rusqlite = components.iter().find(|one| one["name"] == "rusqlite").unwrap();
        assert_eq!(rusqlite["licenses"][0]["expression"], "MIT");
        assert_eq!(rusqlite["hashes"][0]["content"].as_str().unwrap().len(), 64);
        assert_eq!(document["dependencies"].as_array().unwrap().len(), crates.len());
    }
}
