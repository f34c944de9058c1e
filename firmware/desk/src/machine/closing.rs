//! The end of a visit: by Finish, or by itself.

use super::log::{Log, Tally};
use super::{Desk, State, Turn};
use crate::{Effect, Printer, ReceiptNote, Slip, SlipRow};

impl Desk {
    /// "Finish." Only then is there a receipt: after a time-out nobody is there to take it.
    pub(super) fn finish(&mut self, turn: &mut Turn<'_>) {
        let (given, log) = match &self.state {
            State::Visit(visit) => (Some(&visit.given), &visit.log),
            State::Returns(returns) => (None, &returns.log),
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => return self.clear(),
        };
        let slip = Slip { lang: self.lang(), given: given.cloned(), rows: slip_rows(log) };
        let (tally, done) = (log.tally(), !slip.rows.is_empty());
        let receipt = match self.printer {
            Printer::Ready if done => ReceiptNote::Coming,
            Printer::Out if done => ReceiptNote::Missing,
            Printer::None | Printer::Ready | Printer::Out => ReceiptNote::Quiet,
        };
        if receipt == ReceiptNote::Coming {
            turn.effects.push(Effect::Receipt(slip));
        }
        self.close(tally, receipt);
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
            self.close(tally, ReceiptNote::Quiet);
        } else {
            self.clear_to_read();
            let until_ms = self.last_screen_until_ms();
            self.state = State::TimedOut { lent: tally.lent, open, until_ms };
        }
    }

    /// Shows what was done; where nothing was, the idle screen at once.
    fn close(&mut self, tally: Tally, receipt: ReceiptNote) {
        self.clear_to_read();
        if tally.sum() > 0 {
            self.state = State::Finished { tally, receipt, until_ms: self.last_screen_until_ms() };
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

fn slip_rows(log: &Log) -> Vec<SlipRow> {
    let rows = log.rows().iter().map(|row| SlipRow {
        item: row.item.clone(),
        title: row.title.clone(),
        act: row.act,
        seqs: row.seqs.clone(),
    });
    rows.collect()
}
