//! `oqyrman card …`: in which form the school's list writes its cards.

use super::say;
use anyhow::bail;
use hardware::card::{CardForm, CardUid};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show a card's UID in every form, and which of them the school's list uses.
    #[command(
        after_help = "Examples:\n  oqyrman card forms 04A1B2C3\n  oqyrman card forms 04A1B2C3 --number 3283263748"
    )]
    Forms {
        /// The UID in the order of the air, in hexadecimal: 4, 7 or 10 bytes.
        uid: String,
        /// The number that the list has for this very card.
        #[arg(long)]
        number: Option<String>,
        /// One JSON object instead of words.
        #[arg(long)]
        json: bool,
    },
}

pub fn run(command: Command) -> anyhow::Result<()> {
    let Command::Forms { uid, number, json } = command;
    let uid = CardUid::new(&super::tag::memory(&uid)?)?;
    let fitting = number.as_deref().map(|number| CardForm::fitting(&uid, number));
    let fits = |form: CardForm| fitting.as_ref().is_some_and(|fitting| fitting.contains(&form));
    if json {
        let written = CardForm::ALL.iter().map(|(form, name)| ((*name).to_owned(), form.write(&uid).into()));
        let forms: serde_json::Map<String, serde_json::Value> = written.collect();
        let fitting = CardForm::ALL.iter().filter(|(form, _)| fits(*form)).map(|(_, name)| *name);
        say(&serde_json::json!({ "forms": forms, "fitting": fitting.collect::<Vec<_>>() }).to_string())?;
    } else {
        for (form, name) in CardForm::ALL {
            let sign = if fits(form) { "<- the list's" } else { "" };
            say(format!("{name:<20} {:<26} {sign}", form.write(&uid)).trim_end())?;
        }
    }
    match &fitting {
        Some(fitting) if fitting.is_empty() => {
            bail!("no form of this UID is that number; is it the same card?")
        }
        Some(_) | None => Ok(()),
    }
}
