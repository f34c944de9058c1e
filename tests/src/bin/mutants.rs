//! `mutants`: takes each guard of `tests/mutants/guards.toml` away and sees whether a test notices. It takes about an hour,
//! so it is run by hand; the table in `docs/proof.md` is what it writes.
#![allow(clippy::print_stdout, reason = "what came of each guard is its output")]

use anyhow::{Context, ensure};
use clap::Parser;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tests::mutants::{Outcome, Row, Tree, Trials, guards, write};

/// Take guards away and see whether a test notices.
#[derive(Parser)]
struct Args {
    /// Only guards whose name has one of these words.
    words: Vec<String>,
    /// Where the changed tree and what is built of it lie; kept, so that the next run is shorter.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A target folder from which a new one begins.
    #[arg(long)]
    built: Option<PathBuf>,
    /// How long one test may take, building included, in seconds.
    #[arg(long, default_value_t = 1_800)]
    patience_s: u64,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the root above the package")?;
    let dir = args.dir.unwrap_or_else(|| std::env::temp_dir().join("oqyrman-mutants"));
    let built = args.built.unwrap_or_else(|| root.join("target"));
    let guards = guards(root)?;
    let tree = Tree::prepare(root, &dir, &built)?;
    let mut trials = Trials::new(&tree, Duration::from_secs(args.patience_s));
    let mut unseen = 0;
    let wanted = |name: &str| args.words.is_empty() || args.words.iter().any(|word| name.contains(word));
    for guard in guards.iter().filter(|guard| wanted(&guard.name)) {
        let outcome = match trials.without(guard) {
            Ok(outcome) => outcome,
            Err(fault) => {
                println!("{}: NOT TRIED: {fault:#}", guard.name);
                unseen += 1;
                continue;
            }
        };
        println!("{}: {outcome}", guard.name);
        match outcome {
            Outcome::Killed(_) => {}
            Outcome::Survived | Outcome::DoesNotCompile | Outcome::Hung => unseen += 1,
        }
        let row = Row {
            guard: guard.name.clone(),
            holds: guard.holds.clone(),
            outcome,
            commit: tree.commit().to_owned(),
        };
        write(&root.join("docs/proof.md"), &guards, &[row])?;
    }
    ensure!(unseen == 0, "{unseen} guards were taken away and nothing noticed, or they could not be tried");
    Ok(())
}
