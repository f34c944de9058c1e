//! The simulated reader's end: lines into its socket.

use std::io::{Error, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// How long a scan may wait for a station that does not read.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);

/// Writes scans; connects when it has to.
#[derive(Debug)]
pub(super) struct Scanner {
    socket: PathBuf,
    stream: Option<UnixStream>,
}

impl Scanner {
    pub(super) fn new(socket: PathBuf) -> Scanner {
        Scanner { socket, stream: None }
    }

    /// Holds a label under the scanner.
    ///
    /// # Errors
    /// If the station is not there, or the label holds a line's end, which no label can.
    pub(super) fn scan(&mut self, label: &str) -> Result<(), Error> {
        if label.contains(['\n', '\r']) {
            return Err(Error::new(ErrorKind::InvalidInput, "a label has no line's end in it"));
        }
        let line = format!("{label}\n");
        // The station may have been started again since the last scan: then the old connection fails, and a new one is made.
        if let Some(stream) = &mut self.stream
            && stream.write_all(line.as_bytes()).is_ok()
        {
            return Ok(());
        }
        self.stream = None;
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        stream.write_all(line.as_bytes())?;
        self.stream = Some(stream);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixListener;

    #[test]
    fn scans_reach_the_station_also_after_it_was_started_again() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("scan.sock");
        let mut scanner = Scanner::new(socket.clone());
        assert!(scanner.scan("P0012").is_err(), "there is no station");
        for label in ["P0012", "000345"] {
            let station = UnixListener::bind(&socket).unwrap();
            scanner.scan(label).unwrap();
            let (stream, _) = station.accept().unwrap();
            let mut line = String::new();
            BufReader::new(stream).read_line(&mut line).unwrap();
            assert_eq!(line, format!("{label}\n"));
            drop(station);
            std::fs::remove_file(&socket).unwrap();
        }
        assert!(scanner.scan("one\ntwo").is_err());
    }
}
