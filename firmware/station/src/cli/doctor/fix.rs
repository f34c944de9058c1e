//! What `--fix` does: only what needs no decision and loses nothing.

use crate::cli::say;
use crate::config::Config;
use crate::doctor::Told;
use crate::durability::{self, Plan};
use anyhow::Context;
use desk::{Check, Standing};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// How often the quick self-test of the disk kills.
const QUICK_KILLS: u32 = 10;

/// Something that can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fix {
    ShortenLog,
    StartUnits,
    CloseFolder,
    TestCard,
}

/// What follows from the findings. Pure.
fn fixes(told: &[Told]) -> Vec<Fix> {
    let fix = |told: &Told| {
        let bad = matches!(told.standing, Standing::Attention | Standing::Broken);
        match told.check {
            Check::Disk if bad => Some(Fix::ShortenLog),
            Check::Units if told.standing == Standing::Broken => Some(Fix::StartUnits),
            Check::State if bad && told.todo.contains("--fix") => Some(Fix::CloseFolder),
            Check::Durability if told.standing == Standing::Unknown => Some(Fix::TestCard),
            Check::Setup
            | Check::Display
            | Check::Touch
            | Check::Readers
            | Check::Printer
            | Check::Journal
            | Check::State
            | Check::Disk
            | Check::Card
            | Check::ReadOnly
            | Check::Durability
            | Check::Power
            | Check::Heat
            | Check::Clock
            | Check::Dns
            | Check::Certificate
            | Check::Region
            | Check::Outbox
            | Check::Contact
            | Check::Units
            | Check::Version => None,
        }
    };
    told.iter().filter_map(fix).collect()
}

/// Does all of them, and says what was done and what could not be.
pub fn all(config: &Path, told: &[Told]) -> anyhow::Result<()> {
    let fixes = fixes(told);
    if fixes.is_empty() {
        return say("There is nothing here that can be put right without a person.");
    }
    for fix in fixes {
        let done = one(fix, config);
        match done {
            Ok(words) => say(&format!("done    {words}"))?,
            Err(error) => say(&format!("not done: {error:#}"))?,
        }
    }
    Ok(())
}

fn one(fix: Fix, config: &Path) -> anyhow::Result<String> {
    match fix {
        Fix::ShortenLog => {
            command("journalctl", &["--vacuum-size=50M"])?;
            Ok("the system's log was shortened to 50 MB".into())
        }
        Fix::StartUnits => {
            command("systemctl", &["reset-failed", "oqyrman.service", "oqyrman-screen.service"])?;
            command("systemctl", &["start", "oqyrman.service", "oqyrman-screen.service"])?;
            Ok("the units were started".into())
        }
        Fix::CloseFolder => {
            let data_dir = Config::read(config)?.data_dir;
            std::fs::set_permissions(&data_dir, std::fs::Permissions::from_mode(0o700))
                .with_context(|| data_dir.display().to_string())?;
            Ok(format!("{} is closed to others", data_dir.display()))
        }
        Fix::TestCard => {
            let data_dir = Config::read(config)?.data_dir;
            let plan = Plan { kills: QUICK_KILLS, seed: getrandom::u64().unwrap_or(1) };
            let outcome = durability::run(&std::env::current_exe()?, &data_dir, plan, |_, _| {})?;
            outcome.record.write(&data_dir)?;
            Ok(format!("the card was tested: {} kills, {} lost", outcome.record.kills, outcome.record.lost))
        }
    }
}

fn command(program: &str, args: &[&str]) -> anyhow::Result<()> {
    let output =
        Command::new(program).args(args).output().with_context(|| format!("{program} cannot be run"))?;
    anyhow::ensure!(
        output.status.success(),
        "{program} {}: {}",
        args.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}
