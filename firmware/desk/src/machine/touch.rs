//! Where a touch goes. One that does not fit what is shown was made on an older screen, and does nothing.

use super::{Desk, State, Turn};
use crate::{MemoryFault, Touch};

impl Desk {
    pub(super) fn touched(&mut self, touch: Touch, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        self.active_ms = turn.now.mono_ms;
        if !self.reaches_state(&touch) {
            return Ok(());
        }
        match touch {
            Touch::Anywhere => {}
            Touch::Language(lang) => self.lang_touched = Some(lang),
            Touch::Help => self.help = !self.help,
            Touch::Back => self.back(turn)?,
            Touch::Finish => self.finish(turn),
            Touch::ReturnBooks => self.return_books(),
            Touch::NoCard => self.no_card(turn)?,
            Touch::Class(id) => self.choose_class(id, turn)?,
            Touch::Name(id) => self.choose_name(id, turn)?,
            Touch::Digit(digit) => {
                if let Some(digits) = self.digits_mut() {
                    digits.push(digit);
                }
            }
            Touch::Erase => {
                if let Some(digits) = self.digits_mut() {
                    digits.pop();
                }
            }
            Touch::Enter => match self.state {
                State::StaffPin { .. } => self.enter_staff_pin(turn),
                State::Identify(_)
                | State::Idle
                | State::Visit(_)
                | State::Returns(_)
                | State::Finished { .. }
                | State::TimedOut { .. }
                | State::Staff => self.enter_pin(turn)?,
            },
            Touch::MyBooks => self.open_my_books(turn)?,
            Touch::Renew(row) => self.renew(row, turn)?,
            Touch::RenewAll => self.renew_all(turn)?,
            Touch::Undo(row) => self.undo(row, turn)?,
            Touch::ReturnKept => self.return_kept(turn)?,
            Touch::Staff => self.ask_staff_pin(),
            Touch::CallRegion => self.call_region(turn),
            Touch::WriteStick => self.write_stick(turn),
            Touch::Pause(paused) => self.pause(paused),
        }
        Ok(())
    }

    /// Whether the touch is for the state or can be made on anything that lies above it. Help and a refusal let through
    /// what stands on every screen; of the rest they only take their own way back.
    fn reaches_state(&self, touch: &Touch) -> bool {
        match touch {
            Touch::Anywhere | Touch::Language(_) | Touch::Help | Touch::Back | Touch::Finish => true,
            Touch::Staff => !self.help,
            Touch::ReturnBooks
            | Touch::NoCard
            | Touch::Class(_)
            | Touch::Name(_)
            | Touch::Digit(_)
            | Touch::Erase
            | Touch::Enter
            | Touch::MyBooks
            | Touch::Renew(_)
            | Touch::RenewAll
            | Touch::Undo(_)
            | Touch::ReturnKept
            | Touch::CallRegion
            | Touch::WriteStick
            | Touch::Pause(_) => !self.help && self.refused.is_none(),
        }
    }

    /// One step back, from whatever lies on top.
    fn back(&mut self, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        if self.help {
            self.help = false;
            return Ok(());
        }
        if self.refused.is_some() {
            self.next_refusal();
            return Ok(());
        }
        match &mut self.state {
            State::Visit(visit) => visit.my_books = None,
            State::Identify(_) => self.step_back(turn)?,
            State::Finished { .. } | State::TimedOut { .. } | State::StaffPin { .. } | State::Staff => {
                self.clear();
            }
            State::Idle if self.setup.is_some() => self.setup = None,
            State::Idle => self.close_stick(),
            State::Returns(_) => {}
        }
        Ok(())
    }
}
