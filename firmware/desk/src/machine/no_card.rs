//! Without a card: class, name, PIN.

use super::identify::Identify;
use super::pin::{Digits, Whose};
use super::refused::Denied;
use super::{Desk, State, Turn};
use crate::rules::refusal;
use crate::{ClassRow, MemoryFault, NameRow, Refusal, Signal};
use exchange::{ClassId, PatronId, RefusalKind};

/// How far someone without a card has come.
#[derive(Debug, Clone, Default)]
pub(super) enum Step {
    /// The card is asked for.
    #[default]
    Card,
    /// "Your class?"
    Classes(Vec<ClassRow>),
    /// "Your name?"
    Names { class: ClassRow, names: Vec<NameRow> },
    /// "Your PIN?"
    Pin { class: ClassRow, patron: PatronId, given: String, digits: Digits, wrong: bool },
}

impl Desk {
    fn step_mut(&mut self) -> Option<&mut Step> {
        match &mut self.state {
            State::Identify(identify) => Some(&mut identify.step),
            State::Idle
            | State::Visit(_)
            | State::Returns(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => None,
        }
    }

    /// "I have no card."
    pub(super) fn no_card(&mut self, turn: &Turn<'_>) -> Result<(), MemoryFault> {
        if self.is_open() || matches!(self.step_mut(), Some(Step::Card)) {
            self.ask_class(turn)?;
        }
        Ok(())
    }

    fn ask_class(&mut self, turn: &Turn<'_>) -> Result<(), MemoryFault> {
        let classes = turn.memory.classes()?;
        let rows: Vec<_> =
            classes.into_iter().map(|class| ClassRow { id: class.id, name: class.name }).collect();
        if rows.is_empty() {
            self.ask_card();
            return Ok(());
        }
        match self.step_mut() {
            Some(step) => *step = Step::Classes(rows),
            None => self.state = State::Identify(Identify { kept: Vec::new(), step: Step::Classes(rows) }),
        }
        Ok(())
    }

    pub(super) fn choose_class(&mut self, id: ClassId, turn: &Turn<'_>) -> Result<(), MemoryFault> {
        let Some(Step::Classes(classes)) = self.step_mut() else { return Ok(()) };
        let Some(class) = classes.iter().find(|class| class.id == id).cloned() else { return Ok(()) };
        self.ask_name(class, turn)
    }

    fn ask_name(&mut self, class: ClassRow, turn: &Turn<'_>) -> Result<(), MemoryFault> {
        let patrons = turn.memory.patrons_with_pin(class.id)?;
        let names = patrons
            .into_iter()
            .map(|patron| NameRow { id: patron.id, name: format!("{} {}", patron.family, patron.given) })
            .collect();
        if let Some(step) = self.step_mut() {
            *step = Step::Names { class, names };
        }
        Ok(())
    }

    pub(super) fn choose_name(&mut self, id: PatronId, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let Some(Step::Names { class, names }) = self.step_mut() else { return Ok(()) };
        if !names.iter().any(|name| name.id == id) {
            return Ok(());
        }
        let class = class.clone();
        let Some(patron) = turn.memory.patron(id)? else { return Ok(()) };
        if self.tries.locked_until_ms(Whose::Patron(id), &self.settings, turn.now.mono_ms).is_some() {
            return self.pin_locked(turn);
        }
        if let Some(step) = self.step_mut() {
            let (given, digits) = (patron.given, Digits::default());
            *step = Step::Pin { class, patron: id, given, digits, wrong: false };
        }
        Ok(())
    }

    /// "PIN complete."
    pub(super) fn enter_pin(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let Some(Step::Pin { patron, digits, wrong, .. }) = self.step_mut() else { return Ok(()) };
        let (id, Some(pin)) = (*patron, digits.take_complete()) else { return Ok(()) };
        *wrong = true;
        let whose = Whose::Patron(id);
        let patron = turn.memory.patron(id)?;
        let right = patron.filter(|patron| patron.pin.is_some_and(|hash| hash.matches(&pin)));
        if let Some(patron) = right {
            self.tries.right(whose);
            return self.begin_visit(patron, turn);
        }
        self.tries.wrong(whose, &self.settings, turn.now.mono_ms);
        if self.tries.locked_until_ms(whose, &self.settings, turn.now.mono_ms).is_some() {
            return self.pin_locked(turn);
        }
        turn.say(Signal::No);
        self.note(RefusalKind::WrongPin, None, turn)?;
        Ok(())
    }

    fn pin_locked(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        self.ask_card();
        let limit = self.settings.pin_tries.into();
        let refusal = Refusal { limit, ..refusal(RefusalKind::PinLocked) };
        self.refuse(vec![Denied { refusal, item: None, title: None }], turn)
    }

    /// Back to where the card is asked for: with books kept that is a screen of its own, else the idle screen.
    fn ask_card(&mut self) {
        if let State::Identify(identify) = &mut self.state {
            identify.step = Step::Card;
            if identify.kept.is_empty() {
                self.state = State::Idle;
            }
        }
    }

    /// One step back.
    pub(super) fn step_back(&mut self, turn: &Turn<'_>) -> Result<(), MemoryFault> {
        let class = match self.step_mut() {
            Some(Step::Names { .. }) => return self.ask_class(turn),
            Some(Step::Pin { class, .. }) => class.clone(),
            Some(Step::Classes(_)) => {
                self.ask_card();
                return Ok(());
            }
            Some(Step::Card) | None => return Ok(()),
        };
        self.ask_name(class, turn)
    }

    /// The PIN that is being entered; `None` also while it is locked.
    pub(super) fn digits_mut(&mut self) -> Option<&mut Digits> {
        let locked = self.staff_locked_until_ms(self.now.mono_ms).is_some();
        match &mut self.state {
            State::StaffPin { .. } if locked => None,
            State::Identify(Identify { step: Step::Pin { digits, wrong, .. }, .. })
            | State::StaffPin { digits, wrong } => {
                *wrong = false;
                Some(digits)
            }
            State::Identify(_)
            | State::Idle
            | State::Visit(_)
            | State::Returns(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::Staff => None,
        }
    }
}
