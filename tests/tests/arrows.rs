//! Holds the arrows of `docs/architecture.md`: which room may know which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use cargo_metadata::{DependencyKind, MetadataCommand};
use std::collections::{BTreeMap, BTreeSet};

/// Each room and the rooms it may use.
const ARROWS: [(&str, &[&str]); 10] = [
    ("hardware", &[]),
    ("exchange", &[]),
    ("desk", &["exchange"]),
    ("journal", &["exchange", "desk"]),
    ("links", &["exchange"]),
    ("hub", &["exchange"]),
    ("kiosk-ui", &["desk", "exchange"]),
    ("station", &["exchange", "desk", "journal", "links", "hardware"]),
    // Works on the programs from outside: it builds, packs and starts them.
    ("packaging", &[]),
    ("tests", &["exchange", "desk", "journal", "links", "hub", "hardware", "station", "kiosk-ui"]),
];

/// Crates that only these rooms may use directly.
const KEPT_IN: [(&str, &[&str]); 6] = [
    ("rusqlite", &["journal", "hub"]),
    ("slint", &["kiosk-ui"]),
    ("tokio", &["hub", "tests"]),
    ("axum", &["hub"]),
    ("evdev", &["hardware"]),
    ("reqwest", &["links"]),
];

/// Crates that the two pure rooms may not reach at all, through whatever else.
const NOT_IN_PURE: [&str; 6] = ["tokio", "rusqlite", "slint", "reqwest", "rand", "chrono"];

fn metadata() -> cargo_metadata::Metadata {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new().manifest_path(root).other_options(vec!["--offline".into()]).exec().unwrap()
}

#[test]
fn every_room_uses_only_what_the_arrows_allow() {
    let metadata = metadata();
    let allowed: BTreeMap<_, BTreeSet<_>> =
        ARROWS.iter().map(|(room, uses)| (*room, uses.iter().copied().collect())).collect();
    let rooms: BTreeSet<_> = metadata.workspace_packages().iter().map(|p| p.name.to_string()).collect();
    assert_eq!(rooms, allowed.keys().map(|room| (*room).to_owned()).collect(), "a room without arrows");
    for package in metadata.workspace_packages() {
        for dependency in package.dependencies.iter().filter(|d| d.kind != DependencyKind::Development) {
            if rooms.contains(&dependency.name) {
                assert!(
                    allowed[package.name.as_str()].contains(dependency.name.as_str()),
                    "{} must not use {}",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}

#[test]
fn what_is_kept_in_a_room_stays_there() {
    for package in metadata().workspace_packages() {
        for dependency in package.dependencies.iter().filter(|d| d.kind == DependencyKind::Normal) {
            for (kept, rooms) in KEPT_IN {
                assert!(
                    dependency.name != kept || rooms.contains(&package.name.as_str()),
                    "{} must not use {kept}: it is kept in {rooms:?}",
                    package.name
                );
            }
        }
    }
}

#[test]
fn the_pure_rooms_reach_no_clock_no_chance_and_no_io() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    for room in ["exchange", "desk"] {
        let start = metadata.workspace_packages().into_iter().find(|p| p.name.as_str() == room).unwrap();
        let mut reached = BTreeSet::new();
        let mut open = vec![start.id.clone()];
        while let Some(id) = open.pop() {
            let node = resolve.nodes.iter().find(|node| node.id == id).unwrap();
            for dep in &node.deps {
                let normal = dep.dep_kinds.iter().any(|kind| {
                    kind.kind == DependencyKind::Normal
                        && kind.target.as_ref().is_none_or(|target| !target.to_string().contains("wasm"))
                });
                if normal && reached.insert(dep.pkg.clone()) {
                    open.push(dep.pkg.clone());
                }
            }
        }
        for package in metadata.packages.iter().filter(|p| reached.contains(&p.id)) {
            assert!(
                !NOT_IN_PURE.contains(&package.name.as_str()),
                "{room} reaches {}, which has a clock, chance or I/O",
                package.name
            );
        }
    }
}
