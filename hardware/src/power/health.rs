//! What the kernel tells of a board's voltage and heat. On a Raspberry Pi: `thermal_zone0` and the firmware's
//! `get_throttled` (bits as Raspberry Pi's documentation of `vcgencmd get_throttled` has them).

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Most bytes of one of the kernel's files.
const MOST_BYTES: u64 = 64;

/// A board's health, as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    /// Of the processor, in whole degrees Celsius.
    pub temperature_c: Option<i16>,
    /// Whether the supply is too weak now.
    pub under_voltage: Option<bool>,
    /// Whether it was since the start.
    pub was_under_voltage: Option<bool>,
    /// Whether the processor is slowed now, by heat or by the supply.
    pub throttled: Option<bool>,
}

/// Reads what there is below `sys`, which is `/sys` on a running system.
#[must_use]
pub fn health(sys: &Path) -> Health {
    let temperature = read(&sys.join("class/thermal/thermal_zone0/temp"));
    let throttled = read(&sys.join("devices/platform/soc/soc:firmware/get_throttled"));
    let bits = throttled.and_then(|text| u32::from_str_radix(text.trim_start_matches("0x"), 16).ok());
    let bit = |bit: u32| bits.map(|bits| bits >> bit & 1 == 1);
    Health {
        temperature_c: temperature
            .and_then(|text| text.parse::<i32>().ok())
            .and_then(|thousandths| i16::try_from(thousandths / 1_000).ok())
            .filter(|degrees| (-60..=200).contains(degrees)),
        under_voltage: bit(0),
        was_under_voltage: bit(16),
        throttled: bit(2),
    }
}

pub(super) fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(MOST_BYTES).read_to_string(&mut text).ok()?;
    Some(text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_the_kernel_tells_is_told_and_nonsense_is_not() {
        let sys = tempfile::tempdir().unwrap();
        assert_eq!(health(sys.path()), Health::default());
        let put = |name: &str, text: &[u8]| {
            let path = sys.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        put("class/thermal/thermal_zone0/temp", b"61350\n");
        put("devices/platform/soc/soc:firmware/get_throttled", b"50005\n");
        let told = health(sys.path());
        assert_eq!((told.temperature_c, told.under_voltage), (Some(61), Some(true)));
        assert_eq!((told.was_under_voltage, told.throttled), (Some(true), Some(true)));
        for nonsense in [&b""[..], b"\xff\xfe\x00", b"99999999999999999999", &[b'7'; 100_000]] {
            put("class/thermal/thermal_zone0/temp", nonsense);
            put("devices/platform/soc/soc:firmware/get_throttled", nonsense);
            assert_eq!(health(sys.path()).temperature_c, None);
        }
    }
}
