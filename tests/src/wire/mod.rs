//! A real journal, the real HTTPS link, a proxy that is a bad line and counts bytes, and a real region.

mod proxy;
mod world;

pub use proxy::{Line, Proxy, Traffic};
pub use world::{Delivery, Region, Sender, autumn};
