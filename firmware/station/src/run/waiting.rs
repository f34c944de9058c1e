//! A station that has no configuration it could start with: its screen says which line is wrong, until it is right.

use super::{Happening, stop_on_signal, watch};
use crate::config::{Config, ConfigError};
use crate::first_boot::{setup_fault, told};
use crate::screen::{ScreenEvent, Screens};
use desk::{LinkNote, ReceiptNote, Screen, SetupFault, Touch, View};
use exchange::{Day, Lang};
use sd_notify::NotifyState;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

/// How often it is looked whether the configuration is good by now.
const LOOK: Duration = Duration::from_secs(2);

/// The configuration, as soon as there is one; `None` if the system wants the station to stop. Meanwhile the screen at
/// `socket` says what is wrong.
///
/// # Errors
/// The socket cannot be made.
pub fn for_set_up(path: &Path, socket: &Path) -> anyhow::Result<Option<Config>> {
    let mut error = match Config::read(path) {
        Ok(config) => return Ok(Some(config)),
        Err(error) => error,
    };
    tracing::error!("{error}");
    let (events, happenings) = sync_channel(64);
    stop_on_signal(events.clone())?;
    let mut screens = Screens::listen(socket, events)?;
    let (mut lang, mut help) = (Lang::default(), false);
    watch::tell(&[
        NotifyState::Ready,
        NotifyState::Status("waits for a set-up; its screen says what is wrong"),
    ]);
    loop {
        screens.show(&view(fault(path, &error), lang, help));
        watch::tell(&[NotifyState::Watchdog]);
        match happenings.recv_timeout(LOOK) {
            Ok(Happening::Screen(ScreenEvent::Opened(stream))) => screens.add(&stream),
            Ok(Happening::Screen(ScreenEvent::Tapped(tap))) if screens.is_current(&tap) => {
                if let Touch::Language(chosen) = tap.touch {
                    lang = chosen;
                }
                help = tap.touch == Touch::Help || help && tap.touch != Touch::Back;
            }
            Ok(Happening::Stop) | Err(RecvTimeoutError::Disconnected) => return Ok(None),
            // Nothing else was started that could tell anything.
            Ok(_) | Err(RecvTimeoutError::Timeout) => {}
        }
        match Config::read(path) {
            Ok(config) => return Ok(Some(config)),
            Err(now) => error = now,
        }
    }
}

/// The set-up file's fault, where it is the reason; the configuration's own otherwise.
fn fault(path: &Path, error: &ConfigError) -> SetupFault {
    told(path).unwrap_or_else(|| setup_fault(error))
}

fn view(fault: SetupFault, lang: Lang, help: bool) -> View {
    View {
        lang,
        today: Day::default(),
        link: LinkNote::Quiet,
        screen: Screen::Setup { fault, lends: false },
        help,
        ends_in_s: None,
        pad: None,
        receipt: ReceiptNote::Quiet,
    }
}
