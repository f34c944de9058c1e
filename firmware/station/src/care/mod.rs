//! What looking after a station needs in several places: files that are written whole, QR codes on a terminal, sums.

pub mod files;
pub mod qr;
pub mod state;
