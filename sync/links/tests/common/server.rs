//! A tiny HTTPS server whose every answer, and every misbehaviour, is written by the test.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

pub type Stream = BufReader<StreamOwned<ServerConnection, TcpStream>>;

/// A certificate authority of a region.
pub struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    pub fn new(name: &str) -> Ca {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ca(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A certificate for `name`, valid from the start of one year to the start of another.
    pub fn leaf(&self, name: &str, years: (i32, i32)) -> Leaf {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate().unwrap();
        Leaf { certificate: params.signed_by(&key, &self.0).unwrap().der().clone(), key }
    }
}

pub struct Leaf {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

impl Leaf {
    /// How a server with this certificate speaks TLS.
    pub fn config(&self, versions: &[&'static SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(self.key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .unwrap();
        Arc::new(config)
    }
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Request line and headers, without line ends.
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

/// What the server has seen so far.
#[derive(Debug, Default)]
pub struct Log {
    pub requests: Vec<Seen>,
    /// Whether each connection's session was resumed.
    pub resumed: Vec<bool>,
}

pub struct Server {
    pub address: SocketAddr,
    pub log: Arc<Mutex<Log>>,
}

impl Server {
    /// Serves until the test ends. `answer` writes what it likes; the connection is kept if it gives `true`.
    pub fn start(
        leaf: &Leaf,
        versions: &[&'static SupportedProtocolVersion],
        answer: impl Fn(&mut Stream, &Seen) -> bool + Send + Sync + 'static,
    ) -> Server {
        let config = leaf.config(versions);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = log.clone();
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, answer, log) = (config.clone(), answer.clone(), shared.clone());
                thread::spawn(move || serve(stream, config, &log, &*answer));
            }
        });
        Server { address, log }
    }
}

fn serve(
    stream: TcpStream,
    config: Arc<ServerConfig>,
    log: &Mutex<Log>,
    answer: &(impl Fn(&mut Stream, &Seen) -> bool + ?Sized),
) {
    let connection = ServerConnection::new(config).unwrap();
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let mut first = true;
    while let Some(seen) = read(&mut stream) {
        if std::mem::take(&mut first) {
            let kind = stream.get_ref().conn.handshake_kind();
            log.lock().unwrap().resumed.push(kind == Some(HandshakeKind::Resumed));
        }
        log.lock().unwrap().requests.push(seen.clone());
        if !answer(&mut stream, &seen) {
            return;
        }
    }
}

/// One request; `None` at the end of the connection or when it breaks.
fn read(stream: &mut Stream) -> Option<Seen> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let length =
        head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(Seen { head, body })
}

/// Sends raw bytes at once.
pub fn send(stream: &mut Stream, bytes: &[u8]) {
    // A client that has hung up is part of some tests.
    let _ = stream.get_mut().write_all(bytes).and_then(|()| stream.get_mut().flush());
}

/// Sends a whole answer with this status line and body.
pub fn reply(stream: &mut Stream, status: &str, body: &[u8]) -> bool {
    send(stream, format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes());
    send(stream, body);
    true
}
