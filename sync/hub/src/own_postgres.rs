//! A PostgreSQL server of one's own, for measuring and for tests: started from the machine's programs in a folder, reached by a
//! socket in that folder alone, ended and forgotten with the value. It flushes as one in earnest does.

use anyhow::{Context, bail, ensure};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where Debian keeps the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Who runs the server where root would: it refuses root.
const NOBODY: &str = "nobody";

/// A running server.
#[derive(Debug)]
pub struct OwnPostgres {
    programs: PathBuf,
    dir: PathBuf,
}

impl OwnPostgres {
    /// Starts a server in `dir`, which is made.
    ///
    /// # Errors
    /// There are no programs of PostgreSQL on this machine, or they cannot start one.
    pub fn start(dir: &Path) -> anyhow::Result<OwnPostgres> {
        let programs = programs().context("PostgreSQL is not on this machine: apt install postgresql")?;
        std::fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
        let dir = dir.canonicalize().with_context(|| dir.display().to_string())?;
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o777))?;
        for above in dir.ancestors().skip(1) {
            // Whoever runs the server must come through; only folders that are ours can be opened up.
            let mode = std::fs::metadata(above).map_or(0o777, |about| about.permissions().mode());
            if mode & 0o011 != 0o011 {
                std::fs::set_permissions(above, std::fs::Permissions::from_mode(mode | 0o011))?;
            }
        }
        let own = OwnPostgres { programs, dir };
        let data = own.dir.join("data");
        own.run("initdb", &["-U", "oqyrman", "-A", "trust", "-E", "UTF8", "--locale=C", "-D", text(&data)?])?;
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{}'", text(&own.dir)?);
        let log = own.dir.join("log");
        own.run("pg_ctl", &["-w", "-D", text(&data)?, "-l", text(&log)?, "-o", &options, "start"])?;
        Ok(own)
    }

    /// Makes an empty database, and says how to reach it.
    ///
    /// # Errors
    /// It is there already, or the server is gone.
    pub fn database(&self, name: &str) -> anyhow::Result<String> {
        ensure!(name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'), "{name:?} is no name");
        let host = text(&self.dir)?;
        self.run("createdb", &["-h", host, "-U", "oqyrman", name])?;
        Ok(format!("host={host} user=oqyrman dbname={name}"))
    }

    /// Ends the server as a power cut would, and starts it again.
    ///
    /// # Errors
    /// It does not come up again.
    pub fn crash(&self) -> anyhow::Result<()> {
        let data = self.dir.join("data");
        self.run("pg_ctl", &["-D", text(&data)?, "-m", "immediate", "stop"])?;
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{}'", text(&self.dir)?);
        let log = self.dir.join("log");
        self.run("pg_ctl", &["-w", "-D", text(&data)?, "-l", text(&log)?, "-o", &options, "start"])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        let path = self.programs.join(program);
        let mut command = if rustix::process::geteuid().is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid", NOBODY, "--regid", "nogroup", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // A server keeps what it was started with open: it must not hold this program's own output.
        command.args(arguments).current_dir(&self.dir).stdin(Stdio::null()).stdout(Stdio::null());
        let told = self.dir.join("told");
        let told_file = std::fs::File::create(&told)?;
        let status = command.stderr(told_file).status().with_context(|| program.to_owned())?;
        if !status.success() {
            bail!("{program}: {}", std::fs::read_to_string(&told).unwrap_or_default().trim());
        }
        Ok(())
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        let data = self.dir.join("data");
        if let Some(data) = data.to_str() {
            let _ = self.run("pg_ctl", &["-D", data, "-m", "immediate", "stop"]);
        }
    }
}

/// The folder with the server's programs of the newest version.
fn programs() -> Option<PathBuf> {
    folders().find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
}

/// Where a program of PostgreSQL is.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    folders().map(|folder| folder.join(name)).find(|path| path.is_file())
}

/// Folders in which programs of PostgreSQL may be: Debian's of the newest version, and those of the search path.
fn folders() -> impl Iterator<Item = PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let newest = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).max();
    let debian = newest.map(|version| Path::new(DEBIAN).join(version.to_string()).join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.into_iter().chain(std::env::split_paths(&path).collect::<Vec<_>>())
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("the folder's path is no UTF-8")
}
