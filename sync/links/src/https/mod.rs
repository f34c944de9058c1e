//! The HTTPS link: a blocking client that carries bytes to one region and back, and files from a web server. It decides
//! nothing.
//!
//! Invariants:
//! - TLS 1.3 only, and only to a certificate that the region's own CA or the web's roots vouch for, at a time that is
//!   never before the time floor. There is no way to switch the check off.
//! - Redirects are not followed, proxies of the environment are not used, nothing is retried behind the caller's back.
//! - One connection is kept while chunks flow. A transfer is given up when it stands still, not because it is slow.

pub(crate) mod classify;
mod clock;
mod files;
pub(crate) mod tls;

pub use clock::TimeFloor;
pub use files::{FileFault, Files};
pub use tls::Trust;

use crate::{CallFault, Link, LinkFault, Reached};
use exchange::enrol::{EnrolAnswer, EnrolRequest};
use exchange::wire::{self, SecretKey};
use reqwest::blocking::{Client, Response};
use reqwest::redirect;
use std::convert::Infallible;
use std::time::{Duration, Instant};

/// Longest answer that is read, in bytes.
pub const MAX_ANSWER_LEN: usize = 4 << 20;

/// How long a connection may stay unused before it is closed.
const IDLE: Duration = Duration::from_secs(15);

/// How to reach a region.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the region listens, such as `https://region.example.kz` or `https://example.kz/library`.
    pub url: String,
    /// Whom to trust.
    pub trust: Trust,
    /// How long to be patient.
    pub patience: Patience,
}

/// How long to be patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection, name look-up and TLS handshake included.
    pub connect_ms: u64,
    /// From the start of the request to the head of the answer, and then between any two pieces of it.
    pub stall_ms: u64,
    /// For the whole call. It guards against an answer that drips for ever.
    pub total_ms: u64,
}

impl Default for Patience {
    /// For a satellite at 600 ms and a line of 9.6 kbit/s, on which 64 kB take a minute and 256 kB four.
    fn default() -> Patience {
        Patience { connect_ms: 30_000, stall_ms: 60_000, total_ms: 900_000 }
    }
}

/// Why a link cannot be set up. It is a matter of configuration: trying again does not help.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupFault {
    /// The address is no `https://` URL.
    #[error("`{0}` is no address of a region; it should look like https://region.example.kz")]
    Url(String),
    /// The address of a library system is no `host:port`.
    #[error("`{0}` is no address of a library system; it should look like library.example.kz:6001")]
    Address(String),
    /// The CA's file holds no certificate in PEM form, or a damaged one.
    #[error(
        "the region's CA certificate cannot be read: {0}; it should be a PEM file with BEGIN CERTIFICATE"
    )]
    Ca(String),
    /// The HTTP or TLS library refused to start.
    #[error("the HTTPS client could not be set up: {0}")]
    Client(String),
}

/// The link.
#[derive(Debug)]
pub struct Https {
    client: Client,
    exchange_url: String,
    enrol_url: String,
    patience: Patience,
}

impl Https {
    /// Sets the link up; nothing is sent yet. `floor` is shared with the station, which raises it as it learns the time.
    ///
    /// # Errors
    /// [`SetupFault`].
    pub fn new(settings: &Settings, floor: &TimeFloor) -> Result<Https, SetupFault> {
        let base = base_url(&settings.url)?;
        let client = client(settings, floor)?;
        Ok(Https {
            client,
            exchange_url: format!("{base}/x"),
            enrol_url: format!("{base}/enrol"),
            patience: settings.patience,
        })
    }

    /// Sends a sealed request to `/x` and brings what was answered with status 200.
    ///
    /// # Errors
    /// [`LinkFault`].
    pub fn post_exchange(&self, request: Vec<u8>) -> Result<Vec<u8>, LinkFault> {
        self.post(&self.exchange_url, request)
    }

    /// Asks at `/enrol` whether this station may join. `key` is the secret half of `request.key`.
    ///
    /// # Errors
    /// [`CallFault::Link`] or [`CallFault::Message`].
    pub fn enrol(
        &self,
        request: &EnrolRequest,
        key: &SecretKey,
    ) -> Result<EnrolAnswer, CallFault<Infallible>> {
        let bytes = self.post(&self.enrol_url, wire::seal_enrol(request, key))?;
        Ok(wire::decode_enrol_answer(&bytes)?)
    }

    fn post(&self, url: &str, body: Vec<u8>) -> Result<Vec<u8>, LinkFault> {
        let deadline = Instant::now() + Duration::from_millis(self.patience.total_ms);
        let response = self
            .client
            .post(url)
            .body(body)
            .send()
            .map_err(|fault| classify::reqwest(&fault, Reached::Region))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(LinkFault::Redirect(status.as_u16()));
        }
        if status != reqwest::StatusCode::OK {
            return Err(LinkFault::Status(status.as_u16()));
        }
        read_body(response, deadline)
    }
}

impl Link for Https {
    fn exchange(&mut self, request: Vec<u8>) -> Result<Vec<u8>, LinkFault> {
        self.post_exchange(request)
    }
}

/// Reads an answer as it comes, up to the longest there is.
fn read_body(response: Response, deadline: Instant) -> Result<Vec<u8>, LinkFault> {
    let too_long = || LinkFault::TooLong { limit: MAX_ANSWER_LEN };
    let announced = response.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |len| len > MAX_ANSWER_LEN) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    files::pieces(response, Some(deadline), |piece| {
        if body.len() + piece.len() > MAX_ANSWER_LEN {
            return Err(too_long());
        }
        body.extend_from_slice(piece);
        Ok(())
    })?;
    Ok(body)
}

fn client(settings: &Settings, floor: &TimeFloor) -> Result<Client, SetupFault> {
    let tls = tls::client_config(&settings.trust, floor)?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(true)
        .http1_only()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .tcp_nodelay(true)
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(IDLE)
        .connect_timeout(Duration::from_millis(settings.patience.connect_ms))
        // For a blocking client this is the time until the head of the answer, and then for each piece read.
        .timeout(Duration::from_millis(settings.patience.stall_ms))
        .build()
        .map_err(|fault| SetupFault::Client(fault.to_string()))
}

/// The host and the port of an `https://` address; `None` if it is none.
#[must_use]
pub fn host_and_port(url: &str) -> Option<(String, u16)> {
    let parsed = reqwest::Url::parse(base_url(url).ok()?).ok()?;
    Some((parsed.host_str()?.to_owned(), parsed.port_or_known_default()?))
}

fn base_url(url: &str) -> Result<&str, SetupFault> {
    let wrong = || SetupFault::Url(url.to_owned());
    let parsed = reqwest::Url::parse(url).map_err(|_| wrong())?;
    let plain = parsed.query().is_none() && parsed.fragment().is_none() && parsed.username().is_empty();
    if parsed.scheme() == "https" && parsed.has_host() && plain {
        Ok(url.trim_end_matches('/'))
    } else {
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        assert_eq!(base_url("https://region.example.kz"), Ok("https://region.example.kz"));
        assert_eq!(base_url("https://10.0.0.7:8443/library/"), Ok("https://10.0.0.7:8443/library"));
        for wrong in [
            "",
            "region.example.kz",
            "http://region.example.kz",
            "https://",
            "https://a.kz/?b",
            "https://u:p@a.kz",
        ] {
            assert_eq!(base_url(wrong), Err(SetupFault::Url(wrong.into())), "{wrong}");
            assert_eq!(host_and_port(wrong), None, "{wrong}");
        }
        assert_eq!(
            host_and_port("https://region.example.kz/library"),
            Some(("region.example.kz".into(), 443))
        );
        assert_eq!(host_and_port("https://[::1]:8443"), Some(("[::1]".into(), 8443)));
    }
}
