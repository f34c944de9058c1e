//! `kiosk.toml` becomes a configuration, whole or not at all, and keeps no secret.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use desk::{Screen, SetupKind, Touch};
use station::bench::kiosk::Kiosk;
use station::config::Config;
use station::first_boot::{FirstBootError, Outcome, Places, take_over, told};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;
use support::Station;

/// A voucher as a region makes it.
static VOUCHER: LazyLock<String> = LazyLock::new(|| {
    let voucher = exchange::voucher::Voucher { school: 12, until_s: 1_900_000_000, serial: [7; 16] };
    voucher.seal(&exchange::wire::SecretKey::from_seed([9; 32]))
});

static GOOD: LazyLock<String> = LazyLock::new(|| TEXT.replace("oqv1secretsecret", &VOUCHER));

const TEXT: &str = "\
# The school's own.
school = \"№ 12 мектеп-гимназия\"
language = \"ru\"
staff_pin = \"471100\" # on the note in the safe
voucher = \"oqv1secretsecret\"

[panel]
width_px = 1280
height_px = 800
px_per_mm = 5.9
rotation = 90

[region]
url = \"https://region.example.kz\"
call_every_min = 30

[[readers]]
name = \"hand\"
kind = \"socket\"
path = \"/run/hand.sock\"
";

struct Place {
    dir: tempfile::TempDir,
    places: Places,
}

fn place(text: &str) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let boot = dir.path().join("boot");
    fs::create_dir(&boot).unwrap();
    fs::write(boot.join("kiosk.toml"), text).unwrap();
    let config = dir.path().join("etc/oqyrman.toml");
    let places = Places { boot, config, data_dir: Some(dir.path().join("data")) };
    Place { dir, places }
}

impl Place {
    fn take(&self) -> Result<Outcome, FirstBootError> {
        take_over(&self.places, "28.11.2026")
    }

    fn kiosk(&self) -> String {
        fs::read_to_string(self.places.boot.join("kiosk.toml")).unwrap()
    }

    fn put(&self, text: &str) {
        fs::write(self.places.boot.join("kiosk.toml"), text).unwrap();
    }

    /// Every byte below the folder but the station's private data.
    fn public(&self) -> String {
        let mut all = String::new();
        for folder in ["boot", "etc"] {
            for entry in fs::read_dir(self.dir.path().join(folder)).into_iter().flatten() {
                all += &fs::read_to_string(entry.unwrap().path()).unwrap();
            }
        }
        all
    }
}

#[test]
fn it_becomes_a_configuration_and_keeps_no_secret() {
    let place = place(&GOOD);
    let Outcome::Taken { keys, wiped } = place.take().unwrap() else { panic!("not taken") };
    assert_eq!(wiped, 2);
    assert_eq!(keys, ["name", "panel", "readers", "region", "staff_pin", "voucher"]);

    let config = Config::read(&place.places.config).unwrap();
    assert_eq!((config.name.as_str(), config.screen.lang), ("№ 12 мектеп-гимназия", exchange::Lang::Ru));
    assert_eq!(config.region.unwrap().call_every_min, 30);
    assert_eq!(config.data_dir, place.dir.path().join("data"));
    let pin = station::identity::staff_pin(&config.data_dir).unwrap().unwrap();
    assert!(pin.matches("471100"));
    assert_eq!(fs::read_to_string(config.data_dir.join("voucher")).unwrap(), *VOUCHER);
    let env = fs::read_to_string(place.places.config.with_file_name("screen.env")).unwrap();
    assert!(
        env.contains("OQYRMAN_PANEL=--size 1280x800 --px-per-mm 5.9 --lang ru\nSLINT_KMS_ROTATION=90\n"),
        "{env}"
    );

    for secret in ["471100", &VOUCHER] {
        assert!(!place.public().contains(secret), "{}", place.public());
    }
    assert!(
        place.kiosk().contains("# staff_pin: taken over by the station on 28.11.2026"),
        "{}",
        place.kiosk()
    );
    assert!(place.kiosk().contains("# The school's own.") && place.kiosk().contains("width_px = 1280"));
    assert!(toml::from_str::<toml::Table>(&place.kiosk()).is_ok());

    // The next boot leaves alone what a person has changed since.
    let changed = fs::read_to_string(&place.places.config).unwrap().replace("30", "45");
    fs::write(&place.places.config, changed).unwrap();
    assert_eq!(place.take().unwrap(), Outcome::Known);
    assert_eq!(Config::read(&place.places.config).unwrap().region.unwrap().call_every_min, 45);
}

#[test]
fn a_new_file_is_laid_over_and_the_rest_stays() {
    let place = place(&GOOD);
    place.take().unwrap();
    place.put("school = \"№ 7\"\nlanguage = \"kk\"\n[library]\naddress = \"library.example.kz:6001\"\nzone = \"Asia/Almaty\"\npassword = \"sesame-4711\"\n");
    let Outcome::Taken { wiped: 1, .. } = place.take().unwrap() else { panic!("not taken") };
    let config = Config::read(&place.places.config).unwrap();
    assert_eq!((config.name.as_str(), config.readers.len()), ("№ 7", 1));
    assert!(config.region.is_none(), "a station has one region");
    assert_eq!(config.library.unwrap().account.password, "sesame-4711");
    assert!(!place.public().contains("sesame"), "{}", place.public());
    let before = fs::read_to_string(place.places.config.with_extension("toml.before")).unwrap();
    assert!(before.contains("region.example.kz"));
}

/// What is written instead of what, in which line that is told, of which kind, and a word of what is said.
const WRONG: &[(&str, &str, u32, SetupKind, &str)] = &[
    ("language = \"ru\"", "langauge = \"ru\"", 3, SetupKind::UnknownKey, "did you mean `language`?"),
    ("language = \"ru\"", "language = \"kz\"", 3, SetupKind::WrongValue, "kk, ru or en"),
    ("language = \"ru\"\n", "", 0, SetupKind::Missing, "language = kk, ru, en"),
    ("school = \"№ 12 мектеп-гимназия\"\n", "", 0, SetupKind::Missing, "school"),
    ("school = \"№ 12 мектеп-гимназия\"", "school = \"\"", 2, SetupKind::WrongValue, "1 to 80"),
    (
        "school = \"№ 12 мектеп-гимназия\"",
        "name = \"№ 12\"\nschool = \"a\"",
        2,
        SetupKind::Elsewhere,
        "`school`",
    ),
    ("\"471100\"", "\"47\"", 4, SetupKind::WrongValue, "4 to 6 digits"),
    ("\"471100\"", "471100", 4, SetupKind::WrongValue, "in quotes"),
    ("voucher = ", "voucher = \"\" # ", 5, SetupKind::WrongValue, "voucher"),
    ("voucher = \"o", "voucher = \"O", 5, SetupKind::WrongValue, "voucher"),
    ("px_per_mm = 5.9", "px_per_mm = 59", 10, SetupKind::WrongValue, "2 to 20 are expected"),
    ("px_per_mm = 5.9", "px_per_mm = 19.5", 10, SetupKind::WrongValue, "214 × 126 mm"),
    ("width_px = 1280", "width = 1280", 8, SetupKind::UnknownKey, "did you mean `width_px`?"),
    ("rotation = 90", "rotation = 45", 11, SetupKind::WrongValue, "0, 90, 180 or 270"),
    ("https://region", "http://region", 14, SetupKind::WrongValue, "https://region.example.kz"),
    ("call_every_min = 30", "call_every_min = 0", 15, SetupKind::WrongValue, "1 to 1440 minutes"),
    ("call_every_min = 30", "ca = \"not-there.pem\"", 15, SetupKind::NoFile, "not-there.pem"),
    ("kind = \"socket\"", "kind = \"sockets\"", 19, SetupKind::WrongValue, ""),
    ("[region]", "[wifi]\nssid = \"a\"\n[region]", 13, SetupKind::Elsewhere, "Wi-Fi is set in the system"),
    ("[region]", "[region", 13, SetupKind::Syntax, ""),
    ("[region]", "data_dir = \"/x\"\n[region]", 13, SetupKind::UnknownKey, ""),
];

#[test]
fn each_wrong_line_is_named_and_changes_nothing() {
    for (good, wrong, line, kind, words) in WRONG {
        assert!(GOOD.contains(good), "{good}");
        let place = place(&GOOD.replacen(good, wrong, 1));
        let text = place.kiosk();
        let error = place.take().expect_err(wrong);
        let FirstBootError::Wrong { error, fault } = error else { panic!("{wrong}: {error}") };
        assert_eq!((fault.line, fault.kind), (*line, *kind), "{wrong}: {error}");
        assert!(error.to_string().contains(words), "{wrong}: {error}");
        assert_eq!(told(&place.places.config).as_ref(), Some(&*fault));
        for secret in ["471100", "oqv1"] {
            assert!(!fault.text.contains(secret) && !error.to_string().contains(secret), "{wrong}: {error}");
        }
        assert_eq!(place.kiosk(), text, "the file is the technician's until it is right");
        assert!(!place.places.config.exists(), "{wrong}");

        // Over a good configuration, that one stays; put right, the fault goes.
        place.put(&GOOD);
        place.take().unwrap();
        assert_eq!(told(&place.places.config), None);
        let before = fs::read_to_string(&place.places.config).unwrap();
        place.put(&GOOD.replacen(good, wrong, 1).replace("[[readers]]", "\n[[readers]]"));
        place.take().expect_err(wrong);
        assert_eq!(fs::read_to_string(&place.places.config).unwrap(), before);
    }
}

#[test]
fn a_file_that_is_no_text_is_told() {
    let place = place("");
    fs::write(place.places.boot.join("kiosk.toml"), b"school = \"\xff\xfe\"").unwrap();
    let FirstBootError::Wrong { fault, .. } = place.take().unwrap_err() else { panic!("other") };
    assert_eq!(fault.kind, SetupKind::Unreadable);
    assert!(matches!(place.take().unwrap_err(), FirstBootError::Wrong { .. }));
}

fn oqyrman(args: &[&str], paths: &[(&str, &Path)]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    command.args(args);
    for (option, path) in paths {
        command.arg(option).arg(path);
    }
    command.output().unwrap()
}

#[test]
fn a_station_without_set_up_says_so_on_its_screen_and_starts_when_it_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("oqyrman.toml");
    let mut command = Command::new(env!("CARGO_BIN_EXE_oqyrman"));
    command.args(["run", "--wait-for-setup", "--config"]).arg(&config);
    command.arg("--socket").arg(dir.path().join("screen.sock")).env_remove("RUST_LOG");
    // Not yet: the reader's socket is made only when it is set up.
    let waiting = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let mut screen = Screenful::of(&dir.path().join("screen.sock"));
    let fault = screen.fault();
    assert_eq!((fault.kind, fault.line), (SetupKind::None, 0));

    fs::write(dir.path().join("kiosk.toml"), "school = \"12\"\nlangage = \"kk\"\n").unwrap();
    let boot = [("--boot", dir.path()), ("--config", &*config)];
    let wrong = oqyrman(&["first-boot"], &boot);
    assert!(!wrong.status.success());
    let words = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(words.contains("kiosk.toml:2:1") && words.contains("did you mean `language`?"), "{words}");
    assert_eq!(screen.fault().meant.as_deref(), Some("language"));

    let good = GOOD.replace("/run/hand.sock", &dir.path().join("hand.sock").display().to_string());
    fs::write(dir.path().join("kiosk.toml"), good).unwrap();
    let data = dir.path().join("data");
    let paths = [("--boot", dir.path()), ("--config", &*config), ("--data-dir", &*data)];
    let taken = oqyrman(&["first-boot"], &paths);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let again = oqyrman(&["first-boot"], &paths);
    assert!(String::from_utf8_lossy(&again.stdout).contains("not changed since"));
    // The waiting station goes on by itself: its data folder is made.
    let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !data.join("journal.db").exists() {
        assert!(std::time::Instant::now() < end, "the station does not go on");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    drop(Killed(waiting));
}

struct Killed(std::process::Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Screenful {
    stream: std::os::unix::net::UnixStream,
    decoder: desk::ipc::Decoder,
}

impl Screenful {
    fn of(path: &Path) -> Screenful {
        let end = std::time::Instant::now() + std::time::Duration::from_secs(30);
        loop {
            match std::os::unix::net::UnixStream::connect(path) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
                    return Screenful { stream, decoder: desk::ipc::Decoder::default() };
                }
                Err(error) => assert!(std::time::Instant::now() < end, "{error}"),
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// The fault of the next frame.
    fn fault(&mut self) -> desk::SetupFault {
        use std::io::Read;
        loop {
            if let Some(frame) = self.decoder.next_message::<desk::ipc::Frame>().unwrap() {
                let Screen::Setup { fault, lends: false } = frame.view.screen else {
                    panic!("another screen")
                };
                return fault;
            }
            let mut buffer = [0; 4096];
            let len = self.stream.read(&mut buffer).unwrap();
            assert!(len > 0, "the station has closed the screen");
            self.decoder.feed(&buffer[..len]);
        }
    }
}

#[test]
fn a_stick_sets_up_only_a_station_that_is_new() {
    let dir = tempfile::tempdir().unwrap();
    let (config, data) = (dir.path().join("oqyrman.toml"), dir.path().join("data"));
    fs::write(dir.path().join("kiosk.toml"), &*GOOD).unwrap();
    let paths = [("--boot", dir.path()), ("--config", &*config), ("--data-dir", &*data)];
    assert!(oqyrman(&["first-boot", "--if-new"], &paths).status.success());
    let before = fs::read_to_string(&config).unwrap();
    fs::write(dir.path().join("kiosk.toml"), GOOD.replace("№ 12", "№ 13")).unwrap();
    let left = oqyrman(&["first-boot", "--if-new"], &paths);
    assert!(String::from_utf8_lossy(&left.stdout).contains("set up already"));
    assert_eq!(fs::read_to_string(&config).unwrap(), before);
}

#[test]
fn a_station_that_lends_by_its_earlier_set_up_shows_the_fault_until_it_is_closed() {
    let station = Station::with_school();
    fs::write(station.path("kiosk.toml"), "school = \"12\"\nlanguage = \"kz\"\n").unwrap();
    let paths = [("--boot", station.dir.path()), ("--config", &*station.config)];
    assert!(!oqyrman(&["first-boot"], &paths).status.success());
    let mut kiosk: Kiosk = station.start();
    kiosk.wait(|screen| matches!(screen, Screen::Setup { lends: true, .. })).unwrap();
    let doctor =
        oqyrman(&["doctor", "--offline", "--json", "--only", "setup"], &[("--config", &*station.config)]);
    let found: serde_json::Value = serde_json::from_slice(&doctor.stdout).unwrap();
    assert_eq!(found["status"], "attention", "{found}");
    // A card is served all the same.
    kiosk.scan(&station::bench::school::card(1)).unwrap();
    kiosk.wait(support::visit(0)).unwrap();
    kiosk.touch(Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, Screen::Setup { .. })).unwrap();
    kiosk.touch(Touch::Back).unwrap();
    kiosk.wait(support::idle).unwrap();
    kiosk.stop().unwrap();
}

/// Whatever slip of the finger: it is taken or told, and the PIN and the voucher are never told.
#[test]
fn no_slip_of_the_finger_tells_a_secret() {
    let letters: Vec<char> = GOOD.chars().collect();
    for at in 0..letters.len() {
        for put in ["", "\"", "=", "x", "\n", "]", "\u{0}"] {
            let text: String = letters[..at]
                .iter()
                .chain(&put.chars().collect::<Vec<_>>())
                .chain(&letters[at + 1..])
                .collect();
            let path = Path::new("/boot/kiosk.toml");
            let Err(wrong) = station::first_boot::Kiosk::parse(&text, path, Path::new("/boot"), None) else {
                continue;
            };
            let fault = station::first_boot::setup_fault(&station::config::ConfigError::Wrong(wrong.clone()));
            let told = format!("{wrong}\n{fault:?}");
            for secret in ["471100", "71100", &VOUCHER[..40], &VOUCHER[20..60], &VOUCHER[80..]] {
                assert!(!told.contains(secret), "{at} {put:?}: {told}");
            }
        }
    }
}
