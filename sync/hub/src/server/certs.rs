//! The region's own certificate authority. Stations trust `hub-ca.pem` and nothing else; the server makes itself a fresh
//! certificate from it at each start, so that there is none to renew.

use crate::hub::{InitFault, write_secret};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What stations trust, in PEM.
pub const CA_FILE: &str = "hub-ca.pem";

const CA_KEY_FILE: &str = "hub-ca.key";

/// Certificates are valid from here on: a station whose clock has never been set believes its build date, which is later.
const VALID_FROM: (i32, u8, u8) = (2026, 1, 1);

/// The authority outlives the hardware.
const VALID_TO_YEAR: i32 = 2056;

/// Sessions the server remembers, so that a station's next connection is short (RFC 8446, 2.2).
const SESSIONS: usize = 20_000;

/// Why there are no certificates.
#[derive(Debug, thiserror::Error)]
pub enum CertFault {
    /// The authority's key cannot be read.
    #[error("{path}: the key of the region's certificate authority cannot be read: {why}")]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A certificate cannot be made.
    #[error("the server's certificate cannot be made: {0}")]
    Make(String),
}

fn make(fault: impl std::fmt::Display) -> CertFault {
    CertFault::Make(fault.to_string())
}

/// Makes the authority of a new region in `dir`.
///
/// # Errors
/// [`InitFault`].
pub fn make_ca(dir: &Path, school: &str) -> Result<(), InitFault> {
    let key = KeyPair::generate().map_err(make)?;
    let certificate = ca_params(school).self_signed(&key).map_err(make)?;
    write_secret(&dir.join(CA_KEY_FILE), key.serialize_pem().as_bytes())?;
    let path = dir.join(CA_FILE);
    std::fs::write(&path, certificate.pem()).map_err(|fault| InitFault::File { path, fault })
}

/// TLS 1.3 with a fresh certificate for `names`: host names and addresses. `school` is what the region was made with.
///
/// # Errors
/// [`CertFault`].
pub fn server_config(dir: &Path, school: &str, names: &[String]) -> Result<ServerConfig, CertFault> {
    let path = dir.join(CA_KEY_FILE);
    let pem = std::fs::read_to_string(&path)
        .map_err(|fault| CertFault::Key { path: path.clone(), why: fault.to_string() })?;
    let ca_key = KeyPair::from_pem(&pem).map_err(|fault| CertFault::Key { path, why: fault.to_string() })?;
    let issuer = Issuer::new(ca_params(school), ca_key);
    let mut params = CertificateParams::new(names.to_vec()).map_err(make)?;
    params.distinguished_name.push(DnType::CommonName, "oqyrman-hub");
    set_validity(&mut params);
    let key = KeyPair::generate().map_err(make)?;
    let certificate = params.signed_by(&key, &issuer).map_err(make)?;
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(make)?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .map_err(make)?;
    // A ticket that names a remembered session is a third as long as one that carries it; one is enough.
    config.session_storage = rustls::server::ServerSessionMemoryCache::new(SESSIONS);
    config.send_tls13_tickets = 1;
    Ok(config)
}

/// Names under which a server on this address is reached without anybody saying so.
pub fn own_names(address: IpAddr) -> Vec<String> {
    let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
    if !address.is_unspecified() && !address.is_loopback() {
        names.push(address.to_string());
    }
    let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if !host.is_empty() && !names.contains(&host) {
        names.push(host);
    }
    names
}

fn ca_params(school: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    // 64 characters are the most a common name may have (RFC 5280, ub-common-name).
    let name: String = format!("Oqyrman {school}").chars().take(64).collect();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    set_validity(&mut params);
    params
}

fn set_validity(params: &mut CertificateParams) {
    let (year, month, day) = VALID_FROM;
    params.not_before = date_time_ymd(year, month, day);
    params.not_after = date_time_ymd(VALID_TO_YEAR, month, day);
}
