//! The card of a machine: a folder under watch, which can be copied, put back, filled, and cut off from power in the middle of
//! any write.

use crate::demo::chance::Chance;
use crate::vfs::{Disk, Fault, Image};
use std::io;
use std::path::Path;

/// A card.
#[derive(Debug, Clone)]
pub struct Card {
    disk: Disk,
}

impl Card {
    /// The one at `dir`; made if it is not there.
    ///
    /// # Errors
    /// The folder cannot be made or watched.
    pub fn new(dir: &Path) -> io::Result<Card> {
        Ok(Card { disk: Disk::watch(dir)? })
    }

    /// Where its files are.
    pub fn dir(&self) -> &Path {
        self.disk.folder()
    }

    /// Copies everything on it, as it is seen now.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn image(&self) -> io::Result<Image> {
        Image::read(self.disk.folder())
    }

    /// Makes it what it was when the image was taken. Nothing on it may be open.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, image: &Image) -> io::Result<()> {
        self.disk.heal();
        self.disk.put(image)
    }

    /// The power goes in the middle of the write after so many more.
    pub fn cut_after(&self, writes: u32) {
        self.disk.fail(self.disk.steps() + 1 + u64::from(writes), Fault::PowerCut, false);
    }

    /// No power cut is due any more.
    pub fn no_cut(&self) {
        self.disk.heal();
    }

    /// Whether the power is gone.
    pub fn is_cut(&self) -> bool {
        self.disk.is_cut()
    }

    /// The power is back: what is there is one of the states that may be left. Nothing on it may be open.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn power_back(&self, chance: &mut Chance) -> io::Result<()> {
        self.disk.heal();
        self.disk.power_cut(chance)
    }

    /// No file on it can grow, or any can.
    pub fn fill(&self, full: bool) {
        self.disk.set_capacity(full.then_some(0));
    }
}
