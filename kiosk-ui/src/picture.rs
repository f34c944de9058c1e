//! What the screen showed, as pixels.

use anyhow::Context;
use std::path::Path;

/// A picture of the whole screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Red, green, blue of each pixel, row by row from the top: `width * height * 3` bytes.
    pub rgb: Vec<u8>,
}

impl Picture {
    /// Writes it as a PNG.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_png(&self, path: &Path) -> anyhow::Result<()> {
        let what = || format!("cannot write the picture {}", path.display());
        let file = std::fs::File::create(path).with_context(what)?;
        let mut encoder = png::Encoder::new(std::io::BufWriter::new(file), self.width, self.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().with_context(what)?;
        writer.write_image_data(&self.rgb).with_context(what)?;
        writer.finish().with_context(what)
    }
}
