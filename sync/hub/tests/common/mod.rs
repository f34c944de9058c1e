//! A real region that serves in this process, and those who speak to it over TLS.
#![allow(dead_code, reason = "each test uses its part")]

use exchange::enrol::{EnrolAnswer, EnrolRequest};
use exchange::wire::{self, Encoding, SecretKey};
use exchange::{
    Act, Answer, Basis, Chain, ClockSample, ClockTrust, Day, Epoch, Event, Item, ItemId, ItemStatus, Lang,
    Patron, PatronId, PatronKind, Record, Request, SCHEMA, Seq, Stamp, StationId, Title, TitleId, TitleKind,
};
use hub::Hub;
use hub::server::{Limits, certs, serve_within};
use hub::store::{Change, SchoolId, Scope};
use reqwest::blocking::{Client, Response};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// 2026-09-01, noon in Almaty.
pub const NOON_S: i64 = 1_788_246_000;

/// The only school, unless a test adds one.
pub const SCHOOL: SchoolId = SchoolId(1);

/// A region.
pub struct Region {
    pub dir: PathBuf,
    pub address: SocketAddr,
    pub hub: Arc<Hub>,
    runtime: tokio::runtime::Runtime,
}

impl Region {
    pub fn start(dir: &Path) -> Region {
        Region::within(dir, Limits::default())
    }

    pub fn within(dir: &Path, limits: Limits) -> Region {
        let dir = dir.join("region");
        Hub::init(&dir, None, "№ 12 мектеп", NOON_S).unwrap();
        let hub = Arc::new(Hub::open(&dir).unwrap());
        let tls =
            certs::server_config(&dir, "№ 12 мектеп", &certs::own_names([127, 0, 0, 1].into())).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(serve_within(Arc::clone(&hub), listener, tls, limits, std::future::pending()));
        Region { dir, address, hub, runtime }
    }

    pub fn tls(&self) -> rustls::ClientConfig {
        let mut roots = rustls::RootCertStore::empty();
        let pem = std::fs::read(self.dir.join(certs::CA_FILE)).unwrap();
        roots.add(CertificateDer::from_pem_slice(&pem).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    pub fn client(&self) -> Client {
        let policy = reqwest::redirect::Policy::none();
        Client::builder().tls_backend_preconfigured(self.tls()).redirect(policy).build().unwrap()
    }

    /// A bare connection, on which a test may send what no client would.
    pub fn raw(&self) -> rustls::StreamOwned<rustls::ClientConnection, TcpStream> {
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let connection = rustls::ClientConnection::new(Arc::new(self.tls()), name).unwrap();
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        rustls::StreamOwned::new(connection, stream)
    }

    /// Sends bytes as they are, and reads to the end of the connection.
    pub fn say(&self, bytes: &[u8]) -> String {
        let mut stream = self.raw();
        // The server may close while this is still sending.
        let _ = stream.write_all(bytes).and_then(|()| stream.flush());
        heard(&mut stream)
    }

    pub fn save(&self, records: Vec<Record>) {
        let changes: Vec<Change> = records.into_iter().map(Change::Put).collect();
        self.hub.with(|store| store.save(SCHOOL, &changes, NOON_S)).unwrap();
    }

    pub fn token(&self, scopes: &[Scope], school: Option<SchoolId>) -> String {
        self.token_until(scopes, school, None)
    }

    pub fn token_until(&self, scopes: &[Scope], school: Option<SchoolId>, until_s: Option<i64>) -> String {
        let mut random = [0; 32];
        getrandom::fill(&mut random).unwrap();
        let made = self.hub.with(|store| {
            store.add_token(("timetable", scopes, school), until_s, random, ("somebody", NOON_S))
        });
        made.unwrap_or_else(|fault: hub::store::TokenFault| panic!("{fault}")).1
    }

    /// Lets a station with this key join by a code.
    pub fn join(&self, seed: u8) -> Station {
        let station = Station { key: SecretKey::from_seed([seed; 32]), id: StationId(0), epoch: Epoch(0) };
        let code = format!("CDFG{seed:04}");
        assert!(matches!(self.ask(&station.key, &code, None), EnrolAnswer::Waiting { .. }));
        let now_s = now_s();
        self.hub.with(|store| store.approve(SCHOOL, &code, "somebody", now_s)).unwrap();
        let EnrolAnswer::Approved { station: id, epoch, .. } = self.ask(&station.key, &code, None) else {
            panic!("not approved")
        };
        Station { id, epoch, ..station }
    }

    /// What a device hears that asks to join.
    pub fn ask(&self, key: &SecretKey, code: &str, voucher: Option<String>) -> EnrolAnswer {
        let request = EnrolRequest {
            schema: SCHEMA,
            key: key.public(),
            code: code.into(),
            name: "зал".into(),
            voucher,
        };
        let (status, bytes) = self.post("/enrol", wire::seal_enrol(&request, key));
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&bytes));
        wire::decode_enrol_answer(&bytes).unwrap()
    }

    pub fn post(&self, path: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
        let url = format!("https://{}{path}", self.address);
        let response = self.client().post(url).body(body).send().unwrap();
        (response.status().as_u16(), response.bytes().unwrap().to_vec())
    }

    /// Sends a request of a station; the region's answer.
    pub fn exchange(&self, station: &Station, request: &Request) -> Result<Answer, (u16, String)> {
        let (status, bytes) = self.post("/x", wire::seal_request(request, &station.key, Encoding::Columns));
        if status != 200 {
            return Err((status, String::from_utf8_lossy(&bytes).into_owned()));
        }
        Ok(wire::open_answer(&bytes, &self.hub.public_key()).unwrap())
    }

    pub fn get(&self, path: &str, token: &str) -> (u16, Value) {
        answer(
            self.client().get(format!("https://{}{path}", self.address)).bearer_auth(token).send().unwrap(),
        )
    }

    pub fn send(&self, method: &str, path: &str, token: &str, body: &str) -> (u16, Value) {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let request = self.client().request(method, format!("https://{}{path}", self.address));
        answer(request.bearer_auth(token).body(body.to_owned()).send().unwrap())
    }

    pub fn metrics(&self) -> String {
        let token = std::fs::read_to_string(self.dir.join("metrics.token")).unwrap();
        let url = format!("https://{}/metrics", self.address);
        self.client().get(url).bearer_auth(token).send().unwrap().text().unwrap()
    }
}

/// Reads a connection to its end.
pub fn heard(stream: &mut impl Read) -> String {
    let mut all = Vec::new();
    // A connection that is cut without a farewell is at its end, too.
    let _ = stream.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

fn answer(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    let text = response.text().unwrap();
    let value: Value = serde_json::from_str(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    if status >= 400 {
        assert_eq!(kind, "application/problem+json", "{text}");
        assert_eq!(value["status"], status);
        assert!(!value["detail"].as_str().unwrap().is_empty() && value["type"].is_string());
    } else {
        assert_eq!(kind, "application/json");
    }
    (status, value)
}

pub fn now_s() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_secs().cast_signed()
}

/// A station as the wire sees it.
pub struct Station {
    pub key: SecretKey,
    pub id: StationId,
    pub epoch: Epoch,
}

impl Station {
    /// The request that tells `acts` from seq `from` on, in a journal in which `before` stands before.
    pub fn request(&self, before: &[Act], acts: &[Act]) -> Request {
        let event = |(n, act): (u64, &Act)| Event {
            seq: Seq(n),
            at: Stamp { wall_s: NOON_S + n.cast_signed(), boot: 1, mono_s: n, trust: ClockTrust::Rtc },
            basis: Basis { rules: 1, data_as_of_s: NOON_S },
            act: act.clone(),
        };
        let chain = (1..).zip(before).map(event).fold(Chain::START, |chain, event| chain.after(&event));
        let first = before.len() as u64 + 1;
        Request {
            schema: SCHEMA,
            station: self.id,
            epoch: self.epoch,
            from_seq: Seq(first),
            chain_before: chain,
            head_seq: Seq(before.len() as u64 + acts.len() as u64),
            events: (first..).zip(acts).map(event).collect(),
            have: Vec::new(),
            clock: ClockSample { wall_s: NOON_S + 100, boot: 1, mono_s: 100, trust: ClockTrust::Rtc },
            answer_limit: 4_096,
        }
    }
}

pub fn item(number: &str) -> ItemId {
    ItemId::new(number).unwrap()
}

pub fn lent(patron: u64, number: &str) -> Act {
    Act::CheckedOut { patron: PatronId(patron), item: item(number), due: Day::from_ymd(2026, 9, 15).unwrap() }
}

pub fn returned(number: &str) -> Act {
    Act::Returned { item: item(number) }
}

/// Two patrons, one title, three items.
pub fn little_school() -> Vec<Record> {
    let patron = |n: u64, given: &str| {
        Record::Patron(Patron {
            id: PatronId(n),
            cards: vec![format!("20012000{n:06}")],
            given: given.into(),
            family: "Үлгіқызы".into(),
            class: None,
            kind: PatronKind::Pupil,
            lang: Lang::Kk,
            blocks: Vec::new(),
            until: None,
            pin: None,
        })
    };
    let title = Record::Title(Title {
        id: TitleId(1),
        name: "Абай жолы".into(),
        author: "Мұхтар Әуезов".into(),
        isbn: String::new(),
        year: 2009,
        kind: TitleKind::Book,
    });
    let mut all = vec![patron(1, "Аружан"), patron(2, "Дана"), title];
    for number in ["000123", "000124", "000125"] {
        let (id, title) = (item(number), TitleId(1));
        all.push(Record::Item(Item { id, title, status: ItemStatus::Lendable, former: Vec::new() }));
    }
    all
}
