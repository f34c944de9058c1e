//! Bytes to a library system and back: TCP, or TLS around it. Decides nothing.

use crate::https::{SetupFault, TimeFloor, Trust, classify, tls};
use crate::{LinkFault, Reached, TlsFault};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A way to make connections.
pub trait Dial {
    /// What a connection is.
    type Line: Line;

    /// Makes a connection.
    ///
    /// # Errors
    /// [`LinkFault`].
    fn dial(&mut self) -> Result<Self::Line, LinkFault>;
}

/// A connection.
pub trait Line {
    /// Sends all of `bytes`, in one piece where the system allows that: some servers take one packet for one message.
    ///
    /// # Errors
    /// [`LinkFault`].
    fn say(&mut self, bytes: &[u8]) -> Result<(), LinkFault>;

    /// Waits at most `patience` for something to read; gives how many bytes of `into` it filled, at least one.
    ///
    /// # Errors
    /// [`LinkFault::Stalled`] if nothing came, [`LinkFault::Torn`] if the connection is gone.
    fn hear(&mut self, into: &mut [u8], patience: Duration) -> Result<usize, LinkFault>;

    /// Whether the other side has closed it meanwhile, as far as that can be known without sending.
    fn is_closed(&self) -> bool;
}

/// Whom to trust on the way.
#[derive(Debug, Clone)]
pub enum Trusting {
    /// Nobody is asked: plain TCP, inside the building or a tunnel.
    Plain,
    /// TLS to a server that these vouch for.
    Tls(Trust),
}

/// Where a library system listens.
#[derive(Debug, Clone)]
pub struct TcpDial {
    host: String,
    port: u16,
    connect: Duration,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

impl TcpDial {
    /// `address` is `host:port`. Certificates are checked against no earlier time than `floor`. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupFault`], with the address or the certificate's fault in it.
    pub fn new(
        address: &str,
        trusting: &Trusting,
        floor: &TimeFloor,
        connect: Duration,
    ) -> Result<TcpDial, SetupFault> {
        let (host, port) = address
            .rsplit_once(':')
            .and_then(|(host, port)| Some((host.trim_matches(['[', ']']), port.parse().ok()?)))
            .filter(|(host, port)| !host.is_empty() && *port != 0)
            .ok_or_else(|| SetupFault::Address(address.to_owned()))?;
        let tls = match trusting {
            Trusting::Plain => None,
            Trusting::Tls(trust) => {
                let name = ServerName::try_from(host.to_owned())
                    .map_err(|_| SetupFault::Address(address.to_owned()))?;
                Some((Arc::new(tls::client_config(trust, floor)?), name))
            }
        };
        Ok(TcpDial { host: host.to_owned(), port, connect, tls })
    }
}

impl Dial for TcpDial {
    type Line = Tcp;

    fn dial(&mut self) -> Result<Tcp, LinkFault> {
        let addresses =
            (self.host.as_str(), self.port).to_socket_addrs().map_err(|_| LinkFault::NameNotFound)?;
        let mut fault = LinkFault::NameNotFound;
        for address in addresses {
            match TcpStream::connect_timeout(&address, self.connect) {
                Ok(stream) => return self.secured(stream),
                Err(error) => fault = refused(&error),
            }
        }
        Err(fault)
    }
}

impl TcpDial {
    fn secured(&self, stream: TcpStream) -> Result<Tcp, LinkFault> {
        stream
            .set_nodelay(true)
            .and_then(|()| stream.set_write_timeout(Some(self.connect)))
            .and_then(|()| stream.set_read_timeout(Some(self.connect)))
            .map_err(|_| LinkFault::Torn { reached: Reached::Nothing })?;
        let Some((config, name)) = &self.tls else { return Ok(Tcp::Plain(stream)) };
        let connection = ClientConnection::new(Arc::clone(config), name.clone())
            .map_err(|fault| classify::tls_fault(&fault, Reached::Nothing))?;
        let mut stream = StreamOwned::new(connection, stream);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|fault| {
                match classify::find::<rustls::Error>(&fault) {
                    Some(fault) => classify::tls_fault(fault, Reached::Nothing),
                    None if is_timeout(&fault) => LinkFault::ConnectTimeout,
                    None => LinkFault::Tls(TlsFault::Other("no TLS is spoken there".into())),
                }
            })?;
        }
        Ok(Tcp::Tls(Box::new(stream)))
    }
}

/// A connection to a library system.
#[derive(Debug)]
pub enum Tcp {
    /// As it is.
    Plain(TcpStream),
    /// Sealed.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Tcp {
    fn stream(&self) -> &TcpStream {
        match self {
            Tcp::Plain(stream) => stream,
            Tcp::Tls(tls) => &tls.sock,
        }
    }
}

impl Line for Tcp {
    fn say(&mut self, bytes: &[u8]) -> Result<(), LinkFault> {
        let said = match self {
            Tcp::Plain(stream) => stream.write_all(bytes),
            Tcp::Tls(tls) => tls.write_all(bytes).and_then(|()| tls.flush()),
        };
        said.map_err(|_| LinkFault::Torn { reached: Reached::Region })
    }

    fn hear(&mut self, into: &mut [u8], patience: Duration) -> Result<usize, LinkFault> {
        let until = Instant::now() + patience;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || self.stream().set_read_timeout(Some(left)).is_err() {
                return Err(LinkFault::Stalled { reached: Reached::Region });
            }
            let heard = match self {
                Tcp::Plain(stream) => stream.read(into),
                Tcp::Tls(tls) => tls.read(into),
            };
            match heard {
                Ok(0) => return Err(LinkFault::Torn { reached: Reached::Region }),
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted || is_timeout(&error) => {}
                Err(_) => return Err(LinkFault::Torn { reached: Reached::Region }),
            }
        }
    }

    fn is_closed(&self) -> bool {
        let stream = self.stream();
        let peeked = stream.set_nonblocking(true).and_then(|()| stream.peek(&mut [0]));
        let back = stream.set_nonblocking(false);
        match (peeked, back) {
            (_, Err(_)) | (Ok(0), _) => true,
            (Ok(_), Ok(())) => false,
            (Err(error), Ok(())) => error.kind() != io::ErrorKind::WouldBlock,
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

fn refused(error: &io::Error) -> LinkFault {
    if is_timeout(error) { LinkFault::ConnectTimeout } else { LinkFault::Unreachable }
}
