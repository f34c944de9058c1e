//! `oqyrman sip2 decode`: every real message gives one object a line, and no password is shown.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

fn decode(args: &[&str], input: &[u8]) -> Vec<Value> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
        .args(["sip2", "decode"])
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let hand = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    hand.join().unwrap().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_real_message_gives_one_object() {
    let vectors: Vec<Value> = include_str!("../../../sync/links/tests/vectors/sip2.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let input: String =
        vectors.iter().map(|vector| format!("{}\r\n", vector["raw"].as_str().unwrap())).collect();
    let told = decode(&[], input.as_bytes());
    assert_eq!(told.len(), vectors.len());
    for (vector, told) in vectors.iter().zip(&told) {
        let (raw, note) = (vector["raw"].as_str().unwrap(), vector["note"].as_str().unwrap());
        if note.contains("misaligned") {
            assert!(told["error"]["at"].is_u64() && told["error"]["message"].is_string(), "{raw}: {told}");
            continue;
        }
        assert_eq!(told["code"], raw[..2], "{told}");
        let state = if note.contains("checksum ok") {
            "good"
        } else if note.contains("WRONG") {
            "wrong"
        } else {
            "absent"
        };
        assert_eq!(told["checksum"]["state"], state, "{raw}");
    }
}

#[test]
fn a_person_at_the_wire_sees_names_places_and_no_password() {
    let input = "9300CNkiosk|COhunter2|CPhall|\n\
                 121NNY20261124    101500AOS12|AAP1|ABB1|AJАбай жолы|AH20261208|CSx|AFone|AFtwo|AY3AZ0000\n\
                 hello\n\n941AY0AZFDFD\n";
    let told = decode(&[], input.as_bytes());
    assert_eq!(told.len(), 4);
    assert_eq!(told[0]["name"], "Login");
    assert_eq!(told[0]["fields"].to_string(), r#"[["CN","kiosk"],["CO","***"],["CP","hall"]]"#);
    assert_eq!(told[1]["fixed"]["ok"], "1");
    assert_eq!(told[1]["fixed"]["transaction_date"], "20261124    101500");
    assert_eq!(told[1]["fields"][3], serde_json::json!(["AJ", "Абай жолы"]));
    assert_eq!(told[1]["fields"][7], serde_json::json!(["AF", "two"]));
    assert_eq!((&told[1]["sequence"], &told[1]["checksum"]["state"]), (&"3".into(), &"wrong".into()));
    assert_eq!(told[2]["error"]["kind"], "no_code");
    assert_eq!(told[3]["checksum"], serde_json::json!({ "state": "good", "value": "FDFD" }));
    assert_eq!(decode(&["--checksum", "strict"], input.as_bytes())[1]["error"]["kind"], "checksum");
    let cp850 = decode(
        &["--charset", "cp850"],
        b"18040201201106300    110249AB1|AJPi\x8ace|\n1804020120110630    110249AB1|AJPi\x8ace|\n",
    );
    assert_eq!(cp850[0]["error"]["kind"], "misaligned");
    assert_eq!(cp850[1]["fields"][1], serde_json::json!(["AJ", "Pièce"]));
    let long = decode(&[], format!("98{}\n941\n", "Y".repeat(200_000)).as_bytes());
    assert_eq!(long[0]["error"]["kind"], "too_long");
    assert_eq!(long[1]["code"], "94");
}
