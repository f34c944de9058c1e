//! What is on the disk for certain, and what is on its way there. Pure.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// A file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

/// Bytes that a disk writes whole or not at all.
pub const SECTOR: u64 = 512;

/// What was done to the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// Bytes were written.
    Write {
        /// Where to.
        file: FileId,
        /// From this byte on.
        at: u64,
        /// Which.
        bytes: Vec<u8>,
    },
    /// The file was cut, or lengthened with zeros.
    Truncate {
        /// Which.
        file: FileId,
        /// To so many bytes.
        len: u64,
    },
    /// A file was flushed, and the names before it.
    Sync {
        /// Which.
        file: FileId,
    },
    /// The file was to be flushed, and that failed: what was on its way never gets there.
    Lose {
        /// Which.
        file: FileId,
    },
    /// The folder was flushed: its names.
    SyncNames,
    /// A file was given a name; what had it before has none.
    Name {
        /// Which.
        file: FileId,
        /// Its name.
        name: String,
    },
    /// A file changed its name; what had the new one before has none.
    Rename {
        /// Before.
        from: String,
        /// Since.
        to: String,
    },
    /// A name was removed.
    Unname {
        /// Which.
        name: String,
    },
    /// Whoever records says that so much was promised by now.
    Mark(u64),
}

/// A part of what is on its way to the disk, that gets there or not by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Of the operation at this place among the pending ones.
    op: usize,
    /// Bytes of it, for a write.
    from: usize,
    to: usize,
}

/// What became of a piece at a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is not there.
    Lost,
    /// It is there.
    Kept,
    /// The sector was being written: it holds rubbish. A cut or lengthening of the file that meets this is not there.
    Torn,
}

/// What a power cut leaves of what was on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// So many of the pending changes of names, from the first on, are there.
    pub names: usize,
    /// One for each of [`Platter::pieces`].
    pub fates: Vec<Fate>,
}

/// A folder's files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Image {
    /// Bytes by name.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Image {
    /// Reads the files of a folder, not its folders.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn read(folder: &Path) -> io::Result<Image> {
        let mut image = Image::default();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                image.files.insert(entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?);
            }
        }
        Ok(image)
    }

    /// Makes the files of a folder these and no others.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_file() && !self.files.contains_key(&*entry.file_name().to_string_lossy())
            {
                fs::remove_file(entry.path())?;
            }
        }
        for (name, bytes) in &self.files {
            fs::write(folder.join(name), bytes)?;
        }
        Ok(())
    }
}

/// The disk under a folder.
#[derive(Debug, Clone, Default)]
pub struct Platter {
    names: BTreeMap<String, FileId>,
    files: BTreeMap<FileId, Vec<u8>>,
    pending: Vec<Op>,
}

impl Platter {
    /// A disk that holds these files.
    pub fn holding(image: &Image) -> Platter {
        let mut platter = Platter::default();
        for ((name, bytes), id) in image.files.iter().zip(0..) {
            platter.names.insert(name.clone(), FileId(id));
            platter.files.insert(FileId(id), bytes.clone());
        }
        platter
    }

    /// Names as a running program sees them.
    pub fn seen_names(&self) -> BTreeMap<String, FileId> {
        let mut names = self.names.clone();
        self.pending.iter().for_each(|op| rename(&mut names, op));
        names
    }

    /// Bytes on the disk for certain.
    pub fn bytes(&self) -> u64 {
        self.files.values().map(|bytes| bytes.len() as u64).sum()
    }

    /// Takes an operation in.
    pub fn apply(&mut self, op: Op) {
        match op {
            Op::Mark(_) => {}
            Op::Write { .. }
            | Op::Truncate { .. }
            | Op::Name { .. }
            | Op::Rename { .. }
            | Op::Unname { .. } => self.pending.push(op),
            Op::Lose { file } => self.pending.retain(|op| is_name(op) || file_of(op) != Some(file)),
            Op::SyncNames => self.flush(None),
            Op::Sync { file } => self.flush(Some(file)),
        }
    }

    /// What is pending of names, and of one file, gets there.
    fn flush(&mut self, flushed: Option<FileId>) {
        for op in std::mem::take(&mut self.pending) {
            match &op {
                Op::Write { file, at, bytes } if Some(*file) == flushed => {
                    put(self.files.entry(*file).or_default(), *at, bytes);
                }
                Op::Truncate { file, len } if Some(*file) == flushed => {
                    resize(self.files.entry(*file).or_default(), *len);
                }
                Op::Write { .. } | Op::Truncate { .. } => self.pending.push(op),
                Op::Name { .. } | Op::Rename { .. } | Op::Unname { .. } => rename(&mut self.names, &op),
                Op::Sync { .. } | Op::Lose { .. } | Op::SyncNames | Op::Mark(_) => {}
            }
        }
        // A file without a name is nobody's any more, unless a name is yet to come.
        let named = self.seen_names();
        let written: Vec<FileId> = self.pending.iter().filter_map(file_of).collect();
        self.files
            .retain(|id, _| named.values().chain(self.names.values()).chain(&written).any(|file| file == id));
    }

    /// How many changes of names are on their way.
    pub fn pending_names(&self) -> usize {
        self.pending.iter().filter(|op| is_name(op)).count()
    }

    /// What is on its way to the files, in the order in which it was written.
    pub fn pieces(&self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        for (op, place) in self.pending.iter().zip(0..) {
            match op {
                Op::Write { at, bytes, .. } => {
                    let mut from = 0;
                    while from < bytes.len() {
                        let next = (SECTOR - (at + from as u64) % SECTOR) as usize;
                        let to = bytes.len().min(from + next);
                        pieces.push(Piece { op: place, from, to });
                        from = to;
                    }
                }
                Op::Truncate { .. } => pieces.push(Piece { op: place, from: 0, to: 0 }),
                Op::Sync { .. }
                | Op::Lose { .. }
                | Op::SyncNames
                | Op::Name { .. }
                | Op::Rename { .. }
                | Op::Unname { .. }
                | Op::Mark(_) => {}
            }
        }
        pieces
    }

    /// What is there when the power comes back.
    pub fn after(&self, cut: &Cut) -> Image {
        let mut names = self.names.clone();
        self.pending.iter().filter(|op| is_name(op)).take(cut.names).for_each(|op| rename(&mut names, op));
        let mut files = self.files.clone();
        for (piece, fate) in self.pieces().iter().zip(&cut.fates) {
            match (self.pending.get(piece.op), fate) {
                (Some(Op::Write { file, at, bytes }), Fate::Kept | Fate::Torn) => {
                    let mut part = bytes[piece.from..piece.to].to_vec();
                    if *fate == Fate::Torn {
                        part.iter_mut().for_each(|byte| *byte = !*byte);
                    }
                    put(files.entry(*file).or_default(), at + piece.from as u64, &part);
                }
                (Some(Op::Truncate { file, len }), Fate::Kept) => {
                    resize(files.entry(*file).or_default(), *len);
                }
                (Some(_) | None, Fate::Lost | Fate::Kept | Fate::Torn) => {}
            }
        }
        let files =
            names.into_iter().map(|(name, id)| (name, files.get(&id).cloned().unwrap_or_default())).collect();
        Image { files }
    }
}

fn is_name(op: &Op) -> bool {
    matches!(op, Op::Name { .. } | Op::Rename { .. } | Op::Unname { .. })
}

fn file_of(op: &Op) -> Option<FileId> {
    match op {
        Op::Write { file, .. }
        | Op::Truncate { file, .. }
        | Op::Sync { file }
        | Op::Lose { file }
        | Op::Name { file, .. } => Some(*file),
        Op::SyncNames | Op::Rename { .. } | Op::Unname { .. } | Op::Mark(_) => None,
    }
}

fn rename(names: &mut BTreeMap<String, FileId>, op: &Op) {
    match op {
        Op::Name { file, name } => {
            names.insert(name.clone(), *file);
        }
        Op::Rename { from, to } => {
            if let Some(file) = names.remove(from) {
                names.insert(to.clone(), file);
            }
        }
        Op::Unname { name } => {
            names.remove(name);
        }
        Op::Write { .. }
        | Op::Truncate { .. }
        | Op::Sync { .. }
        | Op::Lose { .. }
        | Op::SyncNames
        | Op::Mark(_) => {}
    }
}

fn put(file: &mut Vec<u8>, at: u64, bytes: &[u8]) {
    let at = at as usize;
    if file.len() < at + bytes.len() {
        file.resize(at + bytes.len(), 0);
    }
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

fn resize(file: &mut Vec<u8>, len: u64) {
    file.resize(len as usize, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(at: u64, bytes: &[u8]) -> Op {
        Op::Write { file: FileId(0), at, bytes: bytes.to_vec() }
    }

    fn holding(bytes: &[u8]) -> Platter {
        Platter::holding(&Image { files: [("a".to_owned(), bytes.to_vec())].into() })
    }

    #[test]
    fn what_was_not_flushed_may_be_there_sector_by_sector() {
        let mut platter = holding(&[1; 1024]);
        platter.apply(write(256, &[2; 512]));
        assert_eq!(platter.pieces().len(), 2);
        let left =
            |fates: [Fate; 2]| platter.after(&Cut { names: 0, fates: fates.to_vec() }).files["a"].clone();
        assert_eq!(left([Fate::Lost, Fate::Lost]), [1; 1024]);
        let mut second = [1; 1024];
        second[512..768].fill(2);
        assert_eq!(left([Fate::Lost, Fate::Kept]), second);
        second[512..768].fill(!2);
        assert_eq!(left([Fate::Lost, Fate::Torn]), second);
    }

    #[test]
    fn what_was_flushed_is_there() {
        let mut platter = holding(&[1; 4]);
        platter.apply(write(2, &[2; 4]));
        platter.apply(Op::Rename { from: "a".into(), to: "b".into() });
        platter.apply(Op::Sync { file: FileId(0) });
        assert_eq!((platter.pieces().len(), platter.pending_names()), (0, 0));
        let image = platter.after(&Cut { names: 0, fates: Vec::new() });
        assert_eq!(image.files, [("b".to_owned(), vec![1, 1, 2, 2, 2, 2])].into());
    }

    #[test]
    fn names_come_in_their_order() {
        let mut platter = holding(&[1]);
        platter.apply(Op::Rename { from: "a".into(), to: "b".into() });
        platter.apply(Op::Name { file: FileId(9), name: "a".into() });
        let left = |names| platter.after(&Cut { names, fates: Vec::new() }).files;
        assert_eq!(left(0), [("a".to_owned(), vec![1])].into());
        assert_eq!(left(1), [("b".to_owned(), vec![1])].into());
        assert_eq!(left(2), [("a".to_owned(), vec![]), ("b".to_owned(), vec![1])].into());
    }
}
