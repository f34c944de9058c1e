//! The link's side of the station: what its thread asks for and brings.

use super::station::Station;
use crate::caller::{LinkEvent, OutboxFault};
use crate::control::{self, Ask, Told};
use crate::identity::{self, Membership};
use desk::{Enrolling, Input, Way};
use exchange::{Answer, Epoch, Request, Seq, Standing};
use journal::{Alarm, FeedFate, TakeError};
use links::{Call, Taken, Waiting};

impl Station {
    pub(super) fn link(&mut self, event: LinkEvent) {
        // A reply is not heard when the link's thread is gone; then nothing hangs on it.
        match event {
            LinkEvent::Enrolling(code) => {
                tracing::info!(code, "the station waits until somebody at the region approves this code");
                self.calling.code = Some(code.clone());
                // Whoever sees the code may look for it in the status at once.
                self.leave_word(true);
                let region = self.config.region.as_ref().map(|region| region.link.url.trim_end_matches('/'));
                let page = region.map_or_else(String::new, |url| format!("{url}/enrolment?code={code}"));
                self.tell(Input::Enrolling(Some(Enrolling { code, page })));
            }
            LinkEvent::Enrolled(membership, epoch, reply) => {
                let _ = reply.send(self.enrolled(membership, epoch));
            }
            LinkEvent::VoucherRefused(_) => self.forget_voucher(),
            LinkEvent::Waiting(reply) => {
                let outbox = self.journal.outbox();
                let _ = reply.send(Ok(Waiting { acked: outbox.acked, head: outbox.head }));
            }
            LinkEvent::Request(call, reply) => {
                let _ = reply.send(self.request(&call));
            }
            LinkEvent::Take(answer, way, reply) => {
                let _ = reply.send(self.take(&answer, way));
                self.tell_link();
            }
            LinkEvent::Called { answered } => {
                if answered {
                    self.calling.last_contact_s = Some(self.clock.now().wall_s);
                }
                self.calling.answered = Some(answered);
                self.tell_link();
                self.leave_word(true);
            }
        }
    }

    /// Keeps what the region said: first in the journal, then in its file. Cut short in between, the station asks once
    /// more at its next start and is told the same.
    fn enrolled(&mut self, membership: Membership, epoch: Epoch) -> Result<(), OutboxFault> {
        self.journal.enrol(membership.station, Some(epoch))?;
        identity::join(&self.config.data_dir, &membership).map_err(OutboxFault::Membership)?;
        self.forget_voucher();
        tracing::info!(station = membership.station.0, "the region has taken the station in");
        self.membership = Some(membership);
        self.calling.code = None;
        self.tell(Input::Enrolling(None));
        self.leave_word(true);
        Ok(())
    }

    /// Whether the file is gone changes nothing: a voucher is good once.
    fn forget_voucher(&self) {
        if let Err(fault) = identity::drop_voucher(&self.config.data_dir) {
            tracing::warn!("{fault:#}");
        }
    }

    fn request(&self, call: &Call) -> Result<Request, OutboxFault> {
        let request =
            self.journal.request(call.from_seq, call.max_events, call.answer_limit, self.clock.sample());
        Ok(request.map_err(TakeError::Store)?)
    }

    fn take(&mut self, answer: &Answer, way: Way) -> Result<Taken, OutboxFault> {
        if self.journal.would_begin_epoch(answer) && !self.desk.is_at_rest() {
            return Err(OutboxFault::Visit);
        }
        let taken = self.journal.take_answer(answer)?;
        for (feed, fate) in &taken.feeds {
            if *fate == FeedFate::Drifted {
                tracing::warn!(?feed, "this feed was not as the region has it; it is asked for again");
            }
        }
        if let Some(alarm) = taken.alarm {
            tracing::error!("{alarm}");
        }
        if let Some(epoch) = taken.begun {
            tracing::error!(
                epoch = epoch.0,
                "the region knows another journal of this station: a new epoch begins"
            );
        }
        self.note_carried(way, taken.acked);
        self.settled = false;
        if way == Way::Https {
            // One that somebody carried tells nothing of how the clocks compare.
            self.clock.compare_with_region(answer.time_s);
        }
        self.floor.raise(self.journal.lower_bound_s());
        self.use_zone();
        Ok(match (taken.standing, taken.alarm) {
            (Standing::Revoked, _) => {
                tracing::error!("the region takes nothing from this station any more");
                Taken::Revoked
            }
            (Standing::Forked { .. }, _) | (Standing::Good, Some(Alarm::JournalBehind { .. })) => {
                Taken::Forked
            }
            (Standing::Good, Some(Alarm::RegionBehind { .. }) | None) => {
                Taken::Good { stored_upto: taken.acked, changed: taken.changed(), more: taken.more }
            }
        })
    }

    /// Keeps in mind by which way events went; that is for people, and nothing hangs on it.
    pub(super) fn note_carried(&mut self, way: Way, upto: Seq) {
        if let Err(fault) = self.journal.note_carried(way, upto, self.clock.now().wall_s) {
            tracing::warn!(%fault, "by which way events went could not be written down");
        }
    }

    /// Answers a command on this machine.
    pub(super) fn asked(&mut self, ask: Ask) -> Told {
        let told = match ask {
            // What an answer of the region does to a running station does not hang on who brought it.
            Ask::Take(answer) => match self.take(&answer, Way::Stick) {
                Ok(taken) => Told::Taken(taken.into()),
                Err(fault) => Told::Fault(fault.to_string()),
            },
            Ask::StickIn { dir } => {
                self.stick_in(dir);
                Told::Noted
            }
            Ask::StickOut => {
                self.stick_out();
                Told::Noted
            }
            Ask::Enrolled { membership, epoch } => match self.enrolled(membership, epoch) {
                Ok(()) => Told::Noted,
                Err(fault) => Told::Fault(fault.to_string()),
            },
            Ask::StandStill => Told::StandsStill(self.stand_still()),
            Ask::GoOn => {
                self.go_on_lending();
                Told::Noted
            }
            Ask::Waiting
            | Ask::Request { .. }
            | Ask::Rows { .. }
            | Ask::Outcomes { .. }
            | Ask::Resolve { .. }
            | Ask::Ways
            | Ask::Carried { .. }
            | Ask::Zone => control::answer(&mut self.journal, ask, self.clock.sample()),
        };
        self.tell_link();
        self.leave_word(true);
        told
    }

    /// Tells the desk what there is to say of the link and of what has come by it.
    pub(super) fn tell_link(&mut self) {
        self.tell(Input::Link(self.link_note()));
        self.tell(Input::Status(self.staff_status()));
    }
}
