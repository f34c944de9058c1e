//! What can go wrong with a call, and how far it had come by then.

use exchange::wire::WireError;

/// Why a link brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// The region's name could not be looked up: no network, or no name server.
    #[error("the region's name could not be looked up; is the network cable in, is Wi-Fi on?")]
    NameNotFound,
    /// Nobody listens there, or there is no way to that network.
    #[error("the region's machine cannot be reached")]
    Unreachable,
    /// The connection cannot be trusted.
    #[error("the connection is not to be trusted: {0}")]
    Tls(TlsFault),
    /// No connection within the time allowed.
    #[error("the region did not take the call in time")]
    ConnectTimeout,
    /// The connection stands, but nothing came for too long.
    #[error("the region, or the link, fell silent")]
    Stalled {
        /// How far the call had come.
        reached: Reached,
    },
    /// The connection broke.
    #[error("the connection broke off")]
    Torn {
        /// How far the call had come.
        reached: Reached,
    },
    /// Something answered, with an HTTP status other than 200.
    #[error("the answer was HTTP status {0}")]
    Status(u16),
    /// Something sends us elsewhere: the page of a Wi-Fi that wants a login, or a moved region. It is not followed.
    #[error(
        "something on the way sends the station elsewhere (HTTP status {0}); does the Wi-Fi want a login?"
    )]
    Redirect(u16),
    /// The answer is longer than an answer may be.
    #[error("the answer is longer than {limit} bytes")]
    TooLong {
        /// The limit in bytes.
        limit: usize,
    },
}

/// What is wrong with a connection's security.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsFault {
    /// The region's certificate has run out.
    #[error("the region's certificate has run out")]
    Expired,
    /// The region's certificate is not valid yet: is the station's clock behind?
    #[error("the region's certificate is not valid yet; is the station's clock behind?")]
    NotYetValid,
    /// Nobody the station trusts has signed the region's certificate.
    #[error("the certificate is signed by nobody this station trusts")]
    UnknownIssuer,
    /// The certificate is for another name.
    #[error("the certificate is for another name")]
    WrongName,
    /// Something else, in the words of the TLS library.
    #[error("{0}")]
    Other(String),
}

/// How far a call had come when it failed. The next call is made smaller where size may have been the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// No connection was made.
    Nothing,
    /// A connection stood; whether the region has the request is not known.
    Region,
    /// The answer had begun to arrive.
    Answer,
}

impl LinkFault {
    /// How far the call had come.
    pub fn reached(&self) -> Reached {
        match self {
            LinkFault::NameNotFound
            | LinkFault::Unreachable
            | LinkFault::Tls(_)
            | LinkFault::ConnectTimeout => Reached::Nothing,
            LinkFault::Stalled { reached } | LinkFault::Torn { reached } => *reached,
            // Some machines on the way say "too large" with a status of their own invention.
            LinkFault::Status(_) | LinkFault::Redirect(_) => Reached::Region,
            LinkFault::TooLong { .. } => Reached::Answer,
        }
    }
}

/// Why a call came to nothing. `E` is the station's own fault, such as a full disk.
#[derive(Debug, thiserror::Error)]
pub enum CallFault<E: std::error::Error + 'static> {
    /// The link brought no answer.
    #[error(transparent)]
    Link(#[from] LinkFault),
    /// What came is no answer of this region to this station.
    #[error("what came is no answer of the region: {0}")]
    Message(#[from] WireError),
    /// The station could not make its request, or could not keep the answer.
    #[error("the station could not {doing}: {fault}")]
    Outbox {
        /// What it was at.
        doing: &'static str,
        /// Its own fault.
        fault: E,
    },
}

impl<E: std::error::Error + 'static> CallFault<E> {
    /// How far the call had come.
    pub fn reached(&self) -> Reached {
        match self {
            CallFault::Link(fault) => fault.reached(),
            CallFault::Message(_) => Reached::Region,
            CallFault::Outbox { .. } => Reached::Nothing,
        }
    }
}
