//! Dots: one bit each, rows of whole bytes, the leftmost dot in the highest bit, 1 = black. As `GS v 0` wants them.

/// A picture of dots. Its width is a multiple of 8; its height grows as it is drawn on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bitmap {
    row_len: usize,
    bytes: Vec<u8>,
}

impl Bitmap {
    /// Nothing yet. `width` in dots is rounded up to whole bytes.
    #[must_use]
    pub fn new(width: u16) -> Bitmap {
        Bitmap { row_len: usize::from(width).div_ceil(8).max(1), bytes: Vec::new() }
    }

    /// Dots in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.row_len * 8
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.bytes.len() / self.row_len
    }

    /// Whether a dot is black; outside the picture none is.
    #[must_use]
    pub fn is_black(&self, x: usize, y: usize) -> bool {
        let byte = (x < self.width()).then(|| self.bytes.get(y * self.row_len + x / 8)).flatten();
        byte.is_some_and(|byte| byte & (0x80 >> (x % 8)) != 0)
    }

    /// Makes a dot black, and the picture as high as that takes. Dots right of the picture are left out.
    pub fn blacken(&mut self, x: usize, y: usize) {
        if x >= self.width() {
            return;
        }
        self.grow(y + 1);
        if let Some(byte) = self.bytes.get_mut(y * self.row_len + x / 8) {
            *byte |= 0x80 >> (x % 8);
        }
    }

    /// Makes the picture at least this high.
    pub fn grow(&mut self, height: usize) {
        if self.height() < height {
            self.bytes.resize(height * self.row_len, 0);
        }
    }

    /// Adds rows below, as they come down a line. Bytes that do not fill a row are left out.
    pub(crate) fn append(&mut self, rows: &[u8]) {
        self.bytes.extend(rows.chunks_exact(self.row_len).flatten());
    }

    /// The rows in bands of at most `height` rows, with the bytes of each.
    pub(crate) fn bands(&self, height: usize) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks(height.max(1) * self.row_len)
    }

    /// Bytes in a row.
    pub(crate) fn row_len(&self) -> usize {
        self.row_len
    }
}
