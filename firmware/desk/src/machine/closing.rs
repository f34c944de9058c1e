//! The end of a visit: by Finish, or by itself.

use super::log::Tally;
use super::{Desk, State};

impl Desk {
    /// "Finish."
    pub(super) fn finish(&mut self) {
        let tally = match &self.state {
            State::Visit(visit) => visit.log.tally(),
            State::Returns(returns) => returns.log.tally(),
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => Tally::default(),
        };
        self.close(tally);
    }

    /// Nobody touched or scanned for too long.
    pub(super) fn time_out(&mut self) {
        let (tally, open) = match &self.state {
            State::Visit(visit) => {
                (visit.log.tally(), visit.open.iter().map(|open| open.title.clone()).collect())
            }
            State::Returns(returns) => (returns.log.tally(), Vec::new()),
            State::Identify(identify) => {
                (Tally::default(), identify.kept.iter().map(|kept| kept.row.title.clone()).collect())
            }
            State::Idle
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => (Tally::default(), Vec::new()),
        };
        self.park();
        if tally.lent == 0 && open.is_empty() {
            self.close(tally);
        } else {
            self.clear_to_read();
            let until_ms = self.last_screen_until_ms();
            self.state = State::TimedOut { lent: tally.lent, open, until_ms };
        }
    }

    /// Shows what was done; where nothing was, the idle screen at once.
    fn close(&mut self, tally: Tally) {
        self.clear_to_read();
        if tally.sum() > 0 {
            self.state = State::Finished { tally, until_ms: self.last_screen_until_ms() };
        } else {
            self.clear();
        }
    }

    /// As [`Desk::clear`], but the language stays for whoever reads the last screen.
    fn clear_to_read(&mut self) {
        let (touched, of_patron) = (self.lang_touched, self.lang_of_patron);
        self.clear();
        (self.lang_touched, self.lang_of_patron) = (touched, of_patron);
    }

    fn last_screen_until_ms(&self) -> u64 {
        self.now.mono_ms.saturating_add(self.settings.finished_ms)
    }
}
