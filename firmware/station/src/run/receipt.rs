//! Receipts: a slip of the desk goes to the printer, and how the printer is goes to the desk. Nobody waits for paper.

use super::station::Station;
use crate::receipt::{Letterhead, Signer, pages};
use desk::{Input, Slip};
use exchange::wire::SecretKey;
use hardware::printer::{Printer, PrinterEvent, Trouble};

/// The printer, and what signs a receipt.
#[derive(Debug)]
pub(super) struct Press {
    printer: Printer,
    key: SecretKey,
    /// Whether it was heard of.
    heard: bool,
    /// Why it cannot print; `None` while it is well.
    trouble: Option<Trouble>,
}

impl Station {
    /// Prints receipts on this printer from now on.
    pub fn print_on(&mut self, printer: Printer, key: SecretKey) {
        self.press = Some(Press { printer, key, heard: false, trouble: None });
    }

    pub(super) fn printer(&mut self, event: PrinterEvent) {
        let (trouble, state) = match event {
            PrinterEvent::Ready => (None, desk::Printer::Ready),
            PrinterEvent::Trouble(trouble) => {
                tracing::warn!(?trouble, "the receipt printer cannot print; lending goes on");
                (Some(trouble), desk::Printer::Out)
            }
        };
        if let Some(press) = &mut self.press {
            press.heard = true;
            press.trouble = trouble;
        }
        self.tell(Input::Printer(state));
        self.leave_word(true);
    }

    pub(super) fn print(&self, slip: &Slip) {
        let Some(press) = &self.press else { return };
        let membership = self.membership.as_ref();
        let epoch = self.journal.outbox().epoch;
        let signer = membership.zip(epoch).map(|(membership, epoch)| Signer {
            station: membership.station,
            epoch,
            key: &press.key,
        });
        let head = Letterhead {
            school: membership.map_or(self.config.name.as_str(), |membership| &membership.school),
            time: &self.clock.written(),
            wall_s: self.clock.now().wall_s,
            signer,
        };
        for page in pages(slip, head) {
            if !press.printer.print(page) {
                tracing::warn!("too many receipts wait for the printer; one was left out");
            }
        }
    }

    /// How the printer is, in a word for `oqyrman status`; `None` = there is none, or it was not heard of yet.
    pub(super) fn printer_state(&self) -> Option<&'static str> {
        let press = self.press.as_ref().filter(|press| press.heard)?;
        Some(match press.trouble {
            None => "ready",
            Some(Trouble::NoPaper) => "no paper",
            Some(Trouble::CoverOpen) => "cover open",
            Some(Trouble::Fault) => "fault",
            Some(Trouble::Gone) => "gone",
        })
    }
}
