//! The screen in a real window.

use crate::connection::{FromStation, Outbox, PATIENCE, follow};
use crate::panel::Panel;
use crate::shell::{Follow, Shell};
use crate::surface::Surface;
use anyhow::Context;
use desk::view::Lang;
use slint::{ComponentHandle, PhysicalSize};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

/// How to run the screen.
#[derive(Debug, Clone)]
pub struct ScreenOptions {
    /// The station's Unix socket. It need not be there yet.
    pub socket: PathBuf,
    /// In which language the screen speaks before it hears the station.
    pub first_lang: Lang,
    /// The panel. With `fullscreen` only its pixel size (mm) counts.
    pub panel: Panel,
    /// Fill the display and hide the mouse pointer.
    pub fullscreen: bool,
}

/// Opens the window and follows the station until the window is closed.
///
/// # Errors
/// If there is no display, or the window cannot be opened. A missing station is no error: the screen waits for it.
pub fn run(options: ScreenOptions) -> anyhow::Result<()> {
    let surface = Rc::new(open(options.panel, options.fullscreen)?);
    let shell = Rc::new(RefCell::new(Shell::new(options.first_lang)));
    let outbox = Outbox::default();
    surface.show(shell.borrow().view())?;

    surface.on_touch({
        let (shell, outbox) = (shell.clone(), outbox.clone());
        let weak = Rc::downgrade(&surface);
        move |touch| {
            let follow = shell.borrow_mut().touched(touch);
            match follow {
                Follow::Send(tap) => outbox.send(&tap),
                Follow::Draw => {
                    if let Some(surface) = weak.upgrade() {
                        draw(&surface, &shell.borrow());
                    }
                }
                Follow::Nothing => {}
            }
        }
    });

    // The newest word of the station waits here until the window takes it; an older one is not worth drawing.
    let newest: Arc<Mutex<Option<FromStation>>> = Arc::default();
    let take: Rc<dyn Fn()> = Rc::new({
        let newest = newest.clone();
        let weak = Rc::downgrade(&surface);
        move || {
            let word = newest.lock().unwrap_or_else(PoisonError::into_inner).take();
            let (Some(word), Some(surface)) = (word, weak.upgrade()) else { return };
            match word {
                FromStation::Frame(frame) => shell.borrow_mut().heard(*frame),
                FromStation::Lost => shell.borrow_mut().lost(),
                FromStation::Gone => shell.borrow_mut().gone(),
            }
            draw(&surface, &shell.borrow());
        }
    });
    TAKE.with(|slot| slot.replace(Some(take)));
    std::thread::Builder::new()
        .name("station".to_owned())
        .spawn(move || {
            follow(&options.socket, &outbox, PATIENCE, |word| {
                let waiting = newest.lock().unwrap_or_else(PoisonError::into_inner).replace(word);
                waiting.is_some() || slint::invoke_from_event_loop(take_newest).is_ok()
            });
        })
        .context("the thread that follows the station cannot be started")?;
    let result = surface.app().run().context("the window could not be shown");
    TAKE.with(|slot| slot.replace(None));
    result
}

thread_local! {
    /// What the event loop does when the station has said something: only the window's thread may touch the window.
    static TAKE: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
}

fn take_newest() {
    let take = TAKE.with(|slot| slot.borrow().clone());
    if let Some(take) = take {
        take();
    }
}

fn draw(surface: &Surface, shell: &Shell) {
    if let Err(error) = surface.show(shell.view()) {
        tracing::error!(%error, "the view could not be shown");
    }
}

/// Chooses winit with the software renderer for this thread.
///
/// # Errors
/// If there is no display.
pub(crate) fn choose_backend() -> anyhow::Result<()> {
    slint::BackendSelector::new()
        .backend_name("winit".to_owned())
        .renderer_name("software".to_owned())
        .select()
        .context("no display was found: set DISPLAY, or run with --headless")
}

/// Opens a window of the panel's size.
///
/// # Errors
/// If there is no display.
pub(crate) fn open(panel: Panel, fullscreen: bool) -> anyhow::Result<Surface> {
    choose_backend()?;
    let surface = Surface::new()?;
    let window = surface.app().window();
    surface.set_mm(panel.px_per_mm() / window.scale_factor());
    window.set_size(PhysicalSize::new(panel.width_px(), panel.height_px()));
    window.set_fullscreen(fullscreen);
    surface.app().set_pointer_hidden(fullscreen);
    Ok(surface)
}
