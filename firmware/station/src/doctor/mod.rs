//! What is wrong with a station, and what to do: facts in, findings out.
//!
//! Invariants:
//! - [`judge`] is pure. Everything it knows is in [`Facts`]; those who gather them decide nothing.
//! - Every file of the machine is read below a root that tests can set, and no further than a bound.
//! - Every check is told in every run: what could not be looked at is `unknown`, not left out.
//! - No name, card number or secret is in a finding.

mod card;
mod facts;
mod judge;
mod machine;
mod network;
mod units;

pub use facts::{ConfigFacts, Facts, LinkFacts, StationFacts, Unit};
pub use judge::{Told, judge};
pub use machine::{Connector, Disk, Machine};
pub use network::look as look_at_network;
pub use units::look as look_at_units;
