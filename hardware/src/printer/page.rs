//! From a page in words to dots.

use ab_glyph::{Font, FontRef, Glyph, PxScale, ScaleFont, point};
use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

use super::bitmap::Bitmap;

/// Dots between the edge of a QR code and anything else, in modules (ISO/IEC 18004, 6.3.8).
const QUIET: usize = 4;
/// The most and the fewest dots of a module. Fewer than 3 (0.375 mm) are smeared by heat.
const MODULE_DOTS: std::ops::RangeInclusive<usize> = 3..=6;
/// A dot is black where at least so much of it is covered.
const COVERED: f32 = 0.5;

/// What a page is made of, from top to bottom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page(pub Vec<Block>);

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// Words, broken into lines where they are too long.
    Text {
        /// The words.
        text: String,
        /// Height of a line in dots.
        height: u16,
        /// How dark.
        weight: Weight,
        /// In the middle instead of at the left.
        centred: bool,
    },
    /// Words at the left and a short text at the right of the last line, below them if it does not fit beside.
    Pair {
        /// At the left.
        left: String,
        /// At the right.
        right: String,
        /// Height of a line in dots.
        height: u16,
    },
    /// A line across the paper.
    Rule,
    /// Rows of white.
    Space(u16),
    /// A QR code of this text in the middle, as large as fits.
    Code(String),
}

/// How dark letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// As usual.
    Regular,
    /// Bold.
    Bold,
}

/// A font's bytes are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the letters of the receipt printer are no font")]
pub struct FontError;

/// The letters to print with.
#[derive(Debug)]
pub struct Letters {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Letters {
    /// From the bytes of two TrueType or OpenType fonts.
    ///
    /// # Errors
    /// [`FontError`].
    pub fn new(regular: &'static [u8], bold: &'static [u8]) -> Result<Letters, FontError> {
        let font = |bytes| FontRef::try_from_slice(bytes).map_err(|_| FontError);
        Ok(Letters { regular: font(regular)?, bold: font(bold)? })
    }

    fn of(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

impl Page {
    /// Draws it on paper of this many dots.
    #[must_use]
    pub fn draw(&self, letters: &Letters, dots: u16) -> Bitmap {
        let mut paper = Paper { letters, bitmap: Bitmap::new(dots), y: 0 };
        for block in &self.0 {
            paper.block(block);
        }
        let y = paper.y;
        paper.bitmap.grow(y);
        paper.bitmap
    }
}

struct Paper<'a> {
    letters: &'a Letters,
    bitmap: Bitmap,
    /// Where the next block begins.
    y: usize,
}

impl Paper<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Text { text, height, weight, centred } => {
                let hand = Hand::new(self.letters.of(*weight), *height);
                for line in hand.lines(text, self.bitmap.width()) {
                    let spare = self.bitmap.width().saturating_sub(hand.width(&line));
                    self.line(&hand, &line, if *centred { spare / 2 } else { 0 });
                }
            }
            Block::Pair { left, right, height } => self.pair(left, right, *height),
            Block::Rule => {
                for x in 0..self.bitmap.width() {
                    self.bitmap.blacken(x, self.y + 7);
                    self.bitmap.blacken(x, self.y + 8);
                }
                self.y += 16;
            }
            Block::Space(rows) => self.y += usize::from(*rows),
            Block::Code(text) => self.code(text),
        }
    }

    fn pair(&mut self, left: &str, right: &str, height: u16) {
        let hand = Hand::new(&self.letters.regular, height);
        let width = self.bitmap.width();
        let right_width = hand.width(right);
        let right_x = width.saturating_sub(right_width);
        let lines = hand.lines(left, width);
        let last = lines.len().saturating_sub(1);
        for (index, line) in lines.iter().enumerate() {
            let beside = hand.width(line) + usize::from(height) / 2 + right_width <= width;
            if index == last && beside {
                hand.write(&mut self.bitmap, right, right_x, self.y);
            }
            self.line(&hand, line, 0);
            if index == last && !beside {
                self.line(&hand, right, right_x);
            }
        }
    }

    fn line(&mut self, hand: &Hand<'_>, text: &str, x: usize) {
        hand.write(&mut self.bitmap, text, x, self.y);
        self.y += hand.height;
    }

    fn code(&mut self, text: &str) {
        let width = self.bitmap.width();
        let Some((code, module)) = code_for(text, width) else {
            tracing::warn!(characters = text.len(), "a code does not fit the paper; it is left out");
            return;
        };
        let size = usize::try_from(code.size()).unwrap_or(0);
        let x0 = width.saturating_sub(size * module) / 2;
        let y0 = self.y + QUIET * module;
        for (row, y) in (0..).zip(0..size) {
            for (column, x) in (0..).zip(0..size) {
                if !code.get_module(column, row) {
                    continue;
                }
                for dot in 0..module * module {
                    self.bitmap.blacken(x0 + x * module + dot % module, y0 + y * module + dot / module);
                }
            }
        }
        self.y = y0 + (size + QUIET) * module;
    }
}

/// The code and the dots of its modules: as well protected as large modules allow.
fn code_for(text: &str, width: usize) -> Option<(QrCode, usize)> {
    let segments = QrSegment::make_segments(text);
    [QrCodeEcc::Medium, QrCodeEcc::Low].into_iter().find_map(|ecc| {
        let code =
            QrCode::encode_segments_advanced(&segments, ecc, Version::MIN, Version::MAX, None, true).ok()?;
        let modules = usize::try_from(code.size()).ok()? + 2 * QUIET;
        let module = (width / modules).min(*MODULE_DOTS.end());
        (module >= *MODULE_DOTS.start()).then_some((code, module))
    })
}

/// One font at one height.
struct Hand<'a> {
    font: &'a FontRef<'static>,
    scale: PxScale,
    height: usize,
}

impl<'a> Hand<'a> {
    fn new(font: &'a FontRef<'static>, height: u16) -> Hand<'a> {
        // A font's own line is higher than its letters need on paper.
        Hand { font, scale: PxScale::from(f32::from(height) * 1.12), height: usize::from(height) }
    }

    /// Glyphs with their places along the line, and where the line ends.
    fn set(&self, text: &str) -> (Vec<Glyph>, f32) {
        let scaled = self.font.as_scaled(self.scale);
        let baseline = scaled.ascent() - (scaled.height() - self.height as f32) / 2.0;
        let mut x = 0.0;
        let mut before = None;
        let glyphs = text.chars().map(|c| {
            let id = scaled.glyph_id(c);
            x += before.map_or(0.0, |before| scaled.kern(before, id));
            let glyph = id.with_scale_and_position(self.scale, point(x, baseline));
            x += scaled.h_advance(id);
            before = Some(id);
            glyph
        });
        (glyphs.collect(), x)
    }

    fn width(&self, text: &str) -> usize {
        self.set(text).1.ceil() as usize
    }

    fn write(&self, bitmap: &mut Bitmap, text: &str, x0: usize, y0: usize) {
        for outline in self.set(text).0.into_iter().filter_map(|glyph| self.font.outline_glyph(glyph)) {
            let bounds = outline.px_bounds();
            outline.draw(|x, y, covered| {
                let x = bounds.min.x as i64 + i64::from(x) + x0 as i64;
                let y = bounds.min.y as i64 + i64::from(y) + y0 as i64;
                if covered >= COVERED
                    && let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y))
                {
                    bitmap.blacken(x, y);
                }
            });
        }
    }

    /// Breaks a text between words, and a word that is too long for a line between its letters.
    fn lines(&self, text: &str, width: usize) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let Some(line) = lines.last_mut() else { break };
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&longer) <= width {
                *line = longer;
            } else if self.width(word) <= width {
                lines.push(word.to_owned());
            } else {
                self.hyphenate(word, width, &mut lines);
            }
        }
        lines
    }

    fn hyphenate(&self, word: &str, width: usize, lines: &mut Vec<String>) {
        if lines.last().is_some_and(|line| !line.is_empty()) {
            lines.push(String::new());
        }
        for letter in word.chars() {
            let Some(line) = lines.last_mut() else { break };
            line.push(letter);
            if self.width(line) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(letter.to_string());
            }
        }
    }
}
