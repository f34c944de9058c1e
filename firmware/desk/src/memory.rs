//! What the desk asks of what the station remembers.

use exchange::{
    Calendar, Class, ClassId, Hold, Item, ItemId, Loan, Notice, Patron, PatronId, Rules, Title, TitleId,
};

/// An item with its title, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockedItem {
    /// The item; its id is the present one, also when it was found by a former number.
    pub item: Item,
    /// Its title.
    pub title: Option<Title>,
}

/// The memory could not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what the station remembers cannot be read")]
pub struct MemoryFault;

/// What the station remembers, to be read. Every answer is of this moment: after an [`crate::Effect::Record`] was
/// carried out, loans include it.
pub trait Memory {
    /// The patron who has this card.
    fn patron_by_card(&self, card: &str) -> Result<Option<Patron>, MemoryFault>;
    /// The patron with this number.
    fn patron(&self, id: PatronId) -> Result<Option<Patron>, MemoryFault>;
    /// The item that has, or had, this number.
    fn item(&self, number: &ItemId) -> Result<Option<StockedItem>, MemoryFault>;
    /// A title.
    fn title(&self, id: TitleId) -> Result<Option<Title>, MemoryFault>;
    /// Who has the item.
    fn loan_of(&self, item: &ItemId) -> Result<Option<Loan>, MemoryFault>;
    /// All loans of a patron, by due date, then item.
    fn loans_of(&self, patron: PatronId) -> Result<Vec<Loan>, MemoryFault>;
    /// Holds on a title, the first to be served first.
    fn holds_on(&self, title: TitleId) -> Result<Vec<Hold>, MemoryFault>;
    /// All classes that have a patron with a PIN, by grade, then in Kazakh order of letters.
    fn classes(&self) -> Result<Vec<Class>, MemoryFault>;
    /// Patrons of a class who have a PIN, in Kazakh order of family and given name.
    fn patrons_with_pin(&self, class: ClassId) -> Result<Vec<Patron>, MemoryFault>;
    /// The rules; `None` before any were received.
    fn rules(&self) -> Result<Option<Rules>, MemoryFault>;
    /// The calendar; `None` before any was received.
    fn calendar(&self) -> Result<Option<Calendar>, MemoryFault>;
    /// Region's time of the newest reference data, seconds since 1970; `None` before any was received.
    fn data_as_of_s(&self) -> Result<Option<i64>, MemoryFault>;
    /// Notices to be shown, whatever their last day.
    fn notices(&self) -> Result<Vec<Notice>, MemoryFault>;
}
