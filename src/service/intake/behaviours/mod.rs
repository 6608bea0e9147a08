//! 监管行为: rows are received, and say at once what is wrong with them.

mod bodies;
mod decide;
mod facts;
mod incoming;
mod own;
mod person;
mod receive;
mod take;

pub use bodies::{BehaviourBatchBody, BehaviourBody, OverrideBody};
pub use decide::override_finding;
pub use own::{of_inspection, withdraw};
pub use person::{open, reveal};
pub use receive::{receive_batch, receive_one};
pub use take::Receipt;
