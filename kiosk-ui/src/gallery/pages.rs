//! The gallery as files: a PNG of each sample and a page that shows them side by side.

use super::samples;
use crate::headless::Renderer;
use crate::panel::Panel;
use anyhow::Context;
use desk::View;
use desk::view::Lang;
use std::fmt::Write;
use std::path::Path;

/// Writes every sample in the three languages as the reference panel shows it: [`write`] with nothing to choose.
///
/// # Errors
/// As [`write`].
pub fn write_pictures(dir: &Path) -> anyhow::Result<u64> {
    write(dir, Panel::REFERENCE, &Lang::ALL)
}

/// Writes `NAME-LANG.png` of every sample in every one of `langs`, and `index.html`. Returns the number of pictures.
///
/// # Errors
/// If the folder cannot be made or written, or this thread has opened a window before.
pub fn write(dir: &Path, panel: Panel, langs: &[Lang]) -> anyhow::Result<u64> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let renderer = Renderer::new(panel.width_px(), panel.height_px(), panel.px_per_mm())?;
    let mut written = 0;
    let mut rows = String::new();
    for (name, view) in samples() {
        let mut row = format!("<h2 id=\"{name}\">{name}</h2>\n<div class=\"row\">\n");
        for lang in langs {
            let file = format!("{name}-{}.png", lang.code());
            renderer.show(&View { lang: *lang, ..view.clone() })?;
            renderer.snapshot()?.write_png(&dir.join(&file))?;
            writeln!(
                row,
                "<a href=\"{file}\"><img src=\"{file}\" alt=\"{name}, {}\" loading=\"lazy\"></a>",
                lang.code()
            )?;
            written += 1;
        }
        rows.push_str(&row);
        rows.push_str("</div>\n");
    }
    let index = dir.join("index.html");
    std::fs::write(&index, page(&rows)).with_context(|| format!("cannot write {}", index.display()))?;
    Ok(written)
}

fn page(rows: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Oqyrman: every screen</title>\n\
         <style>\n\
         body {{ font-family: sans-serif; margin: 2rem; background: #e9e6dd; color: #14283b; }}\n\
         h2 {{ font-size: 1rem; margin: 2rem 0 .5rem; }}\n\
         .row {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem; }}\n\
         img {{ width: 100%; border: 1px solid #6f808d; }}\n\
         </style>\n<h1>Oqyrman: every screen</h1>\n{rows}</html>\n"
    )
}
