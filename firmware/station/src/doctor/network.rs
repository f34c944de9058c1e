//! Whether the region is there: its name, its certificate, an answer. Slow where there is no network, so only for a command.

use super::LinkFacts;
use crate::config::Config;
use links::https::{Patience, TimeFloor, host_and_port};
use links::{Https, LinkFault};
use std::net::ToSocketAddrs;
use std::sync::mpsc::channel;
use std::time::Duration;

/// How long each step may take, in milliseconds.
const PATIENCE_MS: u64 = 10_000;

/// Calls the region once, with a request that means nothing: any answer is one. `None` where no region is configured.
/// Certificates are checked against no earlier time than `floor_s`.
#[must_use]
pub fn look(config: &Config, floor_s: i64) -> Option<LinkFacts> {
    let region = config.region.as_ref()?;
    let patience = Patience { connect_ms: PATIENCE_MS, stall_ms: PATIENCE_MS, total_ms: 2 * PATIENCE_MS };
    let settings = links::https::Settings { patience, ..region.link.clone() };
    let name = name_found(&region.link.url);
    let call = match Https::new(&settings, &TimeFloor::new(floor_s)) {
        Ok(link) => match link.post_exchange(Vec::new()) {
            // It is there: it does not take a request without content.
            Ok(_) | Err(LinkFault::Status(_)) => Ok(()),
            Err(fault) => Err(fault),
        },
        Err(_) => Err(LinkFault::Unreachable),
    };
    Some(LinkFacts { name, call })
}

/// Looks the host of an address up. The system's resolver may hang, so it is waited for no longer than a moment.
fn name_found(url: &str) -> Result<(), String> {
    let Some((host, port)) = host_and_port(url) else { return Err("the address has no name".into()) };
    let place = format!("{host}:{port}");
    let (found, hear) = channel();
    let look = move || drop(found.send(place.to_socket_addrs().map(|addresses| addresses.count())));
    if std::thread::Builder::new().name("resolve".into()).spawn(look).is_err() {
        return Err("the system gives no thread".into());
    }
    match hear.recv_timeout(Duration::from_millis(PATIENCE_MS)) {
        Ok(Ok(1..)) => Ok(()),
        Ok(Ok(0)) => Err("the name has no address".into()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no name server answers".into()),
    }
}
