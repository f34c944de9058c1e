//! A region of one's own: HTTPS with a certificate authority made for the test, and what it says decided by the test.
#![allow(missing_docs, reason = "names say it")]

use exchange::enrol::{EnrolAnswer, EnrolRequest};
use exchange::wire::{self, Encoding, PublicKey, SecretKey};
use exchange::{Answer, Epoch, Event, Request, SCHEMA, Seq, Standing, StationId};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use station::bench::school;
use station::clock::system_wall_s;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub const STATION: StationId = StationId(7);
const PATIENCE: Duration = Duration::from_secs(30);

/// What the region knows and is asked.
#[derive(Default)]
pub struct Books {
    /// Codes it was asked with, in order.
    pub codes: Vec<String>,
    /// Codes it refuses.
    pub refuse: Vec<String>,
    /// The code that a person has approved.
    pub approved: Option<String>,
    /// Who has enrolled.
    pub station_key: Option<PublicKey>,
    /// How often a station that was approved asked to be enrolled.
    pub enrolled: usize,
    /// Events by epoch and seq.
    pub events: BTreeMap<(Epoch, Seq), Event>,
    /// The epoch that a station is told to begin.
    pub begin: Option<Epoch>,
    /// Calls that were answered so, whatever became of the answer.
    pub told_to_begin: usize,
}

pub struct Region {
    pub port: u16,
    pub ca_pem: String,
    shared: Arc<(Mutex<Books>, Condvar)>,
}

impl Region {
    pub fn start() -> Region {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".into()]).unwrap().signed_by(&key, &ca).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![leaf.der().clone()],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der())),
            )
            .unwrap();
        let (config, shared) = (Arc::new(config), Arc::<(Mutex<Books>, Condvar)>::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let books = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, books) = (Arc::clone(&config), Arc::clone(&books));
                std::thread::spawn(move || serve(stream, config, &books));
            }
        });
        Region { port, ca_pem: ca.pem(), shared }
    }

    /// Changes what it knows.
    pub fn set(&self, change: impl FnOnce(&mut Books)) {
        change(&mut self.shared.0.lock().unwrap());
        self.shared.1.notify_all();
    }

    /// Waits until its books give something.
    pub fn wait<T>(&self, what: &str, look: impl Fn(&Books) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        let mut books = self.shared.0.lock().unwrap();
        loop {
            if let Some(found) = look(&books) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}");
            books = self.shared.1.wait_timeout(books, left).unwrap().0;
        }
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, shared: &(Mutex<Books>, Condvar)) {
    let mut stream = BufReader::new(StreamOwned::new(ServerConnection::new(config).unwrap(), stream));
    while let Some((path, body)) = read(&mut stream) {
        let answer = match path.as_str() {
            "/enrol" => enrol(&mut shared.0.lock().unwrap(), &wire::open_enrol(&body).unwrap()),
            "/x" => exchange(&mut shared.0.lock().unwrap(), &body),
            other => panic!("asked for {other}"),
        };
        shared.1.notify_all();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", answer.len());
        // A station that was killed does not hear it.
        let _ = stream.get_mut().write_all(&[head.as_bytes(), &answer].concat());
    }
}

fn read(stream: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let (mut path, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
        if path.is_empty() {
            path = line.split(' ').nth(1)?.to_owned();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((path, body))
}

fn key() -> SecretKey {
    SecretKey::from_seed([42; 32])
}

fn enrol(books: &mut Books, request: &EnrolRequest) -> Vec<u8> {
    if books.codes.last() != Some(&request.code) {
        books.codes.push(request.code.clone());
    }
    let answer = if books.refuse.contains(&request.code) {
        EnrolAnswer::Refused
    } else if books.approved.as_ref() == Some(&request.code) {
        books.station_key = Some(request.key);
        books.enrolled += 1;
        let school = "Үлгі мектебі".into();
        EnrolAnswer::Approved { station: STATION, epoch: Epoch(1), region_key: key().public(), school }
    } else {
        EnrolAnswer::Waiting { retry_s: 1 }
    };
    wire::encode_enrol_answer(&answer)
}

fn exchange(books: &mut Books, body: &[u8]) -> Vec<u8> {
    let request =
        wire::open_request(body, |station| books.station_key.filter(|_| station == STATION)).unwrap();
    let answer = match books.begin {
        Some(begin) if request.epoch < begin => {
            books.told_to_begin += 1;
            Answer { standing: Standing::Forked { begin }, changes: Vec::new(), ..school_for(&request) }
        }
        Some(_) | None => {
            for event in &request.events {
                let before = books.events.insert((request.epoch, event.seq), event.clone());
                assert!(before.is_none_or(|before| before == *event), "two events of one name");
            }
            let stored_upto = books.events.keys().rev().find(|(epoch, _)| *epoch == request.epoch);
            Answer { stored_upto: stored_upto.map_or(Seq(0), |(_, seq)| *seq), ..school_for(&request) }
        }
    };
    wire::seal_answer(&answer, &key(), Encoding::Columns)
}

/// The school, as far as the station does not have it.
fn school_for(request: &Request) -> Answer {
    let mut answer = school::answer(request.station, request.epoch, system_wall_s());
    let at = |feed| request.have.iter().find(|cursor| cursor.feed == feed).map_or(0, |cursor| cursor.at);
    answer.changes.retain(|changes| at(changes.feed) < changes.upto);
    answer.schema = SCHEMA;
    answer
}
