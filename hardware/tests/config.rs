//! Readers and rules as a site writes them, right and wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::time::Duration;

use hardware::barcode::{EvdevId, ReaderConfig, ReaderKind, Scan, SiteRules, Terminators, classify, explain};
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Site {
    #[serde(default)]
    readers: Vec<ReaderConfig>,
    barcode: Option<SiteRules>,
}

fn site(text: &str) -> Result<Site, String> {
    toml::from_str(text).map_err(|e| e.to_string())
}

fn readers(text: &str) -> Result<Vec<ReaderKind>, String> {
    site(text).map(|s| s.readers.into_iter().map(|r| r.kind).collect())
}

#[test]
fn readers_are_read_with_their_defaults() {
    let kinds = readers(
        r#"
        [[readers]]
        name = "desk scanner"
        kind = "evdev"
        id = "usb-ACME_Scanner_0001-event-kbd"

        [[readers]]
        name = "second"
        kind = "evdev"
        id = "1a2c:4c5e"
        silence_ms = 50
        terminators = ["tab"]

        [[readers]]
        name = "cable"
        kind = "serial"
        path = "/dev/serial/by-id/usb-ACME-if00"
        terminators = []

        [[readers]]
        name = "keyboard"
        kind = "stdin"

        [[readers]]
        name = "bench"
        kind = "socket"
        path = "/run/oqyrman/scan.sock"
        "#,
    );
    let default_silence = Duration::from_millis(100);
    assert_eq!(
        kinds.unwrap(),
        [
            ReaderKind::Evdev {
                id: EvdevId::Path(PathBuf::from("/dev/input/by-id/usb-ACME_Scanner_0001-event-kbd")),
                silence: default_silence,
                terminators: Terminators::ALL,
            },
            ReaderKind::Evdev {
                id: EvdevId::Usb { vendor: 0x1a2c, product: 0x4c5e },
                silence: Duration::from_millis(50),
                terminators: Terminators { enter: false, tab: true },
            },
            ReaderKind::Serial {
                path: PathBuf::from("/dev/serial/by-id/usb-ACME-if00"),
                baud: 9600,
                silence: default_silence,
                terminators: Terminators::SILENCE,
            },
            ReaderKind::Stdin,
            ReaderKind::Socket { path: PathBuf::from("/run/oqyrman/scan.sock") },
        ]
    );
}

#[test]
fn a_wrong_reader_is_named_with_what_was_expected() {
    for (line, words) in [
        ("kind = \"evdev\"\nid = \"/dev/input/event3\"", "/dev/input/by-id/"),
        ("kind = \"evdev\"\nid = \"event3\"", "vendor:product"),
        ("kind = \"evdev\"", "needs 'id'"),
        ("kind = \"serial\"\npath = \"/dev/ttyUSB0\"", "/dev/serial/by-id/"),
        ("kind = \"serial\"\npath = \"/dev/ttyAMA0\"\nbaud = 9601", "115200"),
        ("kind = \"serial\"\npath = \"/dev/ttyAMA0\"\nsilence_ms = 0", "10 to 5000"),
        ("kind = \"stdin\"\nbaud = 9600", "take it out"),
        ("kind = \"socket\"\npath = \"scan.sock\"", "absolute path"),
    ] {
        let error = site(&format!("[[readers]]\nname = \"desk scanner\"\n{line}\n")).unwrap_err();
        assert!(error.contains("'desk scanner'") && error.contains(words), "{error}");
        assert!(error.contains("line "), "{error}");
    }
    for name in [" ", "a\\u0000"] {
        let error = site(&format!("[[readers]]\nname = \"{name}\"\nkind = \"stdin\"")).unwrap_err();
        assert!(error.contains("has no name"), "{error}");
    }
    assert!(site("[[readers]]\nname = \"a\"\nkind = \"wedge\"").unwrap_err().contains("evdev"));
    assert!(site("[[readers]]\nname = \"a\"\nkind = \"stdin\"\nsped = 1").unwrap_err().contains("sped"));
}

#[test]
fn a_site_writes_its_own_rules() {
    let rules = site(
        r#"
        [[barcode.rules]]
        name = "inventory label"
        is = "item"
        prefixes = ["KAZ-"]
        lengths = [9, 10]
        check = "mod43"
        case = "upper"

        [[barcode.rules]]
        name = "school card"
        is = "card"
        lengths = [13]
        prefixes = ["2935"]
        "#,
    );
    let rules = rules.unwrap().barcode.unwrap();
    let by = |text: &str| classify(&Scan::from_bytes("desk".into(), text.as_bytes()).unwrap(), &rules).rule;
    assert_eq!(by("kaz-00421m").as_deref(), Some("inventory label"));
    assert_eq!(by("2935000003649").as_deref(), Some("school card"));
    let explanation = serde_json::to_value(explain("KAZ-00421M", None, &rules)).unwrap();
    assert_eq!(explanation["rule"], "inventory label");
    assert_eq!(explanation["normalised"], "KAZ-00421");
    assert_eq!(explanation["meaning"], "item");
    assert_eq!(explanation["valid"], true);
}

#[test]
fn a_wrong_rule_is_named_with_what_was_expected() {
    for (line, words) in [
        ("lengths = []", "lengths = [14]"),
        ("lengths = [0]", "1 to 512"),
        ("lengths = [4]\nprefixes = [\"\"]", "prefix"),
        ("lengths = [4]\nprefixes = [\"KAZ-0\"]", "longer than every length"),
        ("lengths = [9]\nprefixes = [\"kaz\"]\ncase = \"upper\"", "capitals"),
        ("lengths = [13]\ncheck = \"luhn14\"", "lengths = [14]"),
        ("lengths = [14]\ncheck = \"codabar14\"\nprefixes = [\"A\"]", "not all digits"),
        ("lengths = [14]\npolicy = \"enforce\"", "check"),
        ("lengths = [1]\ncheck = \"mod43\"", "at least 2"),
    ] {
        let error =
            site(&format!("[[barcode.rules]]\nname = \"label\"\nis = \"item\"\n{line}\n")).unwrap_err();
        assert!(error.contains("'label'") && error.contains(words), "{error}");
    }
}
