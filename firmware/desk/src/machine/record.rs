//! From a decision to a yes: a plan becomes a record, and only the answer to it becomes a line on the screen and a sound.

use super::log::Done;
use super::refused::Denied;
use super::{Desk, State, Turn};
use crate::{Effect, MemoryFault, RecordFault, RowAct, Signal, VisitNote};
use exchange::{Act, Basis, ItemId, Seq};

/// What was decided on one scan or touch.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    acts: Vec<Act>,
    rows: Vec<Planned>,
    /// The events that are taken back.
    undo: Vec<Seq>,
    /// What did not go.
    pub denied: Vec<Denied>,
    /// What is calmly said of it.
    pub note: Option<VisitNote>,
}

/// A line to be, and how many of the acts are its own.
#[derive(Debug, Clone)]
struct Planned {
    item: ItemId,
    title: Option<String>,
    act: RowAct,
    acts: usize,
}

impl Plan {
    /// Nothing yet but something to say.
    pub fn saying(note: Option<VisitNote>) -> Plan {
        Plan { note, ..Plan::default() }
    }

    /// Adds a line and the acts it rests on.
    pub fn add(&mut self, item: ItemId, title: Option<String>, act: RowAct, acts: Vec<Act>) {
        self.rows.push(Planned { item, title, act, acts: acts.len() });
        self.acts.extend(acts);
    }

    /// Takes back what these events did, the last first.
    pub fn undoing(seqs: &[Seq]) -> Plan {
        let acts = seqs.iter().rev().map(|seq| Act::Undone { seq: *seq }).collect();
        Plan { acts, undo: seqs.to_vec(), ..Plan::default() }
    }

    /// Whether the book is in it already.
    pub fn has(&self, item: &ItemId) -> bool {
        self.rows.iter().any(|row| row.item == *item)
    }

    pub fn is_empty(&self) -> bool {
        self.acts.is_empty()
    }
}

impl Turn<'_> {
    /// What a decision of this moment rests on.
    pub fn basis(&self) -> Result<Basis, MemoryFault> {
        Ok(Basis {
            rules: self.memory.rules()?.map_or(0, |rules| rules.version),
            data_as_of_s: self.memory.data_as_of_s()?.unwrap_or(0),
        })
    }
}

impl Desk {
    /// Asks for the plan's record; where there is nothing to write, says at once what there is to say.
    pub(super) fn carry_out(&mut self, mut plan: Plan, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        if plan.is_empty() {
            return self.conclude(plan, turn);
        }
        let basis = turn.basis()?;
        turn.effects.push(Effect::Record { acts: std::mem::take(&mut plan.acts), basis });
        self.pending = Some(plan);
        Ok(())
    }

    /// Says what came of a plan besides what was written.
    fn conclude(&mut self, plan: Plan, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        if let Some(place) = self.note_place() {
            *place = plan.note;
        }
        if plan.denied.is_empty() {
            if plan.note.is_some() && plan.rows.is_empty() {
                turn.say(Signal::Attention);
            }
            Ok(())
        } else {
            self.refuse(plan.denied, turn)
        }
    }

    /// Everything of the plan is durable.
    pub(super) fn recorded(&mut self, seqs: Vec<Seq>, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let Some(mut plan) = self.pending.take() else { return Ok(()) };
        turn.say(Signal::Yes);
        let mut seqs = seqs.into_iter();
        if let Some(log) = self.log_mut() {
            log.remove(&plan.undo);
            for row in &mut plan.rows {
                let own: Vec<Seq> = seqs.by_ref().take(row.acts).collect();
                let whole = own.len() == row.acts;
                log.push(Done {
                    item: row.item.clone(),
                    title: row.title.take(),
                    act: row.act,
                    seqs: if whole { own } else { Vec::new() },
                });
            }
        }
        if let State::Visit(visit) = &mut self.state {
            for row in &plan.rows {
                visit.open.retain(|open| open.item != row.item);
            }
        }
        self.refresh_visit(turn)?;
        self.conclude(plan, turn)
    }

    /// Nothing of the plan was written.
    pub(super) fn not_recorded(&mut self, fault: RecordFault, turn: &mut Turn<'_>) {
        if self.pending.take().is_some() {
            turn.say(Signal::No);
            self.faults.not_recorded(fault, turn.now.mono_ms);
        }
    }

    fn log_mut(&mut self) -> Option<&mut super::log::Log> {
        match &mut self.state {
            State::Visit(visit) => Some(&mut visit.log),
            State::Returns(returns) => Some(&mut returns.log),
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => None,
        }
    }

    fn note_place(&mut self) -> Option<&mut Option<VisitNote>> {
        match &mut self.state {
            State::Visit(visit) => Some(&mut visit.note),
            State::Returns(returns) => Some(&mut returns.note),
            State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => None,
        }
    }

    /// Takes back the line shown at `place`.
    pub(super) fn undo(&mut self, place: u16, turn: &mut Turn<'_>) -> Result<(), MemoryFault> {
        let log = match &self.state {
            State::Visit(visit) if visit.my_books.is_none() => &visit.log,
            State::Returns(returns) => &returns.log,
            State::Visit(_)
            | State::Idle
            | State::Identify(_)
            | State::Finished { .. }
            | State::TimedOut { .. }
            | State::StaffPin { .. }
            | State::Staff => return Ok(()),
        };
        let Some(plan) = log.undoable(place).map(Plan::undoing) else { return Ok(()) };
        self.carry_out(plan, turn)
    }
}
