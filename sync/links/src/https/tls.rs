//! How the region's certificate is checked.

use super::{SetupFault, TimeFloor};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// Whose word is taken for the region's certificate.
#[derive(Debug, Clone)]
pub enum Trust {
    /// The region's own certificate authority and nobody else: the text of a PEM file.
    Ca(Vec<u8>),
    /// The certificate authorities of the web, as Mozilla lists them.
    WebRoots,
}

/// A client without a certificate of its own (requests are signed), with session resumption, at the floor's time.
pub(crate) fn client_config(trust: &Trust, floor: &TimeFloor) -> Result<ClientConfig, SetupFault> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_details(provider, Arc::new(floor.clone()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|fault| SetupFault::Client(fault.to_string()))?
        .with_root_certificates(roots(trust)?)
        .with_no_client_auth();
    Ok(config)
}

fn roots(trust: &Trust) -> Result<RootCertStore, SetupFault> {
    let mut store = RootCertStore::empty();
    match trust {
        Trust::WebRoots => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Trust::Ca(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|fault| SetupFault::Ca(fault.to_string()))?;
                store.add(certificate).map_err(|fault| SetupFault::Ca(fault.to_string()))?;
            }
            if store.is_empty() {
                return Err(SetupFault::Ca("there is no certificate in it".into()));
            }
        }
    }
    Ok(store)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_a_certificate_is_named_as_such() {
        for pem in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let fault = client_config(&Trust::Ca(pem.into()), &TimeFloor::new(0)).unwrap_err();
            assert!(matches!(fault, SetupFault::Ca(_)), "{pem}: {fault}");
        }
    }

    #[test]
    fn the_web_has_roots() {
        assert!(client_config(&Trust::WebRoots, &TimeFloor::new(0)).is_ok());
    }
}
