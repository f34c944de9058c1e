//! What the display shows, and whether it is what it should be.

use anyhow::{Context, ensure};
use std::path::Path;

/// How far apart two points' colours may be in each part, of 255: displays with fewer bits a colour round.
const NEAR: u8 = 12;

/// A picture, three bytes a point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    /// Reads what the emulator writes: binary PPM.
    ///
    /// # Errors
    /// It is no such picture.
    pub fn from_ppm(bytes: &[u8]) -> anyhow::Result<Picture> {
        let mut rest = bytes;
        let mut word = || -> anyhow::Result<&str> {
            let length =
                rest.iter().position(u8::is_ascii_whitespace).context("the picture ends in its head")?;
            let (word, after) = rest.split_at(length);
            rest = after.get(1..).unwrap_or_default();
            Ok(std::str::from_utf8(word)?)
        };
        let (kind, width, height, most) = (word()?, word()?, word()?, word()?);
        ensure!(kind == "P6" && most == "255", "a picture of another kind: {kind} {most}");
        let (width, height): (usize, usize) = (width.parse()?, height.parse()?);
        let rgb = rest.to_vec();
        ensure!(rgb.len() == width * height * 3, "the picture is cut short");
        Ok(Picture { width, height, rgb })
    }

    /// Reads a PNG.
    ///
    /// # Errors
    /// It is none, or not with 8 bits a colour.
    pub fn read_png(path: &Path) -> anyhow::Result<Picture> {
        let file =
            std::io::BufReader::new(std::fs::File::open(path).with_context(|| path.display().to_string())?);
        let mut reader = png::Decoder::new(file).read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("the picture is too large")?];
        let info = reader.next_frame(&mut bytes)?;
        let step = match (info.color_type, info.bit_depth) {
            (png::ColorType::Rgb, png::BitDepth::Eight) => 3,
            (png::ColorType::Rgba, png::BitDepth::Eight) => 4,
            (other, depth) => anyhow::bail!("{}: {other:?} with {depth:?} is not read here", path.display()),
        };
        let rgb = bytes.chunks_exact(step).flat_map(|point| point.iter().take(3).copied()).collect();
        Ok(Picture { width: info.width as usize, height: info.height as usize, rgb })
    }

    /// Writes it as PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_png(&self, path: &Path) -> anyhow::Result<()> {
        let file = std::fs::File::create(path).with_context(|| path.display().to_string())?;
        let mut encoder = png::Encoder::new(
            std::io::BufWriter::new(file),
            u32::try_from(self.width)?,
            u32::try_from(self.height)?,
        );
        encoder.set_color(png::ColorType::Rgb);
        encoder.write_header()?.write_image_data(&self.rgb)?;
        Ok(())
    }

    /// Which part of the points are as in another picture; none, if it has another size.
    #[must_use]
    pub fn alike(&self, other: &Picture) -> f32 {
        if (self.width, self.height) != (other.width, other.height) || self.rgb.is_empty() {
            return 0.0;
        }
        let near = |(a, b): (&[u8], &[u8])| a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= NEAR);
        let alike =
            self.rgb.chunks_exact(3).zip(other.rgb.chunks_exact(3)).filter(|pair| near(*pair)).count();
        // Counts of points are far below what a float counts exactly enough.
        alike as f32 / (self.width * self.height) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_compared_point_by_point() {
        let seen = Picture::from_ppm(b"P6\n2 1\n255\n\x00\x10\x20\xff\xff\xff").unwrap();
        let near = Picture::from_ppm(b"P6\n2 1\n255\n\x08\x10\x20\x00\xff\xff").unwrap();
        assert!((seen.alike(&near) - 0.5).abs() < f32::EPSILON);
        let dir = tempfile::tempdir().unwrap();
        seen.write_png(&dir.path().join("a.png")).unwrap();
        assert_eq!(Picture::read_png(&dir.path().join("a.png")).unwrap(), seen);
        for wrong in [&b""[..], b"P6\n2 1\n255\n\x00", b"P5\n2 1\n255\n", b"P6 x"] {
            assert!(Picture::from_ppm(wrong).is_err());
        }
    }
}
