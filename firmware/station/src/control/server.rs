//! The station's end: a thread that takes connections, one thread for each, and questions for the loop.

use super::{Ask, MOST_LINE, Told, socket};
use crate::run::Happening;
use anyhow::Context;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, channel};
use std::time::Duration;

/// Most commands at once.
const MOST_COMMANDS: usize = 8;

/// How long a command may say nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// Listens in `data_dir`, which nobody else may enter; questions go to `events`.
///
/// # Errors
/// The socket cannot be made.
pub fn listen(data_dir: &Path, events: SyncSender<Happening>) -> anyhow::Result<()> {
    let path = socket(data_dir);
    // The journal is this station's by now, so a socket that lies there is a dead one's.
    if let Err(error) = std::fs::remove_file(&path)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(error).with_context(|| path.display().to_string());
    }
    let listener =
        UnixListener::bind(&path).with_context(|| format!("{}: cannot be made", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))
        .with_context(|| path.display().to_string())?;
    std::thread::Builder::new().name("control".into()).spawn(move || {
        let places = Arc::new(());
        for stream in listener.incoming().flatten() {
            let events = events.clone();
            let place = Arc::clone(&places);
            // This one, and one for each command.
            if Arc::strong_count(&places) > MOST_COMMANDS + 1 {
                tracing::warn!("too many commands ask at once");
                continue;
            }
            let serve = move || {
                drop(serve(&stream, &events));
                drop(place);
            };
            if let Err(error) = std::thread::Builder::new().name("command".into()).spawn(serve) {
                tracing::warn!(%error, "a command could not be heard");
            }
        }
    })?;
    Ok(())
}

fn serve(stream: &UnixStream, events: &SyncSender<Happening>) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        if reader.by_ref().take(MOST_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let told = if line.ends_with(b"\n") {
            told(&line, events)
        } else {
            Told::Fault(format!("a question has at most {MOST_LINE} bytes and ends with its line"))
        };
        let is_cut = !line.ends_with(b"\n");
        let mut answer = serde_json::to_vec(&told)?;
        answer.push(b'\n');
        let mut stream = stream;
        stream.write_all(&answer)?;
        if is_cut {
            return Ok(());
        }
    }
}

fn told(line: &[u8], events: &SyncSender<Happening>) -> Told {
    let ask: Ask = match serde_json::from_slice(line) {
        Ok(ask) => ask,
        Err(fault) => return Told::Fault(format!("this is no question a station knows: {fault}")),
    };
    let (reply, answer) = channel();
    let stopping = || Told::Fault("the station is stopping; ask again when it has stopped".into());
    if events.send(Happening::Asked(ask, reply)).is_err() {
        return stopping();
    }
    answer.recv().unwrap_or_else(|_| stopping())
}
