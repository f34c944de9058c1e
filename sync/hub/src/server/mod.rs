//! Carries messages and pages by HTTPS. It decides nothing: a station's bytes go to [`Hub`], a person's to the page.
//!
//! Invariants:
//! - TLS 1.3 only. There is no plain port.
//! - A body is read to a limit and within a time; nobody holds a connection by doing nothing.
//! - Whatever blocks (the store, password hashing) runs beside the threads that carry.

pub mod certs;
mod patience;
mod process;
mod settler;
mod traffic;
pub(crate) mod watch;

pub use patience::Limits;
pub(crate) use patience::{BodyFault, body_of};
pub(crate) use traffic::Traffic;

use crate::{Hub, HubFault, api, page};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Response, StatusCode};
use axum::middleware::{self, Next};
use axum::routing::post;
use axum::{Extension, Router};
use exchange::enrol::MOST_LEN;
use exchange::wire::{MAX_UNPACKED_LEN, WireError};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use patience::{Addresses, Patient};
use rustls::ServerConfig;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use traffic::{Door, Refused};

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
    serve_within(hub, listener, tls, Limits::default(), stop).await
}

/// As [`serve`], with limits of one's own.
///
/// # Errors
/// The listener fails.
pub async fn serve_within(
    hub: Arc<Hub>,
    listener: TcpListener,
    tls: ServerConfig,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let connections = Arc::new(Semaphore::new(limits.connections));
    let addresses = Addresses::default();
    let mut beside = tokio::task::JoinSet::new();
    beside.spawn(settler::run(Arc::clone(&hub)));
    let router = router(Arc::clone(&hub), limits);
    tokio::pin!(stop);
    loop {
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return Ok(()) };
        let (stream, from) = tokio::select! {
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
        let Some(held) = addresses.hold(from.ip(), limits.of_one_address) else {
            hub.traffic().turned_away();
            continue;
        };
        let (acceptor, hub) = (acceptor.clone(), Arc::clone(&hub));
        let router = router.clone().layer(Extension(page::Peer(from.ip())));
        tokio::spawn(async move {
            let _held = (permit, held, Open::count(hub));
            let _ = stream.set_nodelay(true);
            let Ok(Ok(stream)) = tokio::time::timeout(limits.head, acceptor.accept(stream)).await else {
                return;
            };
            let served = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(limits.head)
                .auto_date_header(false)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
                .await;
            if let Err(fault) = served {
                tracing::debug!(%fault, "a connection ended early");
            }
        });
    }
}

fn router(hub: Arc<Hub>, limits: Limits) -> Router {
    Router::new()
        .route("/x", post(exchange))
        .route("/enrol", post(enrol))
        .merge(watch::routes())
        .merge(api::routes())
        .merge(page::routes())
        .layer(middleware::from_fn_with_state((Arc::clone(&hub), limits), pass))
        .with_state(hub)
}

/// Counts an open connection.
struct Open(Arc<Hub>);

impl Open {
    fn count(hub: Arc<Hub>) -> Open {
        hub.traffic().connected();
        Open(hub)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.traffic().disconnected();
    }
}

/// What holds for every request: its body is waited for only so long, and its answer is counted.
async fn pass(
    State((hub, limits)): State<(Arc<Hub>, Limits)>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let door = Door::of(request.uri().path());
    let response = next.run(request.map(|body| Body::new(Patient::new(body, limits)))).await;
    hub.traffic().answered(door, response.status());
    response
}

async fn exchange(State(hub): State<Arc<Hub>>, body: Body) -> Response<Body> {
    let begun = Instant::now();
    let message = match body_of(body, MAX_UNPACKED_LEN).await {
        Ok(message) => message,
        Err(fault) => {
            hub.traffic().refused(fault.into());
            return not_whole(fault);
        }
    };
    let len = message.len();
    let counted = Arc::clone(&hub);
    let answered = blocking(move || hub.exchange(&message, now_s())).await;
    match &answered {
        Some(Ok(_)) => counted.traffic().took(len, begun.elapsed()),
        Some(Err(fault)) => counted.traffic().refused(fault.into()),
        None => counted.traffic().refused(Refused::Store),
    }
    told(answered)
}

async fn enrol(State(hub): State<Arc<Hub>>, body: Body) -> Response<Body> {
    match body_of(body, MOST_LEN).await {
        Ok(message) => told(blocking(move || hub.enrol(&message, now_s())).await),
        Err(fault) => not_whole(fault),
    }
}

fn not_whole(fault: BodyFault) -> Response<Body> {
    let (status, words) = match fault {
        BodyFault::TooLong => (StatusCode::PAYLOAD_TOO_LARGE, "the message is too long"),
        BodyFault::TooSlow => (StatusCode::REQUEST_TIMEOUT, "the message did not come in time"),
        BodyFault::Broken => (StatusCode::BAD_REQUEST, "the message did not arrive whole"),
    };
    tracing::warn!("{words}");
    text(status, words)
}

fn told(answered: Option<Result<Vec<u8>, HubFault>>) -> Response<Body> {
    match answered {
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
