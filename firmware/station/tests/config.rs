//! A wrong configuration starts nothing, and says where and why.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use exchange::Lang;
use hardware::barcode::ReaderKind;
use station::config::{Config, ConfigError};
use std::path::Path;
use std::process::Command;

const READER: &str = "[[readers]]\nname = \"hand\"\nkind = \"socket\"\npath = \"scan.sock\"\n";

/// A file, the line that is to be named, and what is to be said of it.
const WRONG: &[(&str, usize, &str)] = &[
    ("data_dir = \"data\n", 1, "invalid basic string"),
    ("data_dir = \"data\"\nidle = 3\n\n{reader}", 2, "unknown field `idle`"),
    ("{reader}[screen]\nidle_s = 5\n", 6, "found `idle_s = 5`; 20 to 600 seconds"),
    ("{reader}[screen]\nidle_s = \"long\"\n", 6, "invalid type: string \"long\", expected u32"),
    ("{reader}[screen]\nidle_s = -40\n", 6, "invalid value: integer `-40`, expected u32"),
    ("{reader}[screen]\nwarning_s = 19\n", 6, "found `warning_s = 19`; 20 to 120 seconds"),
    ("{reader}[screen]\nfinished_s = 61\n", 6, "found `finished_s = 61`; 3 to 60 seconds"),
    ("{reader}[screen]\nlang = \"kz\"\n", 6, "unknown variant `kz`, expected one of `kk`, `ru`, `en`"),
    ("{reader}[screen]\nsocket = \"\"\n", 6, "`socket` is empty"),
    ("name = \"\"\n{reader}", 1, "found a `name` of 0 characters; 1 to 80"),
    ("data_dir = 7\n{reader}", 1, "invalid type: integer `7`, expected path string"),
    ("data_dir = \"\"\n{reader}", 1, "`data_dir` is empty"),
    ("name = \"no readers\"\n", 1, "found no reader; [[readers]] or [[pads]] is expected"),
    ("readers = []\n", 1, "found no reader; [[readers]] or [[pads]] is expected"),
    ("{reader}[[pads]]\nname = \"p\"\nkind = \"pn7150\"\n", 5, "unknown variant `pn7150`"),
    ("{reader}[[pads]]\nname = \"p\"\nkind = \"pn532\"\n", 5, "missing field `path`"),
    (
        "{reader}[[pads]]\nname = \"p\"\nkind = \"pn532\"\npath = \"/dev/ttyUSB0\"\n",
        5,
        "\"/dev/ttyUSB0\" does not name a device for good",
    ),
    (
        "{reader}[[pads]]\nname = \"p\"\nkind = \"rl866\"\npath = \"ttyS0\"\n",
        5,
        "\"ttyS0\" does not name a device for good",
    ),
    (
        "{reader}[[pads]]\nname = \"p\"\nkind = \"rl866\"\npath = \"/dev/serial/by-id/a\"\ncards = true\n",
        5,
        "unknown field `cards`",
    ),
    (
        "{reader}[[pads]]\nname = \"p\"\nkind = \"rl866\"\npath = \"/dev/serial/by-id/a\"\n\
         [[pads]]\nname = \"q\"\nkind = \"pn532\"\npath = \"/dev/serial/by-id/a\"\n",
        9,
        "/dev/serial/by-id/a is taken; give each reader and pad its own device",
    ),
    (
        "[[readers]]\nname = \"a\"\nkind = \"serial\"\npath = \"/dev/serial/by-id/a\"\n\
         [[pads]]\nname = \"q\"\nkind = \"pn532\"\npath = \"/dev/serial/by-id/a\"\n",
        5,
        "/dev/serial/by-id/a is taken",
    ),
    (
        "{reader}[[pads]]\nname = \"p\"\nkind = \"rl866\"\npath = \"/dev/serial/by-id/a\"\n[tag]\neas = true\n",
        5,
        "no order of an RL866 for the EAS bit is known",
    ),
    ("{reader}[printer]\npath = \"/dev/usb/lp0\"\ndots = 380\n", 7, "380 dots across the paper; 384 (58 mm)"),
    ("{reader}[printer]\npath = \"\"\n", 5, "`path` of the printer is empty"),
    ("{reader}[[pads]]\nname = \"p\"\nkind = \"pn5180\"\n", 5, "missing field `spi`"),
    ("{reader}[[pads]]\nname = \"\"\nkind = \"simulated\"\npath = \"p\"\n", 6, "`name` of a pad is empty"),
    (
        "{reader}[[pads]]\nname = \"hand\"\nkind = \"simulated\"\npath = \"p\"\n",
        5,
        "the name 'hand' is taken",
    ),
    ("{reader}[[pads]]\nname = \"p\"\nkind = \"simulated\"\npath = \"p\"\nhz = 1\n", 5, "unknown field `hz`"),
    ("{reader}[tag]\nsecured_afi = 0xC2\n", 5, "the gate could not tell them apart"),
    ("{reader}{reader}", 5, "two readers are named 'hand'"),
    (
        "{reader}[[readers]]\nname = \"other\"\nkind = \"socket\"\npath = \"scan.sock\"\n",
        5,
        "use the same device",
    ),
    ("[[readers]]\nname = \"a\"\nkind = \"socket\"\npath = \"\"\n", 1, "expected an absolute path"),
    ("[[readers]]\nname = \"a\"\nkind = \"camera\"\n", 3, "unknown variant `camera`"),
    ("[[readers]]\nname = \"a\"\nkind = \"serial\"\n", 1, "reader 'a': kind \"serial\" needs 'path'"),
    (
        "[[readers]]\nname = \"a\"\nkind = \"serial\"\npath = \"/dev/ttyUSB0\"\n",
        1,
        "does not name a device for good",
    ),
    ("[[readers]]\nname = \"a\"\nkind = \"evdev\"\nid = \"event3\"\n", 1, "does not name a device for good"),
    ("[[readers]]\nname = \"a\"\nkind = \"stdin\"\nbaud = 9600\n", 1, "kind \"stdin\" has no setting 'baud'"),
    (
        "{reader}[region]\nurl = \"http://region.example\"\n",
        6,
        "`http://region.example` is no address of a region",
    ),
    ("{reader}[region]\nca = \"ca.pem\"\n", 5, "missing field `url`"),
    (
        "{reader}[region]\nurl = \"https://a.kz\"\nca = \"none.pem\"\n",
        7,
        "none.pem: No such file or directory",
    ),
    ("{reader}[region]\nurl = \"https://a.kz\"\nca = \"oqyrman.toml\"\n", 7, "CA certificate cannot be read"),
    (
        "{reader}[region]\nurl = \"https://a.kz\"\ncall_after_events = 0\n",
        7,
        "1 to 10000 events are expected",
    ),
    (
        "{reader}[region]\nurl = \"https://a.kz\"\ncall_every_min = 2000\n",
        7,
        "1 to 1440 minutes are expected",
    ),
    (
        "{reader}[library]\naddress = \"l.kz\"\nzone = \"Asia/Almaty\"\n",
        6,
        "`l.kz` is no address of a library system",
    ),
    ("{reader}[library]\naddress = \"l.kz:6001\"\nzone = \"Almaty\"\n", 7, "`Almaty` is no zone"),
    ("{reader}[library]\naddress = \"l.kz:6001\"\n", 5, "missing field `zone`"),
    (
        "{reader}[library]\naddress = \"l.kz:6001\"\nzone = \"Asia/Almaty\"\nprofile = \"kohaa\"\n",
        8,
        "`kohaa` is no profile known here; one of dp2, evergreen",
    ),
    (
        "{reader}[library]\naddress = \"l.kz:6001\"\nzone = \"Asia/Almaty\"\ncharset = \"koi8\"\n",
        8,
        "`koi8` is no charset known here",
    ),
    (
        "{reader}[library]\naddress = \"l.kz:6001\"\nzone = \"Asia/Almaty\"\npassword_file = \"none\"\n",
        8,
        "none: No such file or directory",
    ),
    (
        "{reader}[library]\naddress = \"l.kz:6001\"\nzone = \"Asia/Almaty\"\npassword_file = \"oqyrman.toml\"\n",
        8,
        "others may read it; `chmod 600` it",
    ),
    (
        "{reader}[library]\naddress = \"l.kz:6001\"\nzone = \"Asia/Almaty\"\nlook_up_ms = 9000\n",
        8,
        "100 to 5000 milliseconds are expected",
    ),
    (
        "{reader}[region]\nurl = \"https://a.kz\"\n[library]\naddress = \"l.kz:6001\"\nzone = \"Asia/Almaty\"\n",
        7,
        "a station has one region",
    ),
    (
        "{reader}[[numbers.rules]]\nname = \"x\"\nis = \"item\"\nlengths = []\n",
        5,
        "number rule 1 'x': 'lengths' is empty",
    ),
    (
        "{reader}[[numbers.rules]]\nname = \"x\"\nis = \"item\"\nlengths = [5]\n\
         [[numbers.rules]]\nname = \"y\"\nis = \"card\"\nlengths = [5]\n",
        9,
        "number rule 2 'y': it can never be reached",
    ),
    ("{reader}[numbers]\nrule = 1\n", 6, "unknown field `rule`, expected `rules`"),
];

fn read(dir: &Path, text: &str) -> Result<Config, ConfigError> {
    let path = dir.join("oqyrman.toml");
    std::fs::write(&path, text).unwrap();
    Config::read(&path)
}

#[test]
fn every_wrong_file_is_refused_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let mut surprises = Vec::new();
    for (text, line, said) in WRONG {
        let text = text.replace("{reader}", READER);
        match read(dir.path(), &text) {
            Err(ConfigError::Wrong(wrong)) if wrong.line == *line && wrong.message.contains(said) => {}
            other => surprises.push(format!("{text}\n→ expected line {line}: {said}\n→ found {other:?}")),
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n\n"));
}

#[test]
fn the_error_shows_the_place() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("{READER}\n[screen]\nlang = \"kk\"\n  idle_s  =  5 # қысқа\n");
    let told = read(dir.path(), &text).unwrap_err().to_string();
    let path = dir.path().join("oqyrman.toml");
    assert_eq!(
        told,
        format!(
            "{}:8:14: found `idle_s = 5`; 20 to 600 seconds are expected\n   \
             |\n 8 |   idle_s  =  5 # қысқа\n   |              ^",
            path.display()
        )
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let told = Config::read(Path::new("/nowhere/oqyrman.toml")).unwrap_err().to_string();
    assert!(told.starts_with("/nowhere/oqyrman.toml: the configuration cannot be read"), "{told}");
}

#[test]
fn the_example_is_a_configuration() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("oqyrman.example.toml");
    let config = Config::read(&path).unwrap();
    assert_eq!((config.screen.lang, config.screen.idle_s, config.readers.len()), (Lang::Kk, 40, 1));
    assert_eq!(config.region.unwrap().link.url, "https://region.example.kz");
    // What is commented out there is right as well.
    let text = std::fs::read_to_string(path).unwrap();
    let is_key = |word: &str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_toml =
        |line: &&str| line.starts_with('[') || line.split_once(" = ").is_some_and(|(key, _)| is_key(key));
    let more: String = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(is_toml).unwrap_or(line))
        .filter(|line| !line.contains("region-ca.pem"))
        .map(|line| format!("{line}\n"))
        .collect();
    let dir = tempfile::tempdir().unwrap();
    let config = read(dir.path(), &more).unwrap();
    assert_eq!((config.readers.len(), config.pads.len()), (3, 4));
}

#[test]
fn paths_are_relative_to_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let text = format!("data_dir = \"data\"\n{READER}[screen]\nsocket = \"run/screen.sock\"\n");
    let config = read(dir.path(), &text).unwrap();
    assert_eq!(config.data_dir, dir.path().join("data"));
    assert_eq!(config.screen.socket, dir.path().join("run/screen.sock"));
    assert_eq!(config.readers[0].kind, ReaderKind::Socket { path: dir.path().join("scan.sock") });
    assert!(config.region.is_none());
}

#[test]
fn a_wrong_file_starts_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("oqyrman.toml");
    std::fs::write(
        &path,
        format!("data_dir = \"data\"\n{READER}[screen]\nsocket = \"screen.sock\"\nidle_s = 5\n"),
    )
    .unwrap();
    for command in ["run", "check"] {
        let output = Command::new(env!("CARGO_BIN_EXE_oqyrman"))
            .args([command, "--config"])
            .arg(&path)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{command}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("oqyrman.toml:8:10: found `idle_s = 5`; 20 to 600 seconds"), "{told}");
    }
    let left: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["oqyrman.toml"]);
}
