//! The HTTPS link against a server that does what servers, proxies and captive portals do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "common/server.rs"]
mod server;
#[path = "common/world.rs"]
#[allow(dead_code, reason = "only the station and the region of it are used here")]
mod world;

use exchange::enrol::{EnrolAnswer, EnrolRequest};
use exchange::wire::{self, WireError};
use links::https::{FileFault, Files, MAX_ANSWER_LEN, Patience, Settings, TimeFloor, Trust};
use links::{CallFault, Https, Keys, LinkFault, Nudge, Pace, Reached, TlsFault, drive};
use rustls::version::{TLS12, TLS13};
use server::{Ca, Seen, Server, Stream, reply, send};
use std::net::TcpListener;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
use world::{Region, Station};

/// 1 September 2026.
const SEPTEMBER_S: i64 = 1_788_220_800;

const GOOD_YEARS: (i32, i32) = (2026, 2027);

const PATIENCE: Patience = Patience { connect_ms: 5_000, stall_ms: 5_000, total_ms: 20_000 };

fn link_to(ca: &Ca, port: u16, patience: Patience, floor: &TimeFloor) -> Https {
    let settings =
        Settings { url: format!("https://localhost:{port}"), trust: Trust::Ca(ca.pem()), patience };
    Https::new(&settings, floor).unwrap()
}

/// A clock that stands in 1970, and a floor in September 2026.
fn september() -> TimeFloor {
    TimeFloor::over(SEPTEMBER_S, || 0)
}

fn pair(
    patience: Patience,
    answer: impl Fn(&mut Stream, &Seen) -> bool + Send + Sync + 'static,
) -> (Https, Server) {
    let ca = Ca::new("Region");
    let server = Server::start(&ca.leaf("localhost", GOOD_YEARS), &[&TLS13], answer);
    (link_to(&ca, server.address.port(), patience, &september()), server)
}

fn post(
    patience: Patience,
    answer: impl Fn(&mut Stream, &Seen) -> bool + Send + Sync + 'static,
) -> Result<Vec<u8>, LinkFault> {
    pair(patience, answer).0.post_exchange(b"request".to_vec())
}

#[test]
fn bytes_go_there_and_back_over_one_connection() {
    let (link, server) = pair(PATIENCE, |stream, seen| reply(stream, "200 OK", &seen.body));
    for body in [b"one".to_vec(), vec![0; 100_000], Vec::new()] {
        assert_eq!(link.post_exchange(body.clone()), Ok(body));
    }
    let log = server.log.lock().unwrap();
    assert_eq!(log.resumed, [false]);
    assert_eq!(log.requests[0].body, b"one");
}

#[test]
fn a_request_has_few_headers() {
    let (link, server) = pair(PATIENCE, |stream, _| reply(stream, "200 OK", b""));
    link.post_exchange(vec![7; 235]).unwrap();
    let head = server.log.lock().unwrap().requests[0].head.clone();
    let mut names: Vec<String> =
        head[1..].iter().map(|line| line.split(':').next().unwrap().to_lowercase()).collect();
    names.sort();
    assert_eq!(head[0], "POST /x HTTP/1.1");
    assert_eq!(names, ["accept", "content-length", "host"]);
}

#[test]
fn the_next_connection_resumes_the_session() {
    let (link, server) = pair(PATIENCE, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        false
    });
    for _ in 0..3 {
        link.post_exchange(Vec::new()).unwrap();
    }
    assert_eq!(server.log.lock().unwrap().resumed, [false, true, true]);
}

#[test]
fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let (link, server) = pair(PATIENCE, move |stream, _| {
            let head =
                format!("HTTP/1.1 {status} Elsewhere\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n");
            send(stream, head.as_bytes());
            true
        });
        assert_eq!(link.post_exchange(Vec::new()), Err(LinkFault::Redirect(status)));
        assert_eq!(server.log.lock().unwrap().requests.len(), 1);
    }
}

#[test]
fn any_status_but_200_is_a_fault() {
    for status in [201, 204, 400, 401, 403, 404, 407, 413, 429, 500, 502, 503, 511] {
        let fault =
            post(PATIENCE, move |stream, _| reply(stream, &format!("{status} Whatever"), b"")).unwrap_err();
        assert_eq!(fault, LinkFault::Status(status));
        assert_eq!(fault.reached(), Reached::Region);
    }
}

#[test]
fn a_page_with_status_200_is_no_answer() {
    let page = b"<html><title>Login</title></html>";
    let (link, _server) = pair(PATIENCE, |stream, _| reply(stream, "200 OK", page));
    let bytes = link.post_exchange(Vec::new()).unwrap();
    assert_eq!(wire::open_answer(&bytes, &world::region_key().public()), Err(WireError::NotAMessage));
    let key = world::station_key();
    let request = EnrolRequest {
        schema: 1,
        key: key.public(),
        code: "CDFG2345".into(),
        name: String::new(),
        voucher: None,
    };
    assert!(matches!(link.enrol(&request, &key), Err(CallFault::Message(WireError::NotAMessage))));
}

#[test]
fn enrolment_asks_and_is_answered() {
    let (link, server) = pair(PATIENCE, |stream, _| {
        reply(stream, "200 OK", &wire::encode_enrol_answer(&EnrolAnswer::Waiting { retry_s: 5 }))
    });
    let key = world::station_key();
    let request = EnrolRequest {
        schema: 1,
        key: key.public(),
        code: "CDFG2345".into(),
        name: "Үлгі".into(),
        voucher: None,
    };
    assert_eq!(link.enrol(&request, &key).unwrap(), EnrolAnswer::Waiting { retry_s: 5 });
    let seen = server.log.lock().unwrap().requests[0].clone();
    assert_eq!(seen.head[0], "POST /enrol HTTP/1.1");
    assert_eq!(wire::open_enrol(&seen.body), Ok(request));
}

/// Forty pieces, 20 ms apart: far longer than the patience for standing still.
#[test]
fn what_is_slow_but_moves_is_not_cut_short() {
    let patience = Patience { stall_ms: 400, ..PATIENCE };
    let answer = post(patience, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n");
        for _ in 0..40 {
            send(stream, b"x");
            thread::sleep(Duration::from_millis(20));
        }
        true
    });
    assert_eq!(answer, Ok(vec![b'x'; 40]));
}

#[test]
fn what_stands_still_is_given_up() {
    let patience = Patience { stall_ms: 200, ..PATIENCE };
    let silent = post(patience, |_, _| {
        thread::sleep(Duration::from_secs(2));
        false
    });
    assert_eq!(silent, Err(LinkFault::Stalled { reached: Reached::Region }));
    let stuck = post(patience, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\nhalf of it");
        thread::sleep(Duration::from_secs(2));
        false
    });
    assert_eq!(stuck, Err(LinkFault::Stalled { reached: Reached::Answer }));
}

#[test]
fn what_drips_for_ever_is_given_up_too() {
    let patience = Patience { total_ms: 300, ..PATIENCE };
    let answer = post(patience, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n");
        for _ in 0..200 {
            send(stream, b"x");
            thread::sleep(Duration::from_millis(10));
        }
        false
    });
    assert_eq!(answer, Err(LinkFault::Stalled { reached: Reached::Answer }));
}

#[test]
fn a_torn_connection() {
    assert_eq!(post(PATIENCE, |_, _| false), Err(LinkFault::Torn { reached: Reached::Region }));
    let half_a_head = post(PATIENCE, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ncontent-le");
        false
    });
    assert_eq!(half_a_head, Err(LinkFault::Torn { reached: Reached::Region }));
    let half_a_body = post(PATIENCE, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\nhalf of it");
        false
    });
    assert_eq!(half_a_body, Err(LinkFault::Torn { reached: Reached::Answer }));
    let no_http = post(PATIENCE, |stream, _| {
        send(stream, b"SSH-2.0-OpenSSH\r\n");
        false
    });
    assert_eq!(no_http, Err(LinkFault::Torn { reached: Reached::Region }));
}

#[test]
fn an_answer_without_end_is_cut_off() {
    let announced = post(PATIENCE, |stream, _| {
        send(stream, format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", MAX_ANSWER_LEN + 1).as_bytes());
        false
    });
    assert_eq!(announced, Err(LinkFault::TooLong { limit: MAX_ANSWER_LEN }));
    let endless = post(PATIENCE, |stream, _| {
        send(stream, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
        let chunk = [b"10000\r\n".as_slice(), &[b'x'; 0x10000], b"\r\n"].concat();
        for _ in 0..80 {
            send(stream, &chunk);
        }
        false
    });
    assert_eq!(endless, Err(LinkFault::TooLong { limit: MAX_ANSWER_LEN }));
}

#[test]
fn nobody_there() {
    let ca = Ca::new("Region");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let link = link_to(&ca, closed, PATIENCE, &september());
    assert_eq!(link.post_exchange(Vec::new()), Err(LinkFault::Unreachable));

    let url = "https://no-such-region.invalid".to_owned();
    let settings = Settings { url, trust: Trust::WebRoots, patience: PATIENCE };
    let link = Https::new(&settings, &september()).unwrap();
    assert_eq!(link.post_exchange(Vec::new()), Err(LinkFault::NameNotFound));
}

#[test]
fn somebody_who_never_says_hello() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let patience = Patience { connect_ms: 200, ..PATIENCE };
    let link = link_to(&Ca::new("Region"), port, patience, &september());
    assert_eq!(link.post_exchange(Vec::new()), Err(LinkFault::ConnectTimeout));
}

/// The fault of a call to a server with such a certificate, if any. `trusted` is the name of another authority that is
/// trusted instead of the server's.
fn tls_fault(years: (i32, i32), name: &str, trusted: Option<&str>, floor: &TimeFloor) -> Option<LinkFault> {
    let ca = Ca::new("Region");
    let server = Server::start(&ca.leaf(name, years), &[&TLS13], |stream, _| reply(stream, "200 OK", b""));
    let trusted = trusted.map_or(ca, Ca::new);
    link_to(&trusted, server.address.port(), PATIENCE, floor).post_exchange(Vec::new()).err()
}

#[test]
fn a_certificate_is_checked_at_the_later_of_clock_and_floor() {
    let fault = |floor: &TimeFloor| tls_fault(GOOD_YEARS, "localhost", None, floor);
    assert_eq!(fault(&september()), None);
    assert_eq!(fault(&TimeFloor::over(0, || SEPTEMBER_S)), None);
    assert_eq!(fault(&TimeFloor::over(0, || 0)), Some(LinkFault::Tls(TlsFault::NotYetValid)));
    let next_year_s = SEPTEMBER_S + 365 * 86_400;
    assert_eq!(fault(&TimeFloor::over(next_year_s, || 0)), Some(LinkFault::Tls(TlsFault::Expired)));
}

#[test]
fn a_floor_raised_later_counts() {
    let ca = Ca::new("Region");
    let server =
        Server::start(&ca.leaf("localhost", GOOD_YEARS), &[&TLS13], |stream, _| reply(stream, "200 OK", b""));
    let floor = TimeFloor::over(0, || 0);
    let link = link_to(&ca, server.address.port(), PATIENCE, &floor);
    assert_eq!(link.post_exchange(Vec::new()), Err(LinkFault::Tls(TlsFault::NotYetValid)));
    floor.raise(SEPTEMBER_S);
    assert_eq!(link.post_exchange(Vec::new()), Ok(Vec::new()));
}

#[test]
fn a_certificate_that_is_not_to_be_trusted() {
    let fault = |years, name, trusted| tls_fault(years, name, trusted, &september());
    let unknown = Some(LinkFault::Tls(TlsFault::UnknownIssuer));
    assert_eq!(fault((2020, 2021), "localhost", None), Some(LinkFault::Tls(TlsFault::Expired)));
    assert_eq!(fault(GOOD_YEARS, "localhost", Some("Another region")), unknown);
    assert_eq!(fault(GOOD_YEARS, "localhost", Some("Region")), unknown);
    assert_eq!(fault(GOOD_YEARS, "region.test", None), Some(LinkFault::Tls(TlsFault::WrongName)));
}

#[test]
fn an_old_tls_is_not_spoken() {
    let ca = Ca::new("Region");
    let server =
        Server::start(&ca.leaf("localhost", GOOD_YEARS), &[&TLS12], |stream, _| reply(stream, "200 OK", b""));
    let link = link_to(&ca, server.address.port(), PATIENCE, &september());
    assert!(matches!(link.post_exchange(Vec::new()), Err(LinkFault::Tls(TlsFault::Other(_)))));
}

/// The whole thread of a station over real HTTPS, up to the last event.
#[test]
fn a_station_delivers() {
    let region = Mutex::new(Region::with_items(500));
    let (mut link, _server) = pair(PATIENCE, move |stream, seen| {
        reply(stream, "200 OK", &region.lock().unwrap().answer(&seen.body))
    });
    let (nudge, nudges) = channel();
    let (told, results) = channel();
    let thread = thread::spawn(move || {
        let mut station = Station::with_events(1_000);
        let keys: Keys = world::keys();
        drive(
            Pace::default(),
            &mut link,
            &mut station,
            &keys,
            &nudges,
            || 0,
            |_, result| {
                told.send(result.as_ref().is_ok()).unwrap();
            },
        );
        station
    });
    nudge.send(Nudge::Recorded).unwrap();
    // 64, 128, 256, 512, 40 events.
    for _ in 0..5 {
        assert!(results.recv_timeout(Duration::from_secs(20)).unwrap());
    }
    drop(nudge);
    let station = thread.join().unwrap();
    assert_eq!((station.acked.0, station.items.len()), (1_000, 500));
}

fn files(answer: impl Fn(&mut Stream, &Seen) -> bool + Send + Sync + 'static) -> (Files, Server) {
    let ca = Ca::new("Region");
    let server = Server::start(&ca.leaf("localhost", GOOD_YEARS), &[&TLS13], answer);
    let url = format!("https://localhost:{}/updates/", server.address.port());
    let settings = Settings { url, trust: Trust::Ca(ca.pem()), patience: PATIENCE };
    (Files::new(&settings, &september()).unwrap(), server)
}

#[test]
fn a_file_is_read_on_from_where_it_was() {
    let (files, server) = files(|stream, seen| match seen.head[0].as_str() {
        "GET /updates/ranges HTTP/1.1" => {
            reply(stream, "206 Partial Content\r\ncontent-range: bytes 3-7/8", b"34567")
        }
        "GET /updates/other HTTP/1.1" => {
            reply(stream, "206 Partial Content\r\ncontent-range: bytes 0-7/8", b"01234567")
        }
        _ => reply(stream, "200 OK", b"01234567"),
    });
    let rest = |name: &str, from: u64, len: u64| {
        let mut kept = Vec::new();
        let keep = &mut |piece: &[u8]| {
            kept.extend_from_slice(piece);
            Ok(())
        };
        files.rest(name, from, len, keep).map_err(|fault| fault.to_string()).map(|()| kept)
    };
    assert_eq!(rest("ranges", 3, 8).unwrap(), b"34567");
    assert!(server.log.lock().unwrap().requests[0].head.contains(&"range: bytes=3-".to_owned()));
    assert_eq!(rest("whole", 0, 8).unwrap(), b"01234567");
    assert_eq!(rest("whole", 3, 8).unwrap(), b"34567", "a server without ranges sends all");
    assert_eq!(rest("whole", 0, 9).unwrap_err(), LinkFault::Torn { reached: Reached::Answer }.to_string());
    assert_eq!(rest("whole", 0, 7).unwrap_err(), LinkFault::TooLong { limit: 7 }.to_string());
    assert_eq!(rest("other", 3, 8).unwrap_err(), LinkFault::Status(206).to_string());
    assert_eq!(files.whole("whole", 8).unwrap(), b"01234567");
    assert_eq!(files.whole("whole", 7), Err(LinkFault::TooLong { limit: 7 }));
    let full = &mut |_: &[u8]| Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
    assert!(matches!(files.rest("whole", 0, 8, full), Err(FileFault::Keep(_))));
}
