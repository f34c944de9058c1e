//! The command line of the screen.

use crate::bench::{self, BenchOptions};
use crate::gallery;
use crate::headless::{self, HeadlessOptions};
use crate::panel::Panel;
use crate::window::{self, ScreenOptions};
use clap::{Args, Parser, Subcommand};
use desk::view::Lang;
use std::ffi::OsString;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  oqyrman-screen run --socket /run/oqyrman/screen.sock --fullscreen
  oqyrman-screen run --socket /tmp/screen.sock --headless --out frames
  oqyrman-screen bench --socket /tmp/scan.sock --labels labels.tsv --lang ru
  oqyrman-screen gallery
  oqyrman-screen gallery --out gallery --lang ru --size 1280x800 --px-per-mm 5.9

px-per-mm is the panel's pixels divided by its visible width in mm: 1024 / 220 = 4.65.
The panel must be at least 214 mm wide and 126 mm high (10.1 inches).";

/// The screen of a lending station: shows what the station says and reports what is touched.
#[derive(Debug, Parser)]
#[command(name = "oqyrman-screen", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Shows the screen and follows the station.
    Run(RunArgs),
    /// Opens a window in which one "scans" sample cards and books into a station with a simulated reader.
    Bench(BenchArgs),
    /// Shows every screen with sample data: in a window, or as pictures in a folder.
    Gallery(GalleryArgs),
}

#[derive(Debug, Args)]
struct PanelArgs {
    /// Pixels of the panel, WIDTHxHEIGHT.
    #[arg(long, default_value = "1024x600", value_parser = parse_size)]
    size: (u32, u32),
    /// Pixels of one millimetre of the panel.
    #[arg(long, default_value_t = 4.65)]
    px_per_mm: f32,
}

impl PanelArgs {
    fn panel(&self) -> anyhow::Result<Panel> {
        Ok(Panel::new(self.size.0, self.size.1, self.px_per_mm)?)
    }
}

#[derive(Debug, Args)]
struct RunArgs {
    /// The station's Unix socket. It need not be there yet: the screen waits for it.
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
    /// In which language the screen speaks before it hears the station: kk, ru or en.
    #[arg(long, default_value = "kk", value_parser = parse_lang)]
    lang: Lang,
    #[command(flatten)]
    panel: PanelArgs,
    /// Fills the display and hides the mouse pointer.
    #[arg(long, conflicts_with = "headless")]
    fullscreen: bool,
    /// Draws in memory, without a display.
    #[arg(long)]
    headless: bool,
    /// With --headless: writes a picture of every frame into this folder.
    #[arg(long, value_name = "DIR", requires = "headless")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct BenchArgs {
    /// The socket of the station's simulated reader. It need not be there yet.
    #[arg(long, value_name = "PATH")]
    socket: PathBuf,
    /// The socket of the station's emulated pad: books with a tag can be laid on it.
    #[arg(long, value_name = "PATH")]
    pad: Option<PathBuf>,
    /// What can be scanned: a line each with kind (card, book, other), label, description and, for the pad, the tag (UID DSFID
    /// AFI MEMORY); tabs between them.
    #[arg(long, value_name = "FILE")]
    labels: PathBuf,
    /// In which language: kk, ru or en.
    #[arg(long, default_value = "kk", value_parser = parse_lang)]
    lang: Lang,
}

#[derive(Debug, Args)]
struct GalleryArgs {
    /// Writes PNG files and index.html into this folder instead of opening a window.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// In which language: kk, ru or en; without it, in all three.
    #[arg(long, value_parser = parse_lang)]
    lang: Option<Lang>,
    #[command(flatten)]
    panel: PanelArgs,
}

fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let size =
        text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    size.ok_or_else(|| format!("`{text}` is no size; write width, x, height in pixels, as in 1024x600"))
}

fn parse_lang(code: &str) -> Result<Lang, String> {
    Lang::from_code(code).ok_or_else(|| format!("`{code}` is no language of the screen; write kk, ru or en"))
}

/// The program: `args` are its name and what follows it, as [`std::env::args_os`] gives them. A wrong command line
/// ends the process with a message that says what is right.
///
/// # Errors
/// What [`crate::run`], [`headless::run`], [`bench::run`] and [`gallery::write`] return.
pub fn main_with_args(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<()> {
    let cli = Cli::parse_from(args);
    let log = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // Another part of the process may have set up logging already; then that holds.
    let _ = tracing_subscriber::fmt().with_env_filter(log).with_writer(std::io::stderr).try_init();
    match cli.command {
        Command::Run(args) => {
            let panel = args.panel.panel()?;
            if args.headless {
                let RunArgs { socket, lang: first_lang, out: out_dir, .. } = args;
                headless::run(&HeadlessOptions { socket, first_lang, panel, out_dir })
            } else {
                let RunArgs { socket, lang: first_lang, fullscreen, .. } = args;
                window::run(ScreenOptions { socket, first_lang, panel, fullscreen })
            }
        }
        Command::Bench(BenchArgs { socket, pad, labels, lang }) => {
            bench::run(BenchOptions { socket, pad, labels: bench::read(&labels)?, lang })
        }
        Command::Gallery(args) => {
            let panel = args.panel.panel()?;
            let langs = args.lang.map_or(Lang::ALL.to_vec(), |lang| vec![lang]);
            match args.out {
                Some(dir) => {
                    let written = gallery::write(&dir, panel, &langs)?;
                    tracing::info!("{written} pictures and index.html are in {}", dir.display());
                    Ok(())
                }
                None => gallery::open(panel, &langs),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_refused_in_words() {
        assert_eq!(parse_size("1280x800"), Ok((1280, 800)));
        assert_eq!(
            parse_size("big"),
            Err("`big` is no size; write width, x, height in pixels, as in 1024x600".into())
        );
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
