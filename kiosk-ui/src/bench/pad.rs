//! The emulated pad's end: lines into its socket, one answer each.

use std::io::{BufRead, BufReader, Error, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// How long a station may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// Lays tags down and takes them off.
#[derive(Debug)]
pub(super) struct Pad {
    socket: PathBuf,
}

impl Pad {
    pub(super) fn new(socket: PathBuf) -> Pad {
        Pad { socket }
    }

    /// Lays a tag down (`lies`), or takes it off. Each time anew: a station may have been started again since.
    ///
    /// # Errors
    /// The station is not there, or says no.
    pub(super) fn put(&self, tag: &str, lies: bool) -> Result<(), Error> {
        let uid = tag.split(' ').next().unwrap_or_default();
        let line = if lies { format!("place {tag}\n") } else { format!("take {uid}\n") };
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_write_timeout(Some(PATIENCE))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(line.as_bytes())?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer)?;
        if answer.trim() == "ok" { Ok(()) } else { Err(Error::other(answer.trim().to_owned())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_tag_is_laid_down_and_taken_off() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("pad.sock");
        let pad = Pad::new(socket.clone());
        assert!(pad.put("E0 3E 07 11", true).is_err(), "there is no station");
        let station = UnixListener::bind(&socket).unwrap();
        let hand = std::thread::spawn(move || (pad.put("E0 3E 07 11", true), pad.put("E0 3E 07 11", false)));
        for (wanted, answer) in [("place E0 3E 07 11\n", "ok\n"), ("take E0\n", "error: no such tag\n")] {
            let mut line = String::new();
            let mut stream = BufReader::new(station.accept().unwrap().0);
            stream.read_line(&mut line).unwrap();
            assert_eq!(line, wanted);
            stream.get_mut().write_all(answer.as_bytes()).unwrap();
        }
        let (laid, taken) = hand.join().unwrap();
        assert!(laid.is_ok());
        assert_eq!(taken.unwrap_err().to_string(), "error: no such tag");
    }
}
