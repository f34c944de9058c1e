//! How long, how much and how many: against those who hold a connection by doing little.
//!
//! Invariants:
//! - A body that brings nothing for a while, or takes too long in all, ends; whoever waits for it is told.
//! - One address has at most its share of the connections, so that it cannot keep all others out.

use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use std::collections::HashMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};

/// What a server bears.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at once; further ones wait in the system's queue.
    pub connections: usize,
    /// Connections of one address at once; further ones are closed. Behind a balancer all have its address.
    pub of_one_address: usize,
    /// For a TLS handshake, and for the head of a request: a satellite at 600 ms and 9.6 kbit/s needs a few seconds.
    pub head: Duration,
    /// The longest time in which a body brings nothing.
    pub pause: Duration,
    /// For a whole body: 256 kB at 9.6 kbit/s take four minutes.
    pub body: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            connections: 2_000,
            of_one_address: 1_000,
            head: Duration::from_secs(60),
            pause: Duration::from_secs(60),
            body: Duration::from_secs(900),
        }
    }
}

/// The body did not come in time.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the body did not come in time")]
pub(crate) struct TooSlow;

/// A body that is waited for only so long.
pub(super) struct Patient {
    body: Body,
    pause: Duration,
    end: Instant,
    wake: Pin<Box<Sleep>>,
}

impl Patient {
    /// Waits for this body, from now on.
    pub(super) fn new(body: Body, limits: Limits) -> Patient {
        let now = Instant::now();
        let end = now + limits.body;
        let wake = Box::pin(tokio::time::sleep_until(end.min(now + limits.pause)));
        Patient { body, pause: limits.pause, end, wake }
    }
}

impl HttpBody for Patient {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(cx) {
            // Bytes that come drop by drop come to their end as well.
            Poll::Ready(Some(Ok(_))) if Instant::now() >= this.end => {
                Poll::Ready(Some(Err(axum::Error::new(TooSlow))))
            }
            Poll::Ready(frame) => {
                this.wake.as_mut().reset(this.end.min(Instant::now() + this.pause));
                Poll::Ready(frame)
            }
            Poll::Pending => this.wake.as_mut().poll(cx).map(|()| Some(Err(axum::Error::new(TooSlow)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why a body is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyFault {
    /// It is longer than is allowed here.
    TooLong,
    /// It did not come in time.
    TooSlow,
    /// The connection ended before it.
    Broken,
}

/// Of a body that is too long, so many bytes more are read and thrown away: who still sends does not hear an answer.
const DRAIN: usize = 2 << 20;

/// A whole body of at most `most` bytes.
///
/// # Errors
/// [`BodyFault`].
pub(crate) async fn body_of(mut body: Body, most: usize) -> Result<Vec<u8>, BodyFault> {
    if body.size_hint().lower() > (most + DRAIN) as u64 {
        return Err(BodyFault::TooLong);
    }
    let (mut bytes, mut len) = (Vec::new(), 0);
    loop {
        match std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            None if len > most => return Err(BodyFault::TooLong),
            None => return Ok(bytes),
            Some(Ok(frame)) => {
                let Ok(data) = frame.into_data() else { continue };
                len += data.len();
                if len > most + DRAIN {
                    return Err(BodyFault::TooLong);
                }
                if len > most {
                    bytes = Vec::new();
                } else {
                    bytes.extend(data);
                }
            }
            Some(Err(fault)) => {
                let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&fault);
                while let Some(one) = cause {
                    if one.is::<TooSlow>() {
                        return Err(BodyFault::TooSlow);
                    }
                    cause = one.source();
                }
                return Err(BodyFault::Broken);
            }
        }
    }
}

/// How many connections each address has.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One connection of an address; the address has one less when it is dropped.
pub(super) struct Held {
    addresses: Addresses,
    address: IpAddr,
}

impl Addresses {
    /// Counts a connection of this address; `None` if it has `most` already.
    pub(super) fn hold(&self, address: IpAddr, most: usize) -> Option<Held> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Held { addresses: self.clone(), address })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut counts = self.addresses.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let addresses = Addresses::default();
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = addresses.hold(one, 2);
        let second = addresses.hold(one, 2);
        assert!(first.is_some() && second.is_some() && addresses.hold(one, 2).is_none());
        assert!(addresses.hold(other, 2).is_some());
        drop(first);
        assert!(addresses.hold(one, 2).is_some());
        drop(second);
        assert!(addresses.0.lock().unwrap().is_empty(), "nothing is kept of who is gone");
    }
}
