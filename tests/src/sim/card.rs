//! The card of a station: a folder of files that can be copied, put back, and cut off from power.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Everything on a card at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Image(BTreeMap<PathBuf, Vec<u8>>);

/// A card.
#[derive(Debug, Clone)]
pub struct Card {
    dir: PathBuf,
}

impl Card {
    /// An empty one at `dir`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(dir: &Path) -> io::Result<Card> {
        std::fs::create_dir_all(dir)?;
        Ok(Card { dir: dir.to_owned() })
    }

    /// Where its files are.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Copies everything on it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn image(&self) -> io::Result<Image> {
        let mut image = Image::default();
        read(&self.dir, &self.dir, &mut image.0)?;
        Ok(image)
    }

    /// Makes it what it was when the image was taken.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn put(&self, image: &Image) -> io::Result<()> {
        std::fs::remove_dir_all(&self.dir)?;
        std::fs::create_dir_all(&self.dir)?;
        for (name, bytes) in &image.0 {
            let path = self.dir.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, bytes)?;
        }
        Ok(())
    }
}

fn read(root: &Path, dir: &Path, into: &mut BTreeMap<PathBuf, Vec<u8>>) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            read(root, &path, into)?;
        } else if let Ok(name) = path.strip_prefix(root) {
            into.insert(name.to_owned(), std::fs::read(&path)?);
        }
    }
    Ok(())
}
