//! What a library system answers, as types. What is free text by the standard stays text.

use super::date::day_in;
use super::{Charset, Message};
use exchange::Day;

/// Where an item is (18, circulation status).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Circulation {
    /// 03 available, 08 on the hold shelf, 09 waiting to be shelved, 10 between libraries: nobody has it.
    In,
    /// 04, 05, 07: somebody has it.
    Charged,
    /// Anything else: lost, claimed, missing, not known, not told.
    Other,
}

/// 18.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAnswer {
    /// Where it is.
    pub circulation: Circulation,
    /// What it is; empty for an item that the system does not know.
    pub title: String,
    /// When it is due, as it was written.
    pub due: String,
}

/// 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatronAnswer {
    /// Whether the system knows this patron (`BL`); systems that leave it out know whom they name.
    pub known: bool,
    /// Whether the patron may borrow: the first flag of the patron status. The other flags are messages to people.
    pub may_borrow: bool,
    /// The card's number as the system writes it.
    pub card: String,
    /// Their name, in one piece.
    pub name: String,
    /// Items they have (`AU`), as far as they were listed.
    pub charged: Vec<String>,
    /// How many they have, where it is told.
    pub charged_count: Option<usize>,
}

impl PatronAnswer {
    /// Whether the patron has this item; `None` where the list is not whole.
    #[must_use]
    pub fn has(&self, item: &str) -> Option<bool> {
        let is_item = |listed: &String| {
            listed == item || listed.strip_prefix(item).is_some_and(|rest| rest.starts_with([' ', '/', '\t']))
        };
        if self.charged.iter().any(is_item) {
            return Some(true);
        }
        self.charged_count.is_some_and(|count| self.charged.len() >= count).then_some(false)
    }
}

/// 12 or 30.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LentAnswer {
    /// Whether the system took it.
    pub ok: bool,
    /// Whether it took it for a renewal: then the patron had the item already.
    pub renewed: bool,
    /// When it is due, as it was written.
    pub due: String,
    /// What it has to say.
    pub words: String,
}

impl LentAnswer {
    /// The day on which it is due, where that can be told.
    #[must_use]
    pub fn due_day(&self) -> Option<Day> {
        day_in(&self.due)
    }
}

/// 10.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnedAnswer {
    /// Whether the system took it.
    pub ok: bool,
    /// What it has to say.
    pub words: String,
}

/// 98.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemAnswer {
    /// Whether it says that it is there. What else it says of itself is often wrong, and is not believed.
    pub online: bool,
}

/// Reads 18.
#[must_use]
pub fn item(message: &Message, charset: Charset) -> ItemAnswer {
    ItemAnswer {
        circulation: match message.fixed("circulation_status") {
            Some(b"03" | b"08" | b"09" | b"10") => Circulation::In,
            Some(b"04" | b"05" | b"07") => Circulation::Charged,
            Some(_) | None => Circulation::Other,
        },
        title: text(message, b"AJ", charset),
        due: text(message, b"AH", charset),
    }
}

/// Reads 64, or 24, which has no counts.
#[must_use]
pub fn patron(message: &Message, charset: Charset) -> PatronAnswer {
    let status = message.fixed("patron_status").unwrap_or_default();
    let name = text(message, b"AE", charset);
    let count = message.fixed("charged_items_count").map(String::from_utf8_lossy);
    PatronAnswer {
        known: match message.field(b"BL").map(|field| field.value.as_slice()) {
            Some(b"Y") => true,
            Some(_) => false,
            None => !name.is_empty(),
        },
        may_borrow: status.first() != Some(&b'Y'),
        card: text(message, b"AA", charset),
        name,
        charged: message
            .fields()
            .iter()
            .filter(|field| &field.id == b"AU")
            .map(|field| field.text(charset))
            .collect(),
        charged_count: count.and_then(|count| count.trim().parse().ok()),
    }
}

/// Reads 12 or 30.
#[must_use]
pub fn lent(message: &Message, charset: Charset) -> LentAnswer {
    LentAnswer {
        ok: is_yes(message, "ok"),
        renewed: is_yes(message, "renewal_ok"),
        due: text(message, b"AH", charset),
        words: words(message, charset),
    }
}

/// Reads 10.
#[must_use]
pub fn returned(message: &Message, charset: Charset) -> ReturnedAnswer {
    ReturnedAnswer { ok: is_yes(message, "ok"), words: words(message, charset) }
}

/// Reads 98.
#[must_use]
pub fn system(message: &Message) -> SystemAnswer {
    SystemAnswer { online: is_yes(message, "online_status") }
}

/// Whether 94 says yes.
#[must_use]
pub fn logged_in(message: &Message) -> bool {
    is_yes(message, "ok")
}

fn is_yes(message: &Message, part: &str) -> bool {
    matches!(message.fixed(part), Some(b"1" | b"Y"))
}

/// The text of a field, without the blanks around it; empty where there is none.
fn text(message: &Message, id: &[u8; 2], charset: Charset) -> String {
    message.field(id).map(|field| field.text(charset).trim().to_owned()).unwrap_or_default()
}

/// What is to be shown and printed (`AF`, `AG`, which may repeat), once each.
fn words(message: &Message, charset: Charset) -> String {
    let mut words: Vec<String> = Vec::new();
    for field in message.fields().iter().filter(|field| matches!(&field.id, b"AF" | b"AG")) {
        let text = field.text(charset).trim().to_owned();
        if !text.is_empty() && !words.contains(&text) {
            words.push(text);
        }
    }
    words.join(" ")
}
