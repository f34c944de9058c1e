//! PostgreSQL's own programs, which copy a database and put it back.

use super::BackupFault;
use super::fault::at;
use crate::own_postgres;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use tokio_postgres::config::Host;

/// Writes what a database held at the moment of `snapshot` to a file.
pub(super) fn dump(address: &str, snapshot: &str, to: &Path) -> Result<(), BackupFault> {
    let mut command = program("pg_dump", address)?;
    command.args(["--format=custom", "--no-owner", "--no-privileges"]);
    command.arg(format!("--snapshot={snapshot}")).arg("--file").arg(to);
    run("pg_dump", command)?;
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o600)).map_err(at(to))
}

/// Fills an empty database from such a file, all or nothing.
pub(super) fn restore(address: &str, from: &Path) -> Result<(), BackupFault> {
    let mut command = program("pg_restore", address)?;
    command.args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]);
    let database = config(address)?.get_dbname().ok_or(BackupFault::Address)?.to_owned();
    command.arg("--dbname").arg(database).arg(from);
    run("pg_restore", command)
}

/// A program of PostgreSQL that knows the database. The address goes by the environment: arguments are for all to see.
fn program(name: &'static str, address: &str) -> Result<Command, BackupFault> {
    let path = own_postgres::program(name).ok_or(BackupFault::NoProgram(name))?;
    let config = config(address)?;
    let mut command = Command::new(path);
    for (key, value) in [("PGUSER", config.get_user()), ("PGDATABASE", config.get_dbname())] {
        value.map(|value| command.env(key, value));
    }
    if let Some(password) = config.get_password() {
        command.env("PGPASSWORD", String::from_utf8_lossy(password).as_ref());
    }
    match config.get_hosts().first() {
        Some(Host::Tcp(host)) => command.env("PGHOST", host),
        Some(Host::Unix(folder)) => command.env("PGHOST", folder),
        None => &mut command,
    };
    if let Some(port) = config.get_ports().first() {
        command.env("PGPORT", port.to_string());
    }
    Ok(command)
}

fn config(address: &str) -> Result<tokio_postgres::Config, BackupFault> {
    address.parse().map_err(|_| BackupFault::Address)
}

fn run(program: &'static str, mut command: Command) -> Result<(), BackupFault> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|fault| BackupFault::Program { program, told: fault.to_string() })?;
    if output.status.success() {
        return Ok(());
    }
    Err(BackupFault::Program { program, told: String::from_utf8_lossy(&output.stderr).trim().to_owned() })
}
