//! The layer between SQLite and the system's files. All of the `unsafe` of this package is here: SQLite's file system is
//! a table of C functions.
//!
//! Each function does what the system's own does, after it has asked the folder's [`Inner`] whether the step may be done.
//! Files outside of watched folders get the system's own table and never come here again.
#![allow(unsafe_code, reason = "SQLite calls a file system through C functions and raw pointers")]

use crate::vfs::disk::{Fault, Inner};
use crate::vfs::platter::{FileId, Op};
use libsqlite3_sys as ffi;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::{io, mem, ptr, slice};

/// The folders under watch. One table for the process, because SQLite has one default file system for the process.
static WATCHED: Mutex<Vec<Weak<Inner>>> = Mutex::new(Vec::new());

/// Whether SQLite took the layer as its default.
static LAYER: OnceLock<c_int> = OnceLock::new();

/// An open file of a watched folder. Behind it lies the system's own.
#[repr(C)]
struct Watched {
    base: ffi::sqlite3_file,
    disk: *const Inner,
    file: FileId,
}

/// Adds a folder.
pub(crate) fn register(disk: &Arc<Inner>) -> io::Result<()> {
    let code = *LAYER.get_or_init(layer);
    if code != ffi::SQLITE_OK {
        return Err(io::Error::other(format!("SQLite takes no file system (code {code})")));
    }
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    watched.retain(|disk| disk.strong_count() > 0);
    watched.push(Arc::downgrade(disk));
    Ok(())
}

/// Makes the layer SQLite's default, for the rest of the process.
fn layer() -> c_int {
    // SAFETY: the system's table lives as long as the process, and so does ours, which is leaked. Ours is its copy, so
    // every function that is not ours gets arguments it knows; those that use the table itself are called with theirs.
    unsafe {
        let code = ffi::sqlite3_initialize();
        let system = ffi::sqlite3_vfs_find(ptr::null());
        if code != ffi::SQLITE_OK || system.is_null() {
            return if code == ffi::SQLITE_OK { ffi::SQLITE_ERROR } else { code };
        }
        let mut ours = ptr::read(system);
        ours.szOsFile += mem::size_of::<Watched>() as c_int;
        ours.pNext = ptr::null_mut();
        ours.zName = c"watched".as_ptr();
        ours.pAppData = system.cast();
        ours.xOpen = Some(open);
        ours.xDelete = Some(delete);
        ffi::sqlite3_vfs_register(Box::leak(Box::new(ours)), 1)
    }
}

/// The watched folder in which a file lies, and its name there.
fn disk_of(path: &CStr) -> Option<(Arc<Inner>, String)> {
    let path = Path::new(path.to_str().ok()?);
    let name = path.file_name()?.to_str()?.to_owned();
    let watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    let disk =
        watched.iter().rev().filter_map(Weak::upgrade).find(|disk| path.parent() == Some(&disk.folder))?;
    Some((disk, name))
}

unsafe extern "C" fn open(
    vfs: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out_flags: *mut c_int,
) -> c_int {
    // SAFETY: SQLite gives our table, a path that ends with 0 or none, and room for `szOsFile` bytes.
    unsafe {
        let system = (*vfs).pAppData.cast::<ffi::sqlite3_vfs>();
        let Some(open) = (*system).xOpen else { return ffi::SQLITE_CANTOPEN };
        let found = if name.is_null() { None } else { disk_of(CStr::from_ptr(name)) };
        let Some((disk, short)) = found else { return open(system, name, file, flags, out_flags) };
        (*file).pMethods = ptr::null();
        if disk.may_go_on().is_err() {
            return ffi::SQLITE_CANTOPEN;
        }
        let watched = file.cast::<Watched>();
        let code = open(system, name, real(file), flags, out_flags);
        if code != ffi::SQLITE_OK {
            return code;
        }
        let id = disk.opened(&short);
        ptr::addr_of_mut!((*watched).disk).write(Arc::into_raw(disk));
        ptr::addr_of_mut!((*watched).file).write(id);
        (*file).pMethods = &raw const METHODS;
        ffi::SQLITE_OK
    }
}

unsafe extern "C" fn delete(vfs: *mut ffi::sqlite3_vfs, name: *const c_char, sync_dir: c_int) -> c_int {
    // SAFETY: SQLite gives our table and a path that ends with 0.
    unsafe {
        let system = (*vfs).pAppData.cast::<ffi::sqlite3_vfs>();
        let Some(delete) = (*system).xDelete else { return ffi::SQLITE_IOERR_DELETE };
        let Some((disk, _)) = disk_of(CStr::from_ptr(name)) else { return delete(system, name, sync_dir) };
        if disk.may_go_on().is_err() {
            return ffi::SQLITE_IOERR_DELETE;
        }
        let code = delete(system, name, 0);
        if code == ffi::SQLITE_OK && sync_dir != 0 && disk.step(Op::SyncNames).is_err() {
            return ffi::SQLITE_IOERR_DIR_FSYNC;
        }
        code
    }
}

/// The system's file behind ours.
unsafe fn real(file: *mut ffi::sqlite3_file) -> *mut ffi::sqlite3_file {
    // SAFETY: there are `szOsFile` bytes, of which the first are ours.
    unsafe { file.cast::<u8>().add(mem::size_of::<Watched>()).cast() }
}

/// The disk and the number of a file of ours.
unsafe fn whose<'a>(file: *mut ffi::sqlite3_file) -> (&'a Inner, FileId) {
    // SAFETY: `open` has written both, and `close` gives the disk back after its last use.
    unsafe {
        let watched = file.cast::<Watched>();
        (&*(*watched).disk, (*watched).file)
    }
}

/// Calls the system's function of that name for a file of ours, or gives `$none` if it has none.
macro_rules! system {
    ($file:expr, $function:ident, $none:expr $(, $argument:expr)*) => {{
        let real = real($file);
        match (*(*real).pMethods).$function {
            Some(function) => function(real $(, $argument)*),
            None => $none,
        }
    }};
}

fn code_of(fault: Fault, otherwise: c_int) -> c_int {
    match fault {
        Fault::Full => ffi::SQLITE_FULL,
        Fault::Broken | Fault::PowerCut => otherwise,
    }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: a file of ours, closed once; then nobody has the disk from it any more.
    unsafe {
        let code = system!(file, xClose, ffi::SQLITE_OK);
        let disk = Arc::from_raw((*file.cast::<Watched>()).disk);
        disk.closed();
        (*file).pMethods = ptr::null();
        code
    }
}

unsafe extern "C" fn read(file: *mut ffi::sqlite3_file, into: *mut c_void, len: c_int, at: i64) -> c_int {
    // SAFETY: a file of ours, and room for `len` bytes.
    unsafe {
        if !whose(file).0.may_read() {
            return ffi::SQLITE_IOERR_READ;
        }
        system!(file, xRead, ffi::SQLITE_IOERR_READ, into, len, at)
    }
}

unsafe extern "C" fn write(file: *mut ffi::sqlite3_file, from: *const c_void, len: c_int, at: i64) -> c_int {
    // SAFETY: a file of ours, and `len` bytes.
    unsafe {
        let (disk, id) = whose(file);
        let bytes = slice::from_raw_parts(from.cast::<u8>(), len as usize).to_vec();
        match disk.step(Op::Write { file: id, at: at as u64, bytes }) {
            Ok(()) => system!(file, xWrite, ffi::SQLITE_IOERR_WRITE, from, len, at),
            Err(fault) => code_of(fault, ffi::SQLITE_IOERR_WRITE),
        }
    }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, len: i64) -> c_int {
    // SAFETY: a file of ours.
    unsafe {
        let (disk, id) = whose(file);
        match disk.step(Op::Truncate { file: id, len: len as u64 }) {
            Ok(()) => system!(file, xTruncate, ffi::SQLITE_IOERR_TRUNCATE, len),
            Err(fault) => code_of(fault, ffi::SQLITE_IOERR_TRUNCATE),
        }
    }
}

unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _flags: c_int) -> c_int {
    // SAFETY: a file of ours.
    unsafe {
        let (disk, id) = whose(file);
        match disk.step(Op::Sync { file: id }) {
            Ok(()) => ffi::SQLITE_OK,
            Err(fault) => code_of(fault, ffi::SQLITE_IOERR_FSYNC),
        }
    }
}

unsafe extern "C" fn file_size(file: *mut ffi::sqlite3_file, size: *mut i64) -> c_int {
    // SAFETY: a file of ours; so below.
    unsafe { system!(file, xFileSize, ffi::SQLITE_IOERR_FSTAT, size) }
}

unsafe extern "C" fn lock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xLock, ffi::SQLITE_IOERR_LOCK, level) }
}

unsafe extern "C" fn unlock(file: *mut ffi::sqlite3_file, level: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xUnlock, ffi::SQLITE_IOERR_UNLOCK, level) }
}

unsafe extern "C" fn check_reserved(file: *mut ffi::sqlite3_file, found: *mut c_int) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xCheckReservedLock, ffi::SQLITE_IOERR_CHECKRESERVEDLOCK, found) }
}

unsafe extern "C" fn control(file: *mut ffi::sqlite3_file, what: c_int, argument: *mut c_void) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xFileControl, ffi::SQLITE_NOTFOUND, what, argument) }
}

unsafe extern "C" fn sector_size(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xSectorSize, 4096) }
}

unsafe extern "C" fn characteristics(file: *mut ffi::sqlite3_file) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xDeviceCharacteristics, 0) }
}

unsafe extern "C" fn shm_map(
    file: *mut ffi::sqlite3_file,
    page: c_int,
    size: c_int,
    extend: c_int,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xShmMap, ffi::SQLITE_IOERR_SHMMAP, page, size, extend, out) }
}

unsafe extern "C" fn shm_lock(file: *mut ffi::sqlite3_file, offset: c_int, n: c_int, flags: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xShmLock, ffi::SQLITE_IOERR_SHMLOCK, offset, n, flags) }
}

unsafe extern "C" fn shm_barrier(file: *mut ffi::sqlite3_file) {
    // SAFETY: see above.
    unsafe { system!(file, xShmBarrier, ()) }
}

unsafe extern "C" fn shm_unmap(file: *mut ffi::sqlite3_file, delete: c_int) -> c_int {
    // SAFETY: see above.
    unsafe { system!(file, xShmUnmap, ffi::SQLITE_OK, delete) }
}

/// Version 2: no pages are handed out by address, so that every one that is read comes by [`read`].
static METHODS: ffi::sqlite3_io_methods = ffi::sqlite3_io_methods {
    iVersion: 2,
    xClose: Some(close),
    xRead: Some(read),
    xWrite: Some(write),
    xTruncate: Some(truncate),
    xSync: Some(sync),
    xFileSize: Some(file_size),
    xLock: Some(lock),
    xUnlock: Some(unlock),
    xCheckReservedLock: Some(check_reserved),
    xFileControl: Some(control),
    xSectorSize: Some(sector_size),
    xDeviceCharacteristics: Some(characteristics),
    xShmMap: Some(shm_map),
    xShmLock: Some(shm_lock),
    xShmBarrier: Some(shm_barrier),
    xShmUnmap: Some(shm_unmap),
    xFetch: None,
    xUnfetch: None,
};
