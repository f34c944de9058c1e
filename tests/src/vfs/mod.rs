//! A disk that loses power: what SQLite does to the files of a folder is recorded, can be made to fail at any step, and
//! every state that a power cut may leave can be put back.
//!
//! [`Disk::watch`] puts a folder under watch. From then on every SQLite database opened in it, by whatever code, goes
//! through this: the layer is SQLite's default file system for the process, and hands other folders through untouched.
//! So the code under test needs no seam.
//!
//! What is taken to be true of a disk ([`Platter`] holds it):
//! - what was written since a file's last flush may be there, or not, sector by sector (512 bytes), in any order; a sector
//!   on its way may hold rubbish;
//! - names (made, renamed, removed) last in their order, and at the latest with the next flush of any file: so do the
//!   journalling file systems a station is installed on;
//! - a flush that returned has flushed. That a card keeps this promise no program can show.
//!
//! Bytes written past SQLite are seen only in the names of their files; folders in the folder are not watched. The flush
//! is not handed on to the real disk: what is durable is what the platter says, and a run costs no waiting.

mod cut;
mod disk;
mod platter;
mod shim;

pub use cut::cuts;
pub use disk::{Disk, Fault};
pub use platter::{Cut, Fate, FileId, Image, Op, Piece, Platter};
