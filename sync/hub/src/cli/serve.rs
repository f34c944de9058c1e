//! `oqyrman-hub serve`.

use crate::Hub;
use crate::server::{self, certs};
use anyhow::Context;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};

pub(super) fn serve(dir: &Path, listen: SocketAddr, names: Vec<String>) -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let hub = Arc::new(Hub::open(dir)?);
    // The last one that holds the region, dropped behind the runtime: a connection to PostgreSQL is not ended within one.
    let _last = Arc::clone(&hub);
    let schools = hub.with(|store| store.schools())?;
    // The certificates bear the name of the school that the region was made with: the first one.
    let first = schools.iter().min_by_key(|school| school.id);
    let name = first.map_or("Oqyrman", |school| school.name.as_str());
    let mut all = certs::own_names(listen.ip());
    all.extend(names);
    let tls = certs::server_config(dir, name, &all)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(listen)
            .await
            .with_context(|| format!("{listen}: this address cannot be listened on"))?;
        tracing::info!(address = %listener.local_addr()?, "the region listens");
        let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let stop = async {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
        };
        server::serve(hub, listener, tls, stop).await.context("the server")
    })
}
