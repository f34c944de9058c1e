//! A TCP proxy that behaves like a bad line: slow, far away, and falling; and that counts what it carries.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How bad the line is.
#[derive(Debug, Clone, Copy, Default)]
pub struct Line {
    /// Time there and back, in milliseconds; a new connection costs it once more, as TCP's own greeting does.
    pub rtt_ms: u64,
    /// Bits a second in each direction; 0 = no limit.
    pub bits_per_s: u64,
    /// A connection falls after so many bytes, both directions together; 0 = never.
    pub falls_after: u64,
}

/// What was carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Bytes of TCP payload from the station.
    pub up: u64,
    /// Bytes of TCP payload to the station.
    pub down: u64,
    /// Connections.
    pub connections: u64,
    /// Connections that fell.
    pub fallen: u64,
}

#[derive(Debug, Default)]
struct Shared {
    traffic: Traffic,
    open: BTreeMap<u64, (TcpStream, TcpStream)>,
    carried: BTreeMap<u64, u64>,
}

/// A running proxy. It ends with the process.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// Where stations find it.
    pub address: SocketAddr,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

impl Proxy {
    /// Begins to carry to `region`.
    ///
    /// # Errors
    /// There is no port.
    pub fn start(region: SocketAddr, line: Line) -> std::io::Result<Proxy> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let proxy = Proxy { address: listener.local_addr()?, shared: Arc::default() };
        let shared = Arc::clone(&proxy.shared);
        thread::spawn(move || {
            for (number, near) in (0..).zip(listener.incoming().flatten()) {
                let shared = Arc::clone(&shared);
                thread::spawn(move || connect(number, near, region, line, &shared));
            }
        });
        Ok(proxy)
    }

    /// What was carried since the last time this was asked.
    pub fn take_traffic(&self) -> Traffic {
        std::mem::take(&mut lock(&self.shared).traffic)
    }

    /// Cuts every connection.
    pub fn cut(&self) {
        for (near, far) in std::mem::take(&mut lock(&self.shared).open).into_values() {
            close(&near, &far);
        }
    }
}

fn lock(shared: &Mutex<Shared>) -> std::sync::MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn close(near: &TcpStream, far: &TcpStream) {
    let _ = near.shutdown(Shutdown::Both);
    let _ = far.shutdown(Shutdown::Both);
}

fn connect(number: u64, near: TcpStream, region: SocketAddr, line: Line, shared: &Arc<Mutex<Shared>>) {
    lock(shared).traffic.connections += 1;
    thread::sleep(Duration::from_millis(line.rtt_ms));
    let Ok(far) = TcpStream::connect(region) else { return drop(near.shutdown(Shutdown::Both)) };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (Ok(a), Ok(b), Ok(c), Ok(d)) = (near.try_clone(), far.try_clone(), near.try_clone(), far.try_clone())
    else {
        return;
    };
    lock(shared).open.insert(number, (a, b));
    for (way, from, to) in [(Way::Up, c, far), (Way::Down, d, near)] {
        let (pieces, due) = channel();
        let shared = Arc::clone(shared);
        thread::spawn(move || read(from, line, &pieces));
        thread::spawn(move || write(number, way, to, line, &due, &shared));
    }
}

/// Reads pieces and says when each has arrived at the other end.
fn read(mut from: TcpStream, line: Line, pieces: &Sender<(Instant, Vec<u8>)>) {
    let mut free = Instant::now();
    let mut buffer = [0; 1400];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        let bits = len as u64 * 8_000_000;
        free =
            free.max(Instant::now()) + Duration::from_micros(bits.checked_div(line.bits_per_s).unwrap_or(0));
        let due = free + Duration::from_millis(line.rtt_ms / 2);
        if pieces.send((due, buffer[..len].to_vec())).is_err() {
            return;
        }
    }
}

/// Hands pieces over when they are due, counts them, and lets the line fall.
fn write(
    number: u64,
    way: Way,
    mut to: TcpStream,
    line: Line,
    due: &Receiver<(Instant, Vec<u8>)>,
    shared: &Mutex<Shared>,
) {
    for (when, piece) in due {
        thread::sleep(when.saturating_duration_since(Instant::now()));
        let mut state = lock(shared);
        let carried = state.carried.entry(number).or_default();
        let left = if line.falls_after == 0 { u64::MAX } else { line.falls_after.saturating_sub(*carried) };
        let len = (piece.len() as u64).min(left);
        *carried += len;
        match way {
            Way::Up => state.traffic.up += len,
            Way::Down => state.traffic.down += len,
        }
        let falls = len < piece.len() as u64;
        drop(state);
        let written = to.write_all(&piece[..usize::try_from(len).unwrap_or(0)]);
        if falls || written.is_err() {
            let mut state = lock(shared);
            if let Some((near, far)) = state.open.remove(&number) {
                state.traffic.fallen += u64::from(falls);
                close(&near, &far);
            }
            return;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
