//! Carries messages and pages by HTTPS. It decides nothing: a station's bytes go to [`Hub`], a person's to the page.
//!
//! Invariants:
//! - TLS 1.3 only. There is no plain port.
//! - A body is read to a limit and within a time; nobody holds a connection by doing nothing.
//! - Whatever blocks (the store, password hashing) runs beside the threads that carry.

pub mod certs;
pub(crate) mod watch;

use crate::{Hub, HubFault, page};
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Response, StatusCode};
use axum::routing::post;
use axum::{Extension, Router};
use exchange::wire::{MAX_UNPACKED_LEN, WireError};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

/// Connections at once; further ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 2_000;

/// For a TLS handshake, and for the head of a request: a satellite at 600 ms and 9.6 kbit/s needs a few seconds.
const HEAD_PATIENCE: Duration = Duration::from_secs(60);

/// For the body of one message: 256 kB at 9.6 kbit/s take four minutes.
const BODY_PATIENCE: Duration = Duration::from_secs(900);

/// Serves until `stop` ends. The listener is bound; tells nobody when it begins, for it accepts from then on.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    hub: Arc<Hub>,
    listener: TcpListener,
    tls: ServerConfig,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let connections = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let router = router(hub);
    tokio::pin!(stop);
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return Ok(()) };
        let (stream, peer) = tokio::select! {
            () = &mut stop => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(fault) => {
                    // Out of file descriptors, or a connection that fell before it was taken: neither ends the server.
                    tracing::warn!(%fault, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let acceptor = acceptor.clone();
        let router = router.clone().layer(Extension(page::Peer(peer.ip())));
        tokio::spawn(async move {
            let _permit = permit;
            let _ = stream.set_nodelay(true);
            let Ok(Ok(stream)) = tokio::time::timeout(HEAD_PATIENCE, acceptor.accept(stream)).await else {
                return;
            };
            let served = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_PATIENCE)
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
                .await;
            if let Err(fault) = served {
                tracing::debug!(%fault, "a connection ended early");
            }
        });
    }
}

fn router(hub: Arc<Hub>) -> Router {
    Router::new()
        .route("/x", post(exchange))
        .route("/enrol", post(enrol))
        .layer(DefaultBodyLimit::max(MAX_UNPACKED_LEN))
        .merge(watch::routes())
        .merge(page::routes())
        .with_state(hub)
}

async fn exchange(State(hub): State<Arc<Hub>>, body: Body) -> Response<Body> {
    answer(hub, body, |hub, message, now_s| hub.exchange(message, now_s)).await
}

async fn enrol(State(hub): State<Arc<Hub>>, body: Body) -> Response<Body> {
    answer(hub, body, |hub, message, now_s| hub.enrol(message, now_s)).await
}

async fn answer(
    hub: Arc<Hub>,
    body: Body,
    ask: impl FnOnce(&Hub, &[u8], i64) -> Result<Vec<u8>, HubFault> + Send + 'static,
) -> Response<Body> {
    let read = tokio::time::timeout(BODY_PATIENCE, axum::body::to_bytes(body, MAX_UNPACKED_LEN)).await;
    let Ok(Ok(message)) = read else {
        return text(StatusCode::BAD_REQUEST, "the message did not arrive whole");
    };
    match blocking(move || ask(&hub, &message, now_s())).await {
        Some(Ok(answer)) => Response::new(Body::from(Bytes::from(answer))),
        Some(Err(HubFault::Wire(fault))) => {
            tracing::warn!(%fault, "a message was not taken");
            let status = match &fault {
                WireError::UnknownStation(_) | WireError::Signature => StatusCode::FORBIDDEN,
                WireError::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
                WireError::NotAMessage | WireError::Damaged(_) | WireError::Schema(_) => {
                    StatusCode::BAD_REQUEST
                }
            };
            text(status, &fault.to_string())
        }
        Some(Err(HubFault::Store(fault))) => {
            tracing::error!(%fault, "a message could not be kept");
            text(StatusCode::SERVICE_UNAVAILABLE, "the region cannot keep anything now; try again later")
        }
        None => text(StatusCode::INTERNAL_SERVER_ERROR, "this message could not be answered"),
    }
}

/// Runs what blocks beside the threads that carry; `None` if it panicked.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// The region's time, seconds since 1970.
pub(crate) fn now_s() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

fn text(status: StatusCode, words: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(words.to_owned()));
    *response.status_mut() = status;
    response
}
