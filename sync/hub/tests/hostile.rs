//! What strangers send over TLS: refused, counted, told in words, and nobody else is kept waiting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use common::{Region, SCHOOL, heard, lent, little_school, returned};
use exchange::wire::{self, Encoding, SecretKey};
use exchange::{Seq, Standing, StationId};
use hub::server::Limits;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A number of `/metrics`.
fn number(metrics: &str, name: &str) -> u64 {
    let line = metrics.lines().find(|line| line.starts_with(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("no {name}")).rsplit(' ').next().unwrap().parse().unwrap()
}

fn refused(region: &Region, reason: &str) -> u64 {
    number(&region.metrics(), &format!("oqyrman_ingest_refused_total{{reason=\"{reason}\"}}"))
}

#[test]
fn replayed_forged_and_borrowed_messages_move_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let other = region.hub.with(|store| hub::add_school(store, "№ 34 мектеп", common::NOON_S)).unwrap();
    let (ours, theirs) = (region.join(1), region.join(2));
    // The second station is another school's.
    let stranger = SecretKey::from_seed([3; 32]);
    region.ask(&stranger, "CDFG3333", None);
    region.hub.with(|store| store.approve(other, "CDFG3333", "somebody", common::now_s())).unwrap();

    let acts = [lent(1, "000123"), returned("000123"), lent(2, "000124")];
    let request = ours.request(&[], &acts);
    assert_eq!(region.exchange(&ours, &request).unwrap().stored_upto, Seq(3));
    let counts = region.hub.with(|store| store.counts(SCHOOL)).unwrap();
    for _ in 0..3 {
        let answer = region.exchange(&ours, &request).unwrap();
        assert_eq!((answer.stored_upto, answer.standing), (Seq(3), Standing::Good));
    }
    assert_eq!(region.hub.with(|store| store.counts(SCHOOL)).unwrap(), counts, "a replay is nothing new");

    // Signed by another station of the school, by one of another school, by nobody known.
    let next = ours.request(&acts, &[returned("000124")]);
    for key in [&theirs.key, &stranger, &SecretKey::from_seed([9; 32])] {
        let forged = wire::seal_request(&next, key, Encoding::Columns);
        let (status, words) = region.post("/x", forged);
        assert_eq!(
            (status, String::from_utf8(words).unwrap().as_str()),
            (403, "the signature does not fit the message")
        );
    }
    // Bytes that were changed on their way, anywhere.
    let sealed = wire::seal_request(&next, &ours.key, Encoding::Columns);
    for place in (0..sealed.len()).step_by(7) {
        let mut bent = sealed.clone();
        bent[place] ^= 0x10;
        let status = region.post("/x", bent).0;
        assert!(status == 400 || status == 403, "{place}: {status}");
    }
    let mut unknown = next.clone();
    unknown.station = StationId(77);
    let sealed = wire::seal_request(&unknown, &ours.key, Encoding::Json);
    assert_eq!(region.post("/x", sealed).0, 403);
    assert_eq!(region.hub.with(|store| store.counts(SCHOOL)).unwrap(), counts);
    assert!(refused(&region, "signature") >= 3 && refused(&region, "unknown_station") >= 1);

    // Another history under known numbers is set aside and told, and the true one goes on.
    let rewritten = ours.request(&[], &[lent(2, "000125"), lent(1, "000124")]);
    assert!(matches!(region.exchange(&ours, &rewritten).unwrap().standing, Standing::Forked { .. }));
    assert_eq!(region.hub.with(|store| store.counts(SCHOOL)).unwrap(), counts);
}

#[test]
fn bodies_that_are_nothing_are_told_so() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    for body in [&b""[..], b"<html>", b"{", b"OQ", &[0; 64], &[0xff; 4_000], "{\"oqyrman\":1}".as_bytes()] {
        assert_eq!(region.post("/x", body.to_vec()).0, 400, "{body:?}");
        assert_eq!(region.post("/enrol", body.to_vec()).0, 400, "{body:?}");
    }
    let deep = format!("{{\"oqyrman\":{}", "[".repeat(1_000_000)).into_bytes();
    assert_eq!(region.post("/x", deep.clone()).0, 400);
    assert_eq!(region.post("/enrol", deep[..4_096].to_vec()).0, 400);
    assert_eq!(region.post("/enrol", deep).0, 413);
    // A length that is only claimed is refused before a byte of it is waited for.
    let head = "POST /x HTTP/1.1\r\nHost: region\r\nContent-Length: 99999999999\r\nConnection: close\r\n\r\n";
    assert!(region.say(head.as_bytes()).starts_with("HTTP/1.1 413"));
    for head in [
        "POST /x HTTP/1.1\r\nHost: region\r\nContent-Length: -1\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: region\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "POST /x HTTP/1.1\r\nHost: region\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\0\0\0\0\r\n\r\n",
    ] {
        let heard = region.say(head.as_bytes());
        assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 4"), "{heard}");
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: region\r\n\r\n", "x".repeat(1_000_000));
    let heard = region.say(long.as_bytes());
    assert!(heard.is_empty() || heard.starts_with("HTTP/1.1 4"), "{heard}");
    // Not TLS at all.
    let mut plain = TcpStream::connect(region.address).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(!common::heard(&mut plain).contains("HTTP/1.1 200"));
    assert_eq!(region.get("/api/v1/openapi.json", "").0, 200, "the region serves on");
}

fn hasty() -> Limits {
    Limits {
        connections: 16,
        of_one_address: 8,
        head: Duration::from_millis(700),
        pause: Duration::from_millis(700),
        body: Duration::from_millis(2_500),
    }
}

#[test]
fn who_sends_drop_by_drop_is_cut_off() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::within(dir.path(), hasty());
    let begun = Instant::now();
    // Nothing after the handshake; half a head; a body that never comes; a form that never comes.
    assert_eq!(region.say(b"GET").as_str(), "");
    let half = region.say(b"GET / HTTP/1.1\r\nHost: region\r\nX-Slow: ");
    assert!(half.is_empty() || half.starts_with("HTTP/1.1 408"), "{half}");
    for path in ["/x", "/enrol", "/sign-in", "/api/v1/schools/1/patrons/1"] {
        let method = if path.starts_with("/api") { "PUT" } else { "POST" };
        let kind = "application/x-www-form-urlencoded";
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: region\r\nContent-Type: {kind}\r\nContent-Length: 100\r\n\r\nabc"
        );
        let heard = region.say(head.as_bytes());
        assert!(heard.starts_with("HTTP/1.1 4"), "{path}: {heard}");
    }
    // One byte now and then is not enough either: the whole has its time as well.
    let mut stream = region.raw();
    stream.write_all(b"POST /x HTTP/1.1\r\nHost: region\r\nContent-Length: 1000\r\n\r\n").unwrap();
    let drops = Instant::now();
    while stream.write_all(b"x").and_then(|()| stream.flush()).is_ok()
        && drops.elapsed() < Duration::from_secs(20)
    {
        std::thread::sleep(Duration::from_millis(200));
        stream.sock.set_read_timeout(Some(Duration::from_millis(10))).unwrap();
        let mut answer = [0; 64];
        if let Ok(read) = stream.read(&mut answer)
            && read > 0
        {
            assert!(answer.starts_with(b"HTTP/1.1 408"));
            break;
        }
    }
    assert!(drops.elapsed() < Duration::from_secs(20), "never cut off");
    assert!(begun.elapsed() < Duration::from_secs(60));
    assert!(refused(&region, "too_slow") >= 2);
}

#[test]
fn one_address_does_not_get_all_connections() {
    let dir = tempfile::tempdir().unwrap();
    let limits = Limits { head: Duration::from_secs(30), ..hasty() };
    let region = Region::within(dir.path(), limits);
    // As many as one address may have, all idle after the handshake's first bytes.
    let idle: Vec<TcpStream> = (0..8).map(|_| TcpStream::connect(region.address).unwrap()).collect();
    let mut more = TcpStream::connect(region.address).unwrap();
    more.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(heard(&mut more), "", "one more is closed at once");
    drop(idle);
    // Once they are gone, it may again.
    let begun = Instant::now();
    loop {
        let answer = region.client().get(format!("https://{}/health", region.address)).send();
        if answer.is_ok_and(|answer| answer.status() == 200) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "never served again");
    }
    assert!(number(&region.metrics(), "oqyrman_connections_turned_away_total") >= 1);
}

/// Reads the exposition format 0.0.4: every sample has its type before it, no name stands twice with the same labels, a
/// histogram's buckets rise and end in its count.
fn check_exposition(text: &str) {
    use std::collections::{BTreeMap, BTreeSet};
    let mut types: BTreeMap<&str, &str> = BTreeMap::new();
    let (mut helped, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut buckets: BTreeMap<&str, Vec<(f64, u64)>> = BTreeMap::new();
    let is_name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
    };
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(helped.insert(name) && help.ends_with('.'), "{line}");
            continue;
        }
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, sort) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&sort), "{line}");
            assert!(is_name(name) && helped.contains(name) && types.insert(name, sort).is_none(), "{line}");
            // Names by the conventions: counters end in _total, and only they.
            assert_eq!(sort == "counter", name.ends_with("_total"), "{line}");
            continue;
        }
        assert!(!line.starts_with('#') && !line.is_empty(), "{line}");
        let (series, value) = line.rsplit_once(' ').unwrap();
        let value: f64 = value.parse().unwrap();
        assert!(value >= 0.0 && seen.insert(series), "{line}");
        let (name, labels) = match series.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
            None => (series, ""),
        };
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let (label, value) = label.split_once('=').unwrap();
            assert!(
                is_name(label) && value.starts_with('"') && value.ends_with('"') && value.len() > 2,
                "{line}"
            );
        }
        let base = ["_bucket", "_sum", "_count"]
            .iter()
            .find_map(|end| name.strip_suffix(end).filter(|base| types.get(base) == Some(&"histogram")));
        assert!(types.contains_key(base.unwrap_or(name)), "no type before {line}");
        if name.ends_with("_bucket") {
            let end = labels.strip_prefix("le=\"").unwrap().strip_suffix('"').unwrap();
            let end = if end == "+Inf" { f64::INFINITY } else { end.parse().unwrap() };
            buckets.entry(base.unwrap()).or_default().push((end, value as u64));
        }
        if name.ends_with("_count")
            && let Some(base) = base
        {
            let buckets = &buckets[base];
            assert!(buckets.is_sorted_by(|one, next| one.0 < next.0 && one.1 <= next.1), "{buckets:?}");
            assert_eq!(buckets.last().unwrap(), &(f64::INFINITY, value as u64));
        }
    }
    assert!(types.len() >= 18, "{types:?}");
}

#[test]
fn the_numbers_are_what_prometheus_reads_and_name_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let region = Region::start(dir.path());
    region.save(little_school());
    let station = region.join(1);
    for _ in 0..3 {
        region.exchange(&station, &station.request(&[], &[lent(1, "000123")])).unwrap();
    }
    region.post("/x", b"<html>".to_vec());
    assert_eq!(region.get("/api/v1/schools", "guessed").0, 401);
    let text = region.metrics();
    check_exposition(&text);
    assert_eq!(number(&text, "oqyrman_ingest_messages_total"), 3);
    assert_eq!(number(&text, "oqyrman_ingest_seconds_count"), 3);
    assert_eq!(number(&text, "oqyrman_ingest_refused_total{reason=\"not_a_message\"}"), 1);
    assert_eq!(number(&text, "oqyrman_http_answers_total{door=\"exchange\",class=\"2xx\"}"), 3);
    assert_eq!(number(&text, "oqyrman_http_answers_total{door=\"exchange\",class=\"4xx\"}"), 1);
    assert_eq!(number(&text, "oqyrman_http_answers_total{door=\"api\",class=\"4xx\"}"), 1);
    assert!(number(&text, "oqyrman_ingest_bytes_total") > 300);
    assert!(number(&text, "process_resident_memory_bytes") > 1_000_000);
    let began_s: u64 = number(&text, "process_start_time_seconds");
    assert!(began_s.abs_diff(common::now_s().cast_unsigned()) < 3_600);
    for word in ["мектеп", "Аружан", "000123", "зал"] {
        assert!(!text.contains(word), "{word}");
    }
    let url = format!("https://{}/metrics", region.address);
    assert_eq!(region.client().get(&url).send().unwrap().status(), 401);
    assert_eq!(region.client().get(&url).bearer_auth("guessed").send().unwrap().status(), 401);
}
