//! `oqyrman tag`: the vectors of `hardware/tests/vectors/rfid.jsonl`, field by field.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Output, Stdio};

fn oqyrman(args: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read may have closed its end.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn json(args: &[&str], input: &str) -> Value {
    let output = oqyrman(args, input);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What is no fact of one tag's memory: notes for people, and how a person would do it.
const NO_FIELDS: [&str; 6] = ["note_ext", "normalise", "must", "why", "decoder_output", "blocks"];

#[test]
fn every_vector_of_a_memory_is_told_field_by_field() {
    let vectors = include_str!("../../../hardware/tests/vectors/rfid.jsonl");
    let mut checked = 0;
    for vector in vectors.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let model = vector["model"].as_str().unwrap();
        let is_memory = ["iso28560", "15962", "bibliotheca-DM11", "3M-RFID501", "negative"];
        let parts = ["15962-compaction", "15962-isil", "15962-length"];
        if !is_memory.iter().any(|prefix| model.starts_with(prefix)) || parts.contains(&model) {
            continue;
        }
        let mut args = vec!["tag", "decode", vector["hex"].as_str().unwrap(), "--json"]
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>();
        for name in ["dsfid", "afi"] {
            if let Some(byte) = vector[name].as_u64() {
                args.extend([format!("--{name}"), format!("{byte:02X}")]);
            }
        }
        let said = json(&args.iter().map(String::as_str).collect::<Vec<_>>(), "");
        for (name, expected) in vector["expected"].as_object().unwrap() {
            if !NO_FIELDS.contains(&name.as_str()) {
                assert_eq!(&said[name], expected, "{}: {name} in {said}", vector["id"]);
            }
        }
        if let Some(elements) = vector["expected"].get("decoder_output") {
            assert_eq!(&said["elements"], elements, "{}", vector["id"]);
            assert_eq!(said["library_tag"], false, "{}", vector["id"]);
        }
        checked += 1;
    }
    assert_eq!(checked, 29);
}

#[test]
fn what_is_encoded_is_decoded() {
    for (model, extra) in
        [("28560-3", ""), ("28560-3", "--short"), ("28560-2", ""), ("28560-2", "--align-bytes=4")]
    {
        let mut args = vec![
            "tag",
            "encode",
            "--model",
            model,
            "--id",
            "30234000517861",
            "--isil",
            "KZ-ALA12",
            "--parts",
            "3",
            "--part",
            "2",
            "--json",
        ];
        args.extend(Some(extra).filter(|extra| !extra.is_empty()));
        let encoded = json(&args, "");
        let hex = encoded["hex"].as_str().unwrap();
        let told = json(&["tag", "decode", hex, "--dsfid", encoded["dsfid"].as_str().unwrap(), "--json"], "");
        assert_eq!(told["primary_item_id"], "30234000517861");
        assert_eq!(told["owner_isil"], "KZ-ALA12");
        assert_eq!((told["parts_in_item"].as_u64(), told["part_number"].as_u64()), (Some(3), Some(2)));
        assert_eq!(told["type_of_usage"], 1);
        let mut back = vec!["tag", "encode", "--from-json"];
        back.extend(Some(extra).filter(|extra| !extra.is_empty()));
        let again = oqyrman(&back, &told.to_string());
        assert_eq!(String::from_utf8(again.stdout).unwrap().trim(), hex, "{model} {extra}");
    }
}

#[test]
fn a_site_says_what_its_tags_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("site.toml");
    // Version 2 and circulating, or version 1 and not for circulation.
    let memory = oqyrman(&["tag", "encode", "--model", "28560-3", "--id", "1234", "--usage", "2"], "");
    let memory = String::from_utf8(memory.stdout).unwrap();
    for (nibble, usage) in [("low", 2), ("high", 1)] {
        std::fs::write(&path, format!("[tag]\nusage_nibble = \"{nibble}\"\n")).unwrap();
        let told = json(&["tag", "decode", memory.trim(), "--profile", path.to_str().unwrap(), "--json"], "");
        assert_eq!(told["type_of_usage"], usage, "{nibble}");
    }
    std::fs::write(&path, "[tag]\nsecured_afi = 0xC2\n").unwrap();
    let refused = oqyrman(&["tag", "decode", memory.trim(), "--profile", path.to_str().unwrap()], "");
    assert!(!refused.status.success());
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("the gate could not tell them apart"), "{words}");
}

#[test]
fn bad_input_is_refused_in_words() {
    for (args, said) in [
        (&["tag", "decode", "11 0"][..], "two for each byte"),
        (&["tag", "decode", "11zz"], "hexadecimal digits are expected"),
        (&["tag", "decode", ""], "found 0 hexadecimal digits"),
        (&["tag", "decode", "11", "--dsfid", "3"], "such as 3E"),
        (&["tag", "encode", "--model", "28560-3", "--id", "12345678901234567"], "has room for 16"),
        (&["tag", "encode", "--model", "28560-3", "--id", "1", "--isil", "KZALA"], "as in KZ-ALA12"),
        (&["tag", "encode", "--model", "28560-3", "--id", "1", "--part", "2"], "part 2 of 1 cannot be"),
        (&["tag", "encode", "--model", "28560-3", "--id", "1", "--usage", "16"], "0 to 15"),
        (&["tag", "encode", "--id", "1"], "--model"),
    ] {
        let output = oqyrman(args, "");
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && words.contains(said), "{args:?}: {words}");
    }
    let unknown = oqyrman(&["tag", "decode", "E1401C00"], "");
    assert!(unknown.status.success());
    assert!(String::from_utf8(unknown.stdout).unwrap().starts_with("An unknown tag"));
    let piped = json(&["tag", "decode", "-", "--json"], "00 00:00\n00");
    assert_eq!(piped["treat_as"], "blank");
}
