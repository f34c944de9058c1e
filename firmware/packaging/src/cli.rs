//! The command line of `cargo xtask`.

use crate::arch::Arch;
use crate::{dist, vm};
use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;

/// From source to a device.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    version,
    after_help = "Examples:\n  cargo xtask dist --arch arm64\n  cargo xtask dist --arch amd64 --out /tmp/packages --key ~/oqyrman.key\n  \
                  cargo xtask vm-test"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Builds the programs and makes a folder with packages, licences, contents, checksums and, with a key, a signature.
    #[command(
        after_help = "Examples:\n  cargo xtask dist --arch arm64\n  cargo xtask dist --arch arm64 --key ~/oqyrman.key"
    )]
    Dist(DistArgs),
    /// Makes a key that signs packages, in a new file, and says the half that stations get.
    #[command(after_help = "Example:\n  cargo xtask key ~/oqyrman.key")]
    Key {
        /// The file; made, and never overwritten.
        file: PathBuf,
    },
    /// Installs the packages into a Debian in a virtual machine, borrows books there, cuts its power, and looks.
    #[command(
        after_help = "Examples:\n  cargo xtask vm-test\n  cargo xtask vm-test --packages dist/oqyrman-0.1.0-amd64 --out /tmp/vm"
    )]
    VmTest(VmArgs),
}

#[derive(Debug, Args)]
struct DistArgs {
    /// For which machine; without it, for one as this.
    #[arg(long)]
    arch: Option<Arch>,
    /// In which folder the folder with the packages is made.
    #[arg(long, default_value = "dist")]
    out: PathBuf,
    /// The file with the key that signs; `cargo xtask key` makes one.
    #[arg(long)]
    key: Option<PathBuf>,
    /// The oldest version that may be updated to this one.
    #[arg(long, value_name = "VERSION")]
    min_from_version: Option<String>,
}

#[derive(Debug, Args)]
struct VmArgs {
    /// For which machine. Only amd64 is emulated fast enough.
    #[arg(long, default_value = "amd64")]
    arch: Arch,
    /// A folder that `cargo xtask dist` has made; without it, one is made first.
    #[arg(long, value_name = "DIR")]
    packages: Option<PathBuf>,
    /// Where pictures, logs and figures are written.
    #[arg(long, default_value = "target/vm-test")]
    out: PathBuf,
}

/// The program: `args` are its name and what follows it.
///
/// # Errors
/// What went wrong and what to do, in words.
pub fn main_with_args(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<()> {
    match Cli::parse_from(args).command {
        Command::Dist(args) => {
            let dir = dist::run(&args.into_options()?)?;
            say(&dir.display().to_string())
        }
        Command::Key { file } => {
            let public = dist::new_key(&file)?;
            say(&format!(
                "{}: keep it where nobody else reads it; who has it decides what stations run.\n\
                 In the configuration of stations:  update_key = \"{public}\"",
                file.display()
            ))
        }
        Command::VmTest(VmArgs { arch, packages, out }) => {
            let packages = match packages {
                Some(dir) => dir,
                None => dist::run(&dist::Options {
                    arch,
                    out: PathBuf::from("dist"),
                    key: None,
                    min_from_version: None,
                })?,
            };
            say(&vm::run(&vm::Options { arch, packages, out })?)
        }
    }
}

impl DistArgs {
    fn into_options(self) -> anyhow::Result<dist::Options> {
        let DistArgs { arch, out, key, min_from_version } = self;
        let arch = arch.or_else(Arch::here).context("this machine is neither amd64 nor arm64: say --arch")?;
        Ok(dist::Options { arch, out, key, min_from_version })
    }
}

/// What was asked for, on standard output.
fn say(text: &str) -> anyhow::Result<()> {
    writeln!(std::io::stdout().lock(), "{text}").context("standard output is closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
