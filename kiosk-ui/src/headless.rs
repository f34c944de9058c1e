//! The screen without a display: real pixels in memory, for pictures, tests, and stations whose display is elsewhere.

use crate::connection::{FromStation, Outbox, PATIENCE, follow};
use crate::panel::Panel;
use crate::picture::Picture;
use crate::shell::Shell;
use crate::surface::Surface;
use crate::ui::App;
use anyhow::{Context, bail, ensure};
use desk::view::Lang;
use desk::{Touch, View};
use slint::platform::software_renderer::{MinimalSoftwareWindow, RepaintBufferType};
use slint::platform::{Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, PhysicalSize, PlatformError, Rgb8Pixel};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A screen in memory. A thread may have several of them, but all speak the language that was shown last; a thread
/// that has opened a window cannot have one.
pub struct Renderer {
    surface: Surface,
    window: Rc<MinimalSoftwareWindow>,
    panel: Panel,
    pixels: RefCell<Vec<Rgb8Pixel>>,
    touches: Rc<RefCell<Vec<Touch>>>,
}

impl Renderer {
    /// A screen of so many pixels, of which `px_per_mm` are one millimetre.
    ///
    /// # Errors
    /// If the panel is too small (see [`crate::PanelError`]), or this thread has opened a window before.
    pub fn new(width: u32, height: u32, px_per_mm: f32) -> anyhow::Result<Renderer> {
        let panel = Panel::new(width, height, px_per_mm)?;
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        let handed_out = NEXT_WINDOW.with(|slot| {
            slot.replace(Some(window.clone()));
            if !HAS_PLATFORM.get() {
                let set = slint::platform::set_platform(Box::new(Memory));
                HAS_PLATFORM.set(set.is_ok());
            }
            HAS_PLATFORM.get()
        });
        if !handed_out {
            bail!("this thread has a window already; pictures need a thread of their own");
        }
        let surface = Surface::new()?;
        surface.set_mm(px_per_mm);
        window.set_size(slint::WindowSize::Physical(PhysicalSize::new(width, height)));
        surface.app().show().context("the screen in memory cannot be shown")?;
        let touches: Rc<RefCell<Vec<Touch>>> = Rc::default();
        surface.on_touch({
            let touches = touches.clone();
            move |touch| touches.borrow_mut().push(touch)
        });
        let pixels = RefCell::new(vec![Rgb8Pixel::default(); width as usize * height as usize]);
        Ok(Renderer { surface, window, panel, pixels, touches })
    }

    /// Shows a view. Nothing is drawn before [`Renderer::draw`] or [`Renderer::snapshot`].
    ///
    /// # Errors
    /// If the view's language is not in the program.
    pub fn show(&self, view: &View) -> anyhow::Result<()> {
        self.surface.show(view)
    }

    /// Draws what has changed since it was drawn last. Returns whether anything had.
    pub fn draw(&self) -> bool {
        slint::platform::update_timers_and_animations();
        let stride = self.panel.width_px() as usize;
        let mut pixels = self.pixels.borrow_mut();
        self.window.draw_if_needed(|renderer| {
            renderer.render(&mut pixels, stride);
        })
    }

    /// Whether anything moves by itself, so that another frame is wanted without another view.
    pub fn is_animating(&self) -> bool {
        self.window.has_active_animations()
    }

    /// What is shown, as a picture.
    ///
    /// # Errors
    /// If nothing has been shown yet.
    pub fn snapshot(&self) -> anyhow::Result<Picture> {
        ensure!(self.surface.is_showing(), "there is no picture yet: show a view first");
        self.draw();
        let pixels = self.pixels.borrow();
        let mut rgb = Vec::with_capacity(pixels.len() * 3);
        for pixel in pixels.iter() {
            rgb.extend_from_slice(&[pixel.r, pixel.g, pixel.b]);
        }
        Ok(Picture { width: self.panel.width_px(), height: self.panel.height_px(), rgb })
    }

    /// Taps at a point (pixels from the top left) and returns what it touched.
    pub fn tap(&self, x: f32, y: f32) -> Vec<Touch> {
        self.press(x, y);
        self.release(x, y);
        self.touches.take()
    }

    /// Puts a finger down at a point (pixels from the top left).
    pub fn press(&self, x: f32, y: f32) {
        let (position, button) = (LogicalPosition::new(x, y), PointerEventButton::Left);
        self.window.dispatch_event(WindowEvent::PointerPressed { position, button });
    }

    /// Lifts the finger.
    pub fn release(&self, x: f32, y: f32) {
        let (position, button) = (LogicalPosition::new(x, y), PointerEventButton::Left);
        self.window.dispatch_event(WindowEvent::PointerReleased { position, button });
        self.window.dispatch_event(WindowEvent::PointerExited);
    }

    /// The component, for tests that walk its elements.
    pub fn app(&self) -> &App {
        self.surface.app()
    }

    /// The panel.
    pub fn panel(&self) -> Panel {
        self.panel
    }
}

/// How to run the screen without a display.
#[derive(Debug, Clone)]
pub struct HeadlessOptions {
    /// The station's Unix socket. It need not be there yet.
    pub socket: PathBuf,
    /// In which language the screen speaks before it hears the station.
    pub first_lang: Lang,
    /// The panel that is drawn.
    pub panel: Panel,
    /// Where to write a picture of every frame, numbered; `None` = nowhere.
    pub out_dir: Option<PathBuf>,
}

/// A screen process without a display: follows the station for ever and draws every frame it sends.
///
/// # Errors
/// If the pictures cannot be written. A missing station is no error: the screen waits for it.
pub fn run(options: &HeadlessOptions) -> anyhow::Result<()> {
    let panel = options.panel;
    let renderer = Renderer::new(panel.width_px(), panel.height_px(), panel.px_per_mm())?;
    if let Some(dir) = &options.out_dir {
        std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    }
    let mut shell = Shell::new(options.first_lang);
    let mut number = 0_u32;
    let mut draw = |view: &View| -> anyhow::Result<()> {
        renderer.show(view)?;
        if renderer.draw()
            && let Some(dir) = &options.out_dir
        {
            number += 1;
            write_numbered(&renderer, dir, number, view)?;
        }
        Ok(())
    };
    draw(shell.view())?;
    let mut result = Ok(());
    follow(&options.socket, &Outbox::default(), PATIENCE, |word| {
        match word {
            FromStation::Frame(frame) => shell.heard(*frame),
            FromStation::Lost => shell.lost(),
            FromStation::Gone => shell.gone(),
        }
        result = draw(shell.view());
        result.is_ok()
    });
    result
}

fn write_numbered(renderer: &Renderer, dir: &Path, number: u32, view: &View) -> anyhow::Result<()> {
    let name = format!("{number:04}-{}-{}.png", renderer.surface.page_name(), view.lang.code());
    renderer.snapshot()?.write_png(&dir.join(name))
}

thread_local! {
    /// Whether this thread's platform is ours.
    static HAS_PLATFORM: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    /// The window that the next component gets.
    static NEXT_WINDOW: RefCell<Option<Rc<MinimalSoftwareWindow>>> = const { RefCell::new(None) };
}

/// A platform that has memory and no display. Slint allows one platform a thread; it hands out the window that
/// [`Renderer::new`] has laid ready.
struct Memory;

impl Platform for Memory {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        match NEXT_WINDOW.with(|slot| slot.take()) {
            Some(window) => Ok(window),
            None => Err(PlatformError::Unsupported),
        }
    }
}
