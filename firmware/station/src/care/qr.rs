//! A QR code on a terminal, for a telephone without a network.

use qrcodegen::{QrCode, QrCodeEcc};

/// The code of a text, in half blocks, dark on light whatever the terminal's colours; `None` if the text is too long.
#[must_use]
pub fn on_terminal(text: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Low).ok()?;
    let size = code.size();
    let dark = |x: i32, y: i32| code.get_module(x, y);
    let mut out = String::new();
    for y in (-2..size + 2).step_by(2) {
        out.push_str("\x1b[30;107m");
        for x in -2..size + 2 {
            out.push(match (dark(x, y), dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        out.push_str("\x1b[0m\n");
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_lines_and_one_that_is_too_long_does_not() {
        let code = on_terminal("Oqyrman").unwrap_or_default();
        assert!(code.lines().count() > 10, "{code}");
        assert!(on_terminal(&"Ж".repeat(5_000)).is_none());
    }
}
