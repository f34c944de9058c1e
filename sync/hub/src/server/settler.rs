//! Folds, beside the answers, what stations have sent and nobody has asked for yet. Any number of hubs may do so over one
//! database: each school is done under its lock, and whoever comes second finds nothing left.

use super::blocking;
use crate::Hub;
use std::sync::Arc;
use std::time::Duration;

/// How long what is kept may lie before it is looked for.
const EVERY: Duration = Duration::from_secs(1);

/// Looks for ever.
pub(super) async fn run(hub: Arc<Hub>) {
    loop {
        tokio::time::sleep(EVERY).await;
        let hub = Arc::clone(&hub);
        if let Some(Err(fault)) = blocking(move || hub.settle()).await {
            tracing::warn!(%fault, "what is kept could not be folded; it is tried again");
        }
    }
}
