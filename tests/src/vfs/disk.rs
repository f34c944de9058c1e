//! A folder under watch.

use crate::demo::chance::Chance;
use crate::vfs::cut::by_chance;
use crate::vfs::platter::{FileId, Image, Op, Platter};
use crate::vfs::shim;
use rustix::fs::inotify;
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What goes wrong at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// No space is left. Nothing of the step is done.
    Full,
    /// The disk fails. Nothing of a write is done; what a flush was to flush is never flushed, though it can be read
    /// until the power goes, as Linux does it.
    Broken,
    /// The power goes in the middle of the step. Nothing works any more until [`Disk::power_cut`].
    PowerCut,
}

/// A folder under watch; cheap to copy. See the module.
#[derive(Debug, Clone)]
pub struct Disk {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    notify: OwnedFd,
    moved: Option<(u32, String)>,
    platter: Platter,
    next_file: u32,
    sizes: BTreeMap<FileId, u64>,
    recorded: Option<(Image, Vec<Op>)>,
    steps: u64,
    fault: Option<(u64, Fault, bool)>,
    capacity: Option<u64>,
    cut: bool,
    open: usize,
}

impl Disk {
    /// Puts a folder under watch, made if it is not there. What is in it is on the disk for certain.
    ///
    /// # Errors
    /// The folder cannot be made or watched, or SQLite takes no file system.
    pub fn watch(folder: &Path) -> io::Result<Disk> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let notify = notify(&folder)?;
        let mut state = State {
            notify,
            moved: None,
            platter: Platter::default(),
            next_file: 0,
            sizes: BTreeMap::new(),
            recorded: None,
            steps: 0,
            fault: None,
            capacity: None,
            cut: false,
            open: 0,
        };
        state.hold(&Image::read(&folder)?);
        let disk = Disk { inner: Arc::new(Inner { folder, state: Mutex::new(state) }) };
        shim::register(&disk.inner)?;
        Ok(disk)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.inner.folder
    }

    /// Begins to record, from what is in the folder now. No database in it may be open.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn record(&self) -> io::Result<()> {
        let image = Image::read(&self.inner.folder)?;
        let mut state = self.inner.lock();
        state.drain();
        state.hold(&image);
        state.recorded = Some((image, Vec::new()));
        Ok(())
    }

    /// Ends recording; gives what was there at the beginning, and what was done since.
    pub fn take_recorded(&self) -> (Image, Vec<Op>) {
        let mut state = self.inner.lock();
        state.drain();
        state.recorded.take().unwrap_or_default()
    }

    /// Notes in the record that so much was promised by now.
    pub fn mark(&self, promised: u64) {
        let mut state = self.inner.lock();
        state.drain();
        state.take(Op::Mark(promised));
    }

    /// Steps that could have failed so far: writes, cuts of files, flushes, removals, new files.
    pub fn steps(&self) -> u64 {
        self.inner.lock().steps
    }

    /// Lets the step with this number (see [`Disk::steps`]; the next one is `steps() + 1`) fail, and with `lasting` all
    /// that follow it until [`Disk::heal`].
    pub fn fail(&self, step: u64, fault: Fault, lasting: bool) {
        self.inner.lock().fault = Some((step, fault, lasting));
    }

    /// Nothing fails any more. A power cut stays.
    pub fn heal(&self) {
        self.inner.lock().fault = None;
    }

    /// So many bytes of files have room; `None` = any number.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.inner.lock().capacity = bytes;
    }

    /// Drops what has databases of the folder open as `kill -9` would: nothing of what closing does gets to the files. They
    /// stay as the system shows them, with what is not yet flushed.
    pub fn kill<T>(&self, program: T) {
        let cut = std::mem::replace(&mut self.inner.lock().cut, true);
        drop(program);
        self.inner.lock().cut = cut;
    }

    /// Whether the power is gone.
    pub fn is_cut(&self) -> bool {
        self.inner.lock().cut
    }

    /// Cuts the power now, or takes it as cut already, and brings it back: the folder holds one of the states that may
    /// be left. Every database in it must be closed.
    ///
    /// # Errors
    /// A database is open, or the folder cannot be written.
    pub fn power_cut(&self, chance: &mut Chance) -> io::Result<()> {
        let image = {
            let mut state = self.inner.lock();
            state.drain();
            let cut = by_chance(state.platter.pending_names(), state.platter.pieces().len(), chance);
            state.platter.after(&cut)
        };
        self.put(&image)
    }

    /// Puts these files in the folder in place of what is there, for certain, as a restored card does.
    ///
    /// # Errors
    /// A database is open, or the folder cannot be written.
    pub fn put(&self, image: &Image) -> io::Result<()> {
        let mut state = self.inner.lock();
        if state.open > 0 {
            return Err(io::Error::other(format!("{} database files of the folder are open", state.open)));
        }
        image.write(&self.inner.folder)?;
        state.cut = true;
        state.drain();
        state.cut = false;
        state.hold(image);
        Ok(())
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Before a file is opened or removed: whether that fails.
    pub(crate) fn may_go_on(&self) -> Result<(), Fault> {
        let mut state = self.lock();
        state.drain();
        state.step(None)
    }

    /// After a file was opened: which it is.
    pub(crate) fn opened(&self, name: &str) -> FileId {
        let mut state = self.lock();
        state.drain();
        state.open += 1;
        let known = state.platter.seen_names().get(name).copied();
        known.unwrap_or_else(|| state.name(name))
    }

    pub(crate) fn closed(&self) {
        let mut state = self.lock();
        state.open = state.open.saturating_sub(1);
    }

    /// Whether the power is there to read.
    pub(crate) fn may_read(&self) -> bool {
        !self.lock().cut
    }

    /// A step, before it is done.
    pub(crate) fn step(&self, op: Op) -> Result<(), Fault> {
        let mut state = self.lock();
        state.drain();
        state.step(Some(op))
    }
}

impl State {
    fn hold(&mut self, image: &Image) {
        self.platter = Platter::holding(image);
        self.next_file = image.files.len() as u32;
        self.sizes =
            image.files.values().zip(0..).map(|(bytes, id)| (FileId(id), bytes.len() as u64)).collect();
    }

    fn take(&mut self, op: Op) {
        if self.cut {
            return;
        }
        if let Some((_, ops)) = &mut self.recorded {
            ops.push(op.clone());
        }
        self.platter.apply(op);
    }

    fn name(&mut self, name: &str) -> FileId {
        let file = FileId(self.next_file);
        self.next_file += 1;
        self.take(Op::Name { file, name: name.to_owned() });
        file
    }

    fn step(&mut self, op: Option<Op>) -> Result<(), Fault> {
        if self.cut {
            return Err(Fault::PowerCut);
        }
        self.steps += 1;
        if let Some((at, fault, lasting)) = self.fault
            && (self.steps == at || lasting && self.steps > at)
        {
            match (fault, op) {
                (Fault::PowerCut, op) => {
                    // A write has begun; a flush has not ended.
                    if let Some(op @ (Op::Write { .. } | Op::Truncate { .. })) = op {
                        self.take(op);
                    }
                    self.cut = true;
                }
                (Fault::Broken, Some(Op::Sync { file })) => self.take(Op::Lose { file }),
                (Fault::Broken | Fault::Full, _) => {}
            }
            return Err(fault);
        }
        let Some(op) = op else { return Ok(()) };
        let grown = match &op {
            Op::Write { file, at, bytes } => Some((*file, at + bytes.len() as u64)),
            Op::Truncate { file, len } => {
                self.sizes.insert(*file, *len);
                None
            }
            Op::Sync { .. }
            | Op::SyncNames
            | Op::Lose { .. }
            | Op::Name { .. }
            | Op::Rename { .. }
            | Op::Unname { .. }
            | Op::Mark(_) => None,
        };
        if let Some((file, end)) = grown
            && end > self.sizes.get(&file).copied().unwrap_or(0)
        {
            if self.capacity.is_some_and(|capacity| self.used_without(file) + end > capacity) {
                return Err(Fault::Full);
            }
            self.sizes.insert(file, end);
        }
        self.take(op);
        Ok(())
    }

    /// Bytes in all files that have a name, but for one.
    fn used_without(&self, file: FileId) -> u64 {
        let named = self.platter.seen_names();
        named
            .values()
            .filter(|other| **other != file)
            .map(|other| self.sizes.get(other).copied().unwrap_or(0))
            .sum()
    }

    /// Takes in what became of names since the last time.
    fn drain(&mut self) {
        let mut buffer = [MaybeUninit::uninit(); 4096];
        let mut seen = Vec::new();
        {
            let mut reader = inotify::Reader::new(&self.notify, &mut buffer);
            loop {
                match reader.next() {
                    Ok(event) => {
                        let name = event.file_name().map(|name| name.to_string_lossy().into_owned());
                        seen.push((event.events(), event.cookie(), name));
                    }
                    Err(Errno::INTR) => {}
                    Err(_) => break,
                }
            }
        }
        for (what, cookie, name) in seen {
            let Some(name) = name.filter(|_| !what.contains(inotify::ReadFlags::ISDIR)) else { continue };
            if what.contains(inotify::ReadFlags::CREATE) {
                self.name(&name);
            } else if what.contains(inotify::ReadFlags::DELETE) {
                self.take(Op::Unname { name });
            } else if what.contains(inotify::ReadFlags::MOVED_FROM) {
                self.moved = Some((cookie, name));
            } else if what.contains(inotify::ReadFlags::MOVED_TO) {
                match self.moved.take() {
                    Some((same, from)) if same == cookie => self.take(Op::Rename { from, to: name }),
                    Some(_) | None => {
                        self.name(&name);
                    }
                }
            }
        }
    }
}

fn notify(folder: &Path) -> io::Result<OwnedFd> {
    let notify = inotify::init(inotify::CreateFlags::NONBLOCK | inotify::CreateFlags::CLOEXEC)?;
    let what = inotify::WatchFlags::CREATE | inotify::WatchFlags::DELETE | inotify::WatchFlags::MOVE;
    inotify::add_watch(&notify, folder, what)?;
    Ok(notify)
}
