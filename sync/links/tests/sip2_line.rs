//! Connections to a library system: TLS and whom it trusts, and servers that send whatever they like.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "common/server.rs"]
#[allow(dead_code, reason = "only the certificates are used here")]
mod server;

use links::https::{TimeFloor, Trust};
use links::sip2::{Account, GENERIC, Profile, Session, SessionFault, TalkFault, TcpDial, Trusting};
use links::{LinkFault, TlsFault};
use rustls::version::TLS13;
use rustls::{ServerConnection, StreamOwned};
use server::Ca;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::Duration;

/// 1 September 2026.
const SEPTEMBER_S: i64 = 1_788_220_800;

const YEARS: (i32, i32) = (2026, 2027);

const PATIENCE: Duration = Duration::from_millis(500);

const LOGGED_IN: &[u8] = b"941\r";
const THERE: &[u8] = b"98YYYYNN60000320261123    2156232.00AO|BX|\r";

/// Serves one connection after the other with `talk`.
fn serve(talk: impl Fn(std::net::TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || listener.incoming().flatten().for_each(talk));
    address
}

/// Answers login and status.
fn friendly(stream: &mut (impl Read + Write)) {
    for answer in [LOGGED_IN, THERE] {
        let mut read = [0; 256];
        if stream.read(&mut read).is_err() || stream.write_all(answer).is_err() {
            return;
        }
    }
    // Until the station hangs up.
    let _ = stream.read(&mut [0; 1]);
}

fn open(host: &str, port: u16, trusting: &Trusting) -> Result<(), SessionFault> {
    let floor = TimeFloor::over(0, || SEPTEMBER_S);
    let dial = TcpDial::new(&format!("{host}:{port}"), trusting, &floor, PATIENCE).unwrap();
    let account = Account {
        login: "kiosk".into(),
        password: "secret".into(),
        location: String::new(),
        institution: String::new(),
        profile: Profile::named(GENERIC).unwrap(),
    };
    Session::new(dial, account, PATIENCE).open()
}

/// A server that writes `bytes` whatever it is told.
fn writes(bytes: &'static [u8]) -> Result<(), SessionFault> {
    let address = serve(move |mut stream| {
        let _ = stream.write_all(bytes);
        let _ = stream.read_to_end(&mut Vec::new());
    });
    open("localhost", address.port(), &Trusting::Plain)
}

#[test]
fn a_session_over_tls() {
    let ca = Ca::new("Library");
    let config = ca.leaf("localhost", YEARS).config(&[&TLS13]);
    let address = serve(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
        friendly(&mut stream);
    });
    let trusting = |ca: &Ca| Trusting::Tls(Trust::Ca(ca.pem()));
    assert_eq!(open("localhost", address.port(), &trusting(&ca)), Ok(()));
    let other = open("localhost", address.port(), &trusting(&Ca::new("Another")));
    assert_eq!(other, Err(SessionFault::Link(LinkFault::Tls(TlsFault::UnknownIssuer))));
    let wrong_name = open("127.0.0.1", address.port(), &trusting(&ca));
    assert_eq!(wrong_name, Err(SessionFault::Link(LinkFault::Tls(TlsFault::WrongName))));
}

#[test]
fn a_plain_server_where_tls_is_wanted_is_told_so() {
    let address = serve(|mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let _ = stream.write_all(b"940\r");
    });
    let ca = Ca::new("Library");
    let fault = open("localhost", address.port(), &Trusting::Tls(Trust::Ca(ca.pem()))).unwrap_err();
    assert!(matches!(fault, SessionFault::Link(LinkFault::Tls(_))), "{fault:?}");
    assert!(!fault.may_have_arrived());
}

#[test]
fn nobody_there_and_somebody_who_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let silent = open("127.0.0.1", port, &Trusting::Plain).unwrap_err();
    assert!(silent.is_silence(), "{silent:?}");
    drop(listener);
    let nobody = open("127.0.0.1", port, &Trusting::Plain).unwrap_err();
    assert_eq!(nobody, SessionFault::Link(LinkFault::Unreachable));
    assert!(!nobody.may_have_arrived());
}

#[test]
fn whatever_a_server_sends_is_a_fault_in_words() {
    assert_eq!(writes(b"940\r"), Err(SessionFault::LoginRefused));
    for garbage in [&b"HTTP/1.1 400 Bad Request\r\n\r\n"[..], b"\xff\xfe\r", b"94\r", b"9\xc3\xa9\r", b"00\r"]
    {
        let fault = writes(garbage).unwrap_err();
        assert!(matches!(fault, SessionFault::Talk(TalkFault::Garbled(_))), "{garbage:?}: {fault:?}");
        assert!(!fault.to_string().is_empty());
    }
    let other = TalkFault::OtherAnswer { found: "12", wanted: "94" };
    assert_eq!(writes(b"120NUN20261123    215623AO|AA|AB|AJ|AH|\r"), Err(SessionFault::Talk(other)));
}

#[test]
fn an_answer_without_end_takes_no_memory() {
    let address = serve(|mut stream| while stream.write_all(&[b'9'; 4096]).is_ok() {});
    let fault = open("localhost", address.port(), &Trusting::Plain).unwrap_err();
    // Nothing of it is kept beyond what a message may have; the silence of its end is what is told.
    assert!(fault.is_silence(), "{fault:?}");
}
