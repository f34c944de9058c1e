//! From the HTTP library's errors to ours.

use crate::{LinkFault, Reached, TlsFault};
use rustls::CertificateError as Cert;
use std::error::Error;
use std::io;

/// What a failed request means. `reached` is how far the call had come, if a connection stood at all.
pub(super) fn reqwest(fault: &reqwest::Error, reached: Reached) -> LinkFault {
    if let Some(tls) = find::<rustls::Error>(fault) {
        return tls_fault(tls, reached);
    }
    if fault.is_dns() {
        LinkFault::NameNotFound
    } else if fault.is_connect() {
        if fault.is_timeout() { LinkFault::ConnectTimeout } else { LinkFault::Unreachable }
    } else if fault.is_timeout() {
        LinkFault::Stalled { reached }
    } else {
        LinkFault::Torn { reached }
    }
}

/// What a failed read of an answer means.
pub(super) fn io(fault: &io::Error, reached: Reached) -> LinkFault {
    match fault.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>()) {
        Some(inner) => reqwest(inner, reached),
        None if fault.kind() == io::ErrorKind::TimedOut => LinkFault::Stalled { reached },
        None => LinkFault::Torn { reached },
    }
}

/// The first error of type `E` among `fault` and what caused it. An [`io::Error`] hides what it wraps from
/// [`Error::source`], so it is opened.
pub(crate) fn find<'a, E: Error + 'static>(fault: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(fault);
    while let Some(fault) = next {
        if let Some(found) = fault.downcast_ref::<E>() {
            return Some(found);
        }
        next = match fault.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => fault.source(),
        };
    }
    None
}

pub(crate) fn tls_fault(fault: &rustls::Error, reached: Reached) -> LinkFault {
    let rustls::Error::InvalidCertificate(certificate) = fault else {
        return match reached {
            // A record that does not decrypt in the middle of an answer is damage on the way, not distrust.
            Reached::Answer => LinkFault::Torn { reached },
            Reached::Nothing | Reached::Region => LinkFault::Tls(TlsFault::Other(fault.to_string())),
        };
    };
    LinkFault::Tls(if matches!(certificate, Cert::Expired | Cert::ExpiredContext { .. }) {
        TlsFault::Expired
    } else if matches!(certificate, Cert::NotValidYet | Cert::NotValidYetContext { .. }) {
        TlsFault::NotYetValid
    } else if matches!(certificate, Cert::UnknownIssuer | Cert::BadSignature) {
        // A bad signature is that of another authority of the same name.
        TlsFault::UnknownIssuer
    } else if matches!(certificate, Cert::NotValidForName | Cert::NotValidForNameContext { .. }) {
        TlsFault::WrongName
    } else {
        TlsFault::Other(certificate.to_string())
    })
}
