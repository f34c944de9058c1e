//! A browser's line to the server: HTTPS over loopback, one connection that is kept, every byte that comes counted.

use crate::server::certs;
use anyhow::{Context, bail, ensure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;

/// An answer is never longer than this, in bytes.
const MOST_LEN: usize = 64 << 20;

/// A connection.
pub(super) struct Line {
    tls: StreamOwned<ClientConnection, Counted>,
}

/// What came of one request.
#[derive(Debug)]
pub(super) struct Answer {
    /// The status.
    pub(super) status: u16,
    /// The head, in lines.
    pub(super) head: String,
    /// The body, as it came.
    pub(super) body: Vec<u8>,
    /// Bytes that came by TCP for it: head and TLS included.
    pub(super) bytes: u64,
}

impl Line {
    /// Connects to the server of the region in `dir`.
    pub(super) fn open(dir: &Path, address: SocketAddr) -> anyhow::Result<Line> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(dir.join(certs::CA_FILE))?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("127.0.0.1")?)?;
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Line { tls: StreamOwned::new(connection, Counted { stream, bytes: 0 }) })
    }

    /// Looks at an address.
    pub(super) fn get(&mut self, path: &str, cookie: &str) -> anyhow::Result<Answer> {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\naccept-encoding: gzip\r\ncookie: {cookie}\r\n\r\n"
        ))
    }

    /// Sends a form.
    pub(super) fn post(&mut self, path: &str, fields: &str) -> anyhow::Result<Answer> {
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n\r\n{fields}",
            fields.len()
        ))
    }

    fn ask(&mut self, request: &str) -> anyhow::Result<Answer> {
        let before = self.tls.sock.bytes;
        self.tls.write_all(request.as_bytes())?;
        self.tls.flush()?;
        let mut came = Vec::with_capacity(64 << 10);
        let mut part = [0; 16 << 10];
        loop {
            if let Some(end) = came.windows(4).position(|four| four == b"\r\n\r\n") {
                let head = String::from_utf8_lossy(came.get(..end).unwrap_or_default()).to_lowercase();
                let len = value(&head, "content-length").map_or(Ok(0), str::parse::<usize>)?;
                if came.len() >= end + 4 + len {
                    let status = head.split(' ').nth(1).context("a status")?.parse()?;
                    let body = came.split_off(end + 4);
                    return Ok(Answer { status, head, body, bytes: self.tls.sock.bytes - before });
                }
            }
            ensure!(came.len() < MOST_LEN, "an answer without an end");
            match self.tls.read(&mut part)? {
                0 => bail!("the server has closed the connection"),
                len => came.extend(part.get(..len).unwrap_or_default()),
            }
        }
    }
}

/// The first value of a line of a head, which is in small letters.
pub(super) fn value<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

/// Counts what comes.
struct Counted {
    stream: TcpStream,
    bytes: u64,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let len = self.stream.read(into)?;
        self.bytes += len as u64;
        Ok(len)
    }
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.stream.flush()
    }
}
