//! Receipts on paper, held against what the region was sent.

use crate::fold::EventRef;
use crate::store::{EventLine, Store, StoreFault};
use exchange::Epoch;
use exchange::receipt::{Line, Receipt, ReceiptFault};

/// A genuine receipt, with what the region has of each of its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What the station stated.
    pub receipt: Receipt,
    /// Its lines, in their order.
    pub lines: Vec<(Line, Standing)>,
}

/// What the region has of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing yet: the station has not sent it. The receipt is what there is to show.
    NotYet,
    /// The same.
    Same(Box<EventLine>),
    /// Another event in its place: the journal that signed the receipt was lost or copied.
    Other(Box<EventLine>),
}

/// Why a receipt could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum CheckFault {
    /// It is none, or nobody here signed it.
    #[error(transparent)]
    Receipt(#[from] ReceiptFault),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// Checks the digits of a receipt's code. Receipts of a revoked station are genuine: it wrote them before.
///
/// # Errors
/// [`CheckFault`].
pub fn check(store: &Store, digits: &str) -> Result<Checked, CheckFault> {
    let mut key = Ok(None);
    let opened = Receipt::open(digits, |station| {
        key = store.station_key(station);
        key.as_ref().ok().copied().flatten()
    });
    key?;
    let receipt = opened?;
    let newest = store.newest_epoch(receipt.station)?.max(receipt.epoch);
    let lines = receipt.lines.iter().map(|line| {
        let mut standing = Standing::NotYet;
        // A journal that goes on as another life keeps its numbers.
        for epoch in (receipt.epoch.0..=newest.0).map(Epoch) {
            let who = EventRef { station: receipt.station, epoch, seq: line.seq };
            match store.event(who)? {
                Some(event) if line.is(&event.event.act) => {
                    standing = Standing::Same(Box::new(event));
                    break;
                }
                Some(event) if epoch == receipt.epoch => standing = Standing::Other(Box::new(event)),
                Some(_) | None => {}
            }
        }
        Ok((line.clone(), standing))
    });
    let lines = lines.collect::<Result<_, StoreFault>>()?;
    Ok(Checked { receipt, lines })
}
