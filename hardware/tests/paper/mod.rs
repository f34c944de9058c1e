//! An emulated printer at the far end of a pty, and a reader of the codes it printed.

use hardware::printer::Bitmap;
use hardware::sim::printer::Printer;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;

/// A printer at the far end of a pty, worked by a thread.
pub fn plug_in(path: &Path, printer: &Arc<Mutex<Printer>>) {
    let end = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&end).unwrap();
    unlockpt(&end).unwrap();
    let name = ptsname(&end, Vec::new()).unwrap();
    std::os::unix::fs::symlink(name.to_str().unwrap(), path).unwrap();
    // Held open, so that the line does not hang up before the driver has come.
    let held = File::options().read(true).write(true).open(path).unwrap();
    let mut end = File::from(end);
    let printer = Arc::clone(printer);
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(len) = end.read(&mut bytes) {
            let answer = printer.lock().unwrap().take(&bytes[..len]);
            if end.write_all(&answer).is_err() {
                break;
            }
        }
        drop(held);
    });
}

/// The text of the one code on a sheet.
pub fn code_on(sheet: &Bitmap) -> String {
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(sheet.width(), sheet.height() + 8, |x, y| {
        if sheet.is_black(x, y) { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code");
    grids[0].decode().unwrap().1
}
