//! A USB reader in keyboard mode, through evdev: found by a stable name, grabbed, read as raw key codes.
//!
//! The grab keeps its keys from the screen and the console. It ends with the descriptor, so a reader that comes
//! back is opened and grabbed anew.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use evdev::{Device, KeyCode};
use rustix::fs::OFlags;

use super::pump::{Decode, Outlet, Stopped, supervise};
use crate::barcode::assemble::Outcome;
use crate::barcode::config::{EvdevId, Terminators};
use crate::barcode::input_event::RecordReader;
use crate::barcode::keys::KeyDecoder;
use crate::barcode::scan::ReaderEvent;
use crate::board::unusable;

const INPUT_FOLDER: &str = "/dev/input";

/// Raw input records into scans.
#[derive(Debug)]
pub(super) struct Keys {
    pub(super) records: RecordReader,
    pub(super) decoder: KeyDecoder,
    pub(super) silence: Duration,
}

impl Decode for Keys {
    fn bytes(&mut self, bytes: &[u8], out: &mut dyn FnMut(Outcome)) {
        let decoder = &mut self.decoder;
        self.records.bytes(bytes, |event| decoder.event(event).into_iter().for_each(&mut *out));
    }

    fn silence(&mut self) -> Option<Outcome> {
        self.decoder.silence()
    }

    fn cut(&mut self) -> Option<Outcome> {
        self.decoder.cut()
    }

    fn patience(&self) -> Option<Duration> {
        self.decoder.begun().then_some(self.silence)
    }
}

/// Reads the device until stopped.
pub(super) fn run<T: From<ReaderEvent>>(
    outlet: &Outlet<T>,
    id: &EvdevId,
    silence: Duration,
    terminators: Terminators,
) -> Result<(), Stopped> {
    let decoder = || Keys {
        records: RecordReader::default(),
        decoder: KeyDecoder::new(outlet.reader().clone(), terminators, silence),
        silence,
    };
    supervise(outlet, || find(id), decoder)
}

/// Opens and grabs the device that `id` names.
fn find(id: &EvdevId) -> Result<Device, String> {
    let (name, found) = match id {
        EvdevId::Path(path) => (path.display().to_string(), open(path)),
        EvdevId::Usb { vendor, product } => {
            (format!("{vendor:04x}:{product:04x}"), by_usb(*vendor, *product))
        }
    };
    let grabbed = found.and_then(|mut device| {
        if !types(&device) {
            return Err(io::Error::new(ErrorKind::InvalidInput, "it has no digits and no Enter key"));
        }
        device.grab()?;
        Ok(device)
    });
    grabbed.map_err(|error| unusable(&name, "id", "input", &error))
}

fn open(path: &Path) -> io::Result<Device> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).map_err(io::Error::other)?;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    Device::from_fd(file.into())
}

/// The first keyboard of this vendor and product; a reader may also show media keys as a device of their own.
fn by_usb(vendor: u16, product: u16) -> io::Result<Device> {
    let mut nodes: Vec<(u32, PathBuf)> = std::fs::read_dir(INPUT_FOLDER)?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let number = path.file_name()?.to_str()?.strip_prefix("event")?.parse().ok()?;
            Some((number, path))
        })
        .collect();
    nodes.sort();
    let mut refused = None;
    for (_, path) in nodes {
        match open(&path) {
            Ok(device) => {
                let id = device.input_id();
                if (id.vendor(), id.product()) == (vendor, product) && types(&device) {
                    return Ok(device);
                }
            }
            Err(error) if error.kind() == ErrorKind::PermissionDenied => refused = Some(error),
            Err(_) => {}
        }
    }
    Err(refused.unwrap_or_else(|| ErrorKind::NotFound.into()))
}

fn types(device: &Device) -> bool {
    device
        .supported_keys()
        .is_some_and(|keys| keys.contains(KeyCode::KEY_0) && keys.contains(KeyCode::KEY_ENTER))
}
