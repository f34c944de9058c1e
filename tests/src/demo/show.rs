//! What the demo tells and shows: lines on standard output, pictures in a folder.

use desk::View;
use exchange::Lang;
use kiosk_ui::headless::Renderer;
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The telling of a day.
pub struct Show {
    renderer: Renderer,
    dir: PathBuf,
    kept: BTreeSet<String>,
    pictures: u64,
}

impl Show {
    /// Pictures go to `dir`.
    ///
    /// # Errors
    /// The folder cannot be made, or the screen's renderer does not start.
    pub fn new(dir: &Path) -> anyhow::Result<Show> {
        std::fs::create_dir_all(dir)?;
        let renderer = Renderer::new(1024, 600, 4.65)?;
        Ok(Show { renderer, dir: dir.to_owned(), kept: BTreeSet::new(), pictures: 0 })
    }

    /// A new part of the day.
    pub fn chapter(&self, title: &str) {
        line(&format!("\n— {title}"));
    }

    /// Something that happened.
    pub fn said(&self, what: &str) {
        line(&format!("  ✓ {what}"));
    }

    /// Something behind the scenes.
    pub fn detail(&self, what: &str) {
        line(&format!("    {what}"));
    }

    /// Draws `view` in three languages, once for each name.
    ///
    /// # Errors
    /// A picture cannot be drawn or written.
    pub fn keep(&mut self, name: &str, view: &View) -> anyhow::Result<()> {
        if !self.kept.insert(name.to_owned()) {
            return Ok(());
        }
        for lang in Lang::ALL {
            self.renderer.show(&View { lang, ..view.clone() })?;
            self.renderer.snapshot()?.write_png(&self.dir.join(format!("{name}-{}.png", lang.code())))?;
            self.pictures += 1;
        }
        Ok(())
    }

    /// How many pictures there are.
    pub fn pictures(&self) -> u64 {
        self.pictures
    }
}

/// One line for people. The demo speaks on standard output.
pub fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}
