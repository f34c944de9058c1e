//! A stick that was put into the running station. Its thread takes in what the region has answered and writes what waits;
//! sealing is its work, the loop is only asked for the journal. People are asked by the desk, which has the words.

use super::Happening;
use super::station::Station;
use crate::caller::{OutboxFault, Remote};
use crate::identity;
use anyhow::Context;
use desk::{Input, StickFault, StickNews, Way};
use exchange::wire::bundle;
use links::courier::CourierFault;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, SyncSender, channel};

impl Station {
    /// Writes sticks by this thread from now on.
    pub fn write_sticks_by(&mut self, sticks: Sender<PathBuf>) {
        self.sticks = Some(sticks);
    }

    /// A stick is mounted at `dir`.
    pub(super) fn stick_in(&mut self, dir: PathBuf) {
        if self.config.library.is_some() {
            tracing::info!("a stick is in; a library system takes files, which `oqyrman export` writes");
            return;
        }
        self.stick = Some(dir);
        self.tell(Input::Status(self.staff_status()));
        self.tell(Input::Stick(StickNews::In));
    }

    /// It was pulled out.
    pub(super) fn stick_out(&mut self) {
        self.stick = None;
        self.tell(Input::Stick(StickNews::Out));
    }

    /// Somebody wants it written.
    pub(super) fn write_stick(&self) {
        if let (Some(sticks), Some(dir)) = (&self.sticks, &self.stick) {
            // Nobody hears it only when the station stops.
            let _ = sticks.send(dir.clone());
        }
    }

    /// How it goes.
    pub(super) fn stick(&mut self, news: StickNews) {
        if let StickNews::Done { written, .. } = news {
            let outbox = self.journal.outbox();
            self.note_carried(Way::Stick, exchange::Seq(outbox.acked.0.saturating_add(written)));
            self.leave_word(true);
        }
        self.tell(Input::Status(self.staff_status()));
        self.tell(Input::Stick(news));
    }
}

/// Starts the thread that serves sticks, one after the other: send it the folder under which one is mounted. It ends when
/// that sender is dropped, or nobody hears `events` any more.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(data_dir: &Path, events: SyncSender<Happening>) -> anyhow::Result<Sender<PathBuf>> {
    let (sender, sticks) = channel::<PathBuf>();
    let data_dir = data_dir.to_owned();
    let run = move || {
        for dir in sticks {
            let end = serve(&data_dir, &dir, &events).unwrap_or_else(StickNews::Failed);
            if events.send(Happening::Stick(end)).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("stick".into())
        .spawn(run)
        .context("the stick's thread cannot be started")?;
    Ok(sender)
}

fn serve(data_dir: &Path, dir: &Path, events: &SyncSender<Happening>) -> Result<StickNews, StickFault> {
    let keys = identity::keys(data_dir).map_err(|error| {
        tracing::error!("{error:#}");
        StickFault::Broken
    })?;
    let keys = keys.ok_or(StickFault::NotEnrolled)?;
    let mut outbox = Remote { events: events.clone(), way: Way::Stick };
    let report = links::courier::write(&mut outbox, &keys, dir, |percent| {
        // Nobody hears it only when the station stops.
        let _ = events.send(Happening::Stick(StickNews::Working { percent }));
    });
    let report = report.map_err(|fault| {
        tracing::warn!(%fault, "a stick could not be written");
        why(&fault)
    })?;
    for refused in &report.refused {
        tracing::warn!(name = refused.name, why = refused.why, "a file on the stick was left as it is");
    }
    let written = report.written.map_or(0, |written| written.events);
    tracing::info!(written, answers = report.answers, "a stick is written and may be pulled out");
    Ok(StickNews::Done { written, answers: u32::try_from(report.answers).unwrap_or(u32::MAX) })
}

/// What people are told.
fn why(fault: &CourierFault<OutboxFault>) -> StickFault {
    match fault {
        CourierFault::Stick(bundle::StickFault::Full) => StickFault::Full,
        CourierFault::Stick(bundle::StickFault::WriteProtected) => StickFault::WriteProtected,
        CourierFault::Stick(bundle::StickFault::Missing | bundle::StickFault::Failing(_)) => {
            StickFault::Unreadable
        }
        CourierFault::Stick(bundle::StickFault::NotAFolder | bundle::StickFault::TooManyFiles)
        | CourierFault::Outbox { .. }
        | CourierFault::RegionKey => StickFault::Broken,
    }
}
