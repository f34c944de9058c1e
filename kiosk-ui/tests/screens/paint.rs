//! Colours and type sizes, read from the tokens they all come from.

use std::collections::BTreeMap;
use std::path::Path;

const TOKENS: &str = include_str!("../../ui/tokens.slint");
/// The capitals of Noto Sans, as a part of the font's size.
const CAPITAL: f32 = 0.714;

/// A colour of the palette.
pub fn rgb(name: &str) -> [u8; 3] {
    palette().get(name).copied().unwrap_or_else(|| panic!("no colour {name} among the tokens"))
}

fn palette() -> BTreeMap<&'static str, [u8; 3]> {
    TOKENS
        .lines()
        .filter_map(|line| {
            let (name, hex) = line.trim().strip_prefix("out property <color> ")?.split_once(": #")?;
            let number = u32::from_str_radix(hex.trim_end_matches(';'), 16).unwrap();
            Some((name, [(number >> 16) as u8, (number >> 8) as u8, number as u8]))
        })
        .collect()
}

/// Contrast by WCAG 2: 1 to 21.
fn contrast(one: &str, other: &str) -> f32 {
    let (one, other) = (luminance(rgb(one)), luminance(rgb(other)));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(rgb: [u8; 3]) -> f32 {
    let linear = rgb.map(|part| {
        let part = f32::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

#[test]
fn black_on_white_is_21() {
    assert_eq!(luminance([255; 3]), 1.0);
    assert_eq!(luminance([0; 3]), 0.0);
}

#[test]
fn text_can_be_read_on_every_ground_it_stands_on() {
    let pairs = [
        ("ink", "paper card sky pressed done-tint stop-tint note-tint"),
        ("ink-soft", "paper card"),
        ("main", "paper card sky"),
        ("done", "paper card done-tint"),
        ("stop", "paper card stop-tint"),
        ("note", "note-tint"),
        ("on-main", "main main-pressed ink"),
    ];
    for (ink, grounds) in pairs {
        for ground in grounds.split(' ') {
            let contrast = contrast(ink, ground);
            assert!(contrast >= 4.5, "{ink} on {ground}: {contrast:.2}");
        }
    }
}

#[test]
fn edges_of_controls_can_be_seen() {
    for ground in ["paper", "card"] {
        for edge in ["edge", "main", "ink"] {
            let contrast = contrast(edge, ground);
            assert!(contrast >= 3.0, "{edge} on {ground}: {contrast:.2}");
        }
    }
}

#[test]
fn colours_and_type_sizes_are_named_in_the_tokens_only() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("ui")).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with("tokens.slint") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            assert!(!code.contains('#'), "{}:{}: a colour of its own", path.display(), number + 1);
            let own_size = code.contains("px") && !code.contains("0px");
            assert!(!own_size, "{}:{}: pixels instead of mm", path.display(), number + 1);
        }
    }
}

#[test]
fn capitals_are_high_enough() {
    let size_mm = |name: &str| -> f32 {
        let start = TOKENS.find(&format!("<length> {name}: ")).unwrap() + name.len() + "<length> : ".len();
        TOKENS[start..].split(" * mm").next().unwrap().parse().unwrap()
    };
    assert!(size_mm("headline") * CAPITAL >= 7.3, "instructions at 600 mm");
    assert!(size_mm("hero") * CAPITAL >= 10.0, "the idle screen at 2 m");
    assert!(size_mm("body") * CAPITAL >= 3.9, "labels of controls");
}
