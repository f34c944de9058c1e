//! `oqyrman report`: a bundle for whoever helps, without anything about people.

use super::doctor::gather;
use super::say;
use crate::clock::system_wall_s;
use crate::config::Config;
use crate::doctor::judge;
use crate::report::{self, Part};
use anyhow::Context;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  oqyrman report\n  oqyrman report --out /media/stick\n  oqyrman report --show\n\n\
                        It shows what it will contain and asks before it writes; with --yes it does not ask."
)]
pub struct Options {
    /// The station's configuration.
    #[arg(long, default_value = "/etc/oqyrman/oqyrman.toml")]
    config: PathBuf,
    /// A folder, such as a stick, or a file that ends in .tar.zst.
    #[arg(long, default_value = ".")]
    out: PathBuf,
    /// Show the whole text of every part instead of writing it.
    #[arg(long)]
    show: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
    /// A log to take instead of the system's.
    #[arg(long, hide = true)]
    log: Option<PathBuf>,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let path = std::path::absolute(&options.config).context("--config")?;
    let data_dir = Config::read(&path).map_or_else(|_| "/var/lib/oqyrman".into(), |config| config.data_dir);
    let told = judge(&gather(&path, Path::new("/"), false));
    let parts = report::parts(&path, &data_dir, &told, options.log.as_deref());
    if options.show {
        return parts
            .iter()
            .try_for_each(|part| say(&format!("== {} ({})\n{}", part.name, part.what, part.text)));
    }
    show_list(&parts)?;
    if !options.yes && !agreed()? {
        return say("Nothing was written.");
    }
    let now_s = system_wall_s();
    let file = if options.out.is_dir() {
        let time = jiff::Timestamp::from_second(now_s).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        options.out.join(format!("oqyrman-report-{}.tar.zst", time.strftime("%Y%m%d-%H%M%S")))
    } else {
        options.out.clone()
    };
    report::write(&file, &parts, u64::try_from(now_s).unwrap_or(0))
        .with_context(|| format!("{}: cannot be written", file.display()))?;
    say(&format!("Written: {}. A stick may be pulled out now.", file.display()))
}

fn show_list(parts: &[Part]) -> anyhow::Result<()> {
    say("The report will contain:")?;
    for part in parts {
        say(&format!("  {:<16} {:>7} bytes  {}", part.name, part.text.len(), part.what))?;
    }
    say("No names, card numbers, PINs, keys or passwords. `--show` shows every word of it.")
}

fn agreed() -> anyhow::Result<bool> {
    if !std::io::stdin().is_terminal() {
        return Ok(true);
    }
    say("Write it? [y/N]")?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(["y", "yes", "д", "да", "и", "иә"].contains(&answer.trim().to_lowercase().as_str()))
}
