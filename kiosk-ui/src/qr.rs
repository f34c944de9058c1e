//! A text as a QR code for the screen.

use qrcodegen::{QrCode, QrCodeEcc};
use slint::{Image, Rgb8Pixel, SharedPixelBuffer};

/// Light modules around the code, as the standard wants them (ISO/IEC 18004, 9.1).
const QUIET: i32 = 4;

/// The code as a picture, a module a pixel, with its quiet zone; `None` for no text, and for one that is too long.
pub(crate) fn image(text: &str) -> Option<Image> {
    if text.is_empty() {
        return None;
    }
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let side = u32::try_from(code.size() + 2 * QUIET).ok()?;
    let mut pixels = SharedPixelBuffer::<Rgb8Pixel>::new(side, side);
    let places = (0..code.size() + 2 * QUIET).flat_map(|y| (0..code.size() + 2 * QUIET).map(move |x| (x, y)));
    for (pixel, (x, y)) in pixels.make_mut_slice().iter_mut().zip(places) {
        let tone = if code.get_module(x - QUIET, y - QUIET) { 0 } else { 255 };
        *pixel = Rgb8Pixel { r: tone, g: tone, b: tone };
    }
    Some(Image::from_rgb8(pixels))
}
