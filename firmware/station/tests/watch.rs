//! What systemd is told: ready when the station lends, alive while every part moves, in words how it is, and that it stops.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

mod support;

use station::bench::kiosk::Kiosk;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};
use support::Station;

const PATIENCE: Duration = Duration::from_secs(30);

/// Systemd's ear.
struct Ear(UnixDatagram);

impl Ear {
    fn of(station: &Station) -> Ear {
        let ear = UnixDatagram::bind(station.path("notify")).unwrap();
        ear.set_read_timeout(Some(PATIENCE)).unwrap();
        Ear(ear)
    }

    /// Waits until this is heard; gives everything heard until then.
    fn wait(&self, wanted: &str) -> Vec<String> {
        let mut heard = Vec::new();
        loop {
            let mut buffer = [0; 4096];
            let len =
                self.0.recv(&mut buffer).unwrap_or_else(|error| panic!("{wanted}: {error}; heard {heard:?}"));
            let text = String::from_utf8(buffer[..len].to_vec()).unwrap();
            heard.extend(text.lines().map(str::to_owned));
            if heard.iter().any(|line| line.starts_with(wanted)) {
                return heard;
            }
        }
    }
}

fn start(station: &Station, watchdog_ms: u32) -> Kiosk {
    let mut command = station.command();
    command
        .env("NOTIFY_SOCKET", station.path("notify"))
        .env("WATCHDOG_USEC", (watchdog_ms * 1_000).to_string());
    command.env_remove("WATCHDOG_PID");
    Kiosk::start(&mut command, station.dir.path()).unwrap()
}

#[test]
fn it_is_told_how_the_station_is() {
    let station = Station::with_school();
    let ear = Ear::of(&station);
    let kiosk = start(&station, 800);
    assert_eq!(ear.wait("READY=1"), ["READY=1"], "nothing is told before");
    let heard = ear.wait("WATCHDOG=1");
    assert!(heard.iter().any(|line| line.starts_with("STATUS=lends; readers 1 of 1; ")), "{heard:?}");
    ear.wait("WATCHDOG=1");
    kiosk.stop().unwrap();
    ear.wait("STOPPING=1");
}

/// A station whose screen can no longer connect is no use: systemd is to start it anew.
#[test]
fn one_part_that_stands_still_is_named_and_the_watchdog_starves() {
    let station = Station::with_school();
    let ear = Ear::of(&station);
    let kiosk = start(&station, 800);
    ear.wait("WATCHDOG=1");
    std::fs::remove_file(station.path("screen.sock")).unwrap();
    let end = Instant::now() + PATIENCE;
    while !station.log().contains("the station stands still still=\"the screen's socket\"") {
        assert!(Instant::now() < end, "{}", station.log());
        std::thread::sleep(Duration::from_millis(20));
    }
    // Whatever was fed before is heard by now; from here on there are words, and no food.
    ear.0.set_nonblocking(true).unwrap();
    let mut buffer = [0; 4096];
    while ear.0.recv(&mut buffer).is_ok() {}
    ear.0.set_nonblocking(false).unwrap();
    let heard: Vec<String> = (0..3).flat_map(|_| ear.wait("STATUS=")).collect();
    assert!(!heard.contains(&"WATCHDOG=1".to_owned()), "{heard:?}");
    drop(kiosk);
}
