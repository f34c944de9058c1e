//! A simulated world: a school with several stations, a region, and everything that happens to them in years, from one seed.
//!
//! - What is proved is real: the desk, the journal on SQLite, the station's clock, the caller, the courier's bundles, the
//!   sealed messages, the region with its store, fold and feeds. What is simulated is what lies around: people, time, links,
//!   cards, power, sticks. Nothing sleeps and there are no threads; a school year passes in a part of a second.
//! - A seed gives a [`plan`] of steps; a step names its parameters, so any part of a plan can be played without the rest. That
//!   is what makes a failing seed shrink to a short story.
//! - Beside the world stands the [`truth`]: who holds which book, and what was said yes to. It knows nothing of sequences,
//!   epochs, chunks or folds. The invariants of the design are looked at after every step or at every settling.

mod account;
mod card;
mod cast;
mod chance_of;
mod clock;
mod desk_work;
mod errands;
mod judge;
mod machine;
mod plan;
mod region;
mod road;
mod run;
mod sabotage;
mod shrink;
mod sticks;
mod story;
mod trouble;
mod truth;
mod world;

pub use account::Account;
pub use plan::{Step, What, plan};
pub use region::StoreKind;
pub use run::{Failure, Scale, ground, play};
pub use sabotage::Sabotage;
pub use shrink::shrink;
pub use truth::{Broken, Invariant};
pub use world::World;
