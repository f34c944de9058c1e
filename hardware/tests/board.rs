//! The board's two backends. The kernel's is tried on a mocked `/dev/spidev0.0`: needs umockdev-run (Debian: umockdev),
//! which mocks `/dev` for one program without privileges; without it the test says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::fs;
use std::process::Command;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};
use embedded_hal::spi::{Operation, SpiDevice};
use hardware::board::{Backend, BoardSpi, PinConfig, SpiConfig, open_input, open_output, open_spi};
use hardware::rfid::pn5180::{ChipInfo, Pn5180};
use linux_embedded_hal::{Delay, SpidevDevice};
use serde_json::Value;

/// Set for the copy of this program that runs under umockdev.
const INSIDE: &str = "HARDWARE_BOARD_INSIDE_UMOCKDEV";

const NODE: &str = "/dev/spidev0.0";
const DEVICE: &str = "\
P: /devices/virtual/spidev0.0
N: spidev0.0
E: DEVNAME=/dev/spidev0.0
E: SUBSYSTEM=spidev
";

/// How a PN5180 that was started says that it is ready (IRQ_STATUS: IDLE), and its EEPROM's versions: each a frame out, and
/// one in, for which FF goes out. Then a register of an MFRC522, in place: its address goes out, not zeros.
const DRIVEN: &str = "\
TW 0502
TW ffffffff
 R 04000000
TW 071004
TW ffffffff
 R 00040c03
TW ee00
 R 0092
";

/// Frames that were recorded on real boards: out or in, bytes.
fn recorded() -> Vec<(bool, Vec<u8>)> {
    let hex = |text: &str| {
        let byte = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(byte).collect()
    };
    let vectors =
        include_str!("vectors/rfid.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let steps = vectors
        .filter(|vector| vector["model"] == "pn5180-trace")
        .flat_map(|vector| vector["steps"].as_array().unwrap().clone());
    steps.map(|step| (step[0] == "W", hex(step[1].as_str().unwrap()))).collect()
}

/// What must go out, byte for byte, and what comes in: umockdev refuses anything else.
fn traffic() -> String {
    let mut text = format!("@DEV {NODE} (SPI)\n{DRIVEN}");
    for (out, bytes) in recorded() {
        let bytes: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        text += &format!("T{} {bytes}\n", if out { 'W' } else { 'R' });
    }
    text
}

#[test]
fn the_kernels_bus_carries_a_pn5180s_frames() {
    match Command::new("umockdev-run").arg("--version").output() {
        Ok(found) if found.status.success() => {}
        Ok(_) | Err(_) => {
            println!(
                "SKIPPED: umockdev-run is not installed; the kernel's SPI was not tried on a mocked device"
            );
            return;
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (device, traffic) = (file("device.umockdev", DEVICE), file("traffic.ioctls", &traffic()));
    let run = Command::new("umockdev-run")
        .args(["-d", &device])
        .args(["-i", &format!("{NODE}={traffic}")])
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", "inside_the_testbed", "--ignored", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success() && said.contains("1 passed"), "{said}");
}

/// A wire that is low, or is set.
struct Pin;

impl ErrorType for Pin {
    type Error = Infallible;
}

impl InputPin for Pin {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(false)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(true)
    }
}

impl OutputPin for Pin {
    fn set_low(&mut self) -> Result<(), Infallible> {
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// umockdev knows transfers alone and not how a bus is set up, so this is `open_spi` without its settings.
fn mocked() -> BoardSpi {
    BoardSpi::Linux(SpidevDevice::open(NODE).unwrap())
}

#[test]
#[ignore = "run by the_kernels_bus_carries_a_pn5180s_frames under umockdev"]
fn inside_the_testbed() {
    if std::env::var_os(INSIDE).is_none() {
        return;
    }
    let config = SpiConfig { path: NODE.into(), hz: 4_000_000, chip_select: None };
    let unset = open_spi(Backend::Linux, &config).err().expect("umockdev sets no bus up").to_string();
    assert!(unset.contains(NODE) && unset.contains("dtparam=spi=on"), "{unset}");

    let mut spi = mocked();
    let info = Pn5180::new(&mut spi, Pin, Pin, Delay).identify().unwrap();
    assert_eq!(info, ChipInfo { firmware: (3, 12), product: (4, 0) });
    let mut version = [0xEE, 0x00];
    spi.transaction(&mut [Operation::TransferInPlace(&mut version)]).unwrap();
    assert_eq!(version, [0x00, 0x92]);
    for (out, bytes) in recorded() {
        if out {
            spi.write(&bytes).unwrap();
        } else {
            let mut answer = vec![0; bytes.len()];
            spi.read(&mut answer).unwrap();
            assert_eq!(answer, bytes);
        }
    }
}

#[test]
fn what_is_not_there_is_named_with_what_to_do() {
    let line = PinConfig { chip: "/dev/gpiochip77".into(), line: 25 };
    let bus = SpiConfig { path: "/dev/spidev0.77".into(), hz: 4_000_000, chip_select: None };
    let said = [
        (open_spi(Backend::Linux, &bus).err().unwrap().to_string(), ["/dev/spidev0.77", "dtparam=spi=on"]),
        (open_spi(Backend::Rppal, &bus).err().unwrap().to_string(), ["/dev/spidev0.77", "rppal knows"]),
        (open_input(Backend::Linux, &line).err().unwrap().to_string(), ["/dev/gpiochip77 line 25", "'gpio'"]),
        (open_output(Backend::Linux, &line, true).err().unwrap().to_string(), ["line 25", "'gpio'"]),
    ];
    for (said, words) in said {
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
    }
}
