//! 监管行为: rows are received, and say at once what is wrong with them.

mod bodies;
mod changes;
mod decide;
mod facts;
pub mod figures;
mod incoming;
mod own;
mod person;
mod receive;
mod recheck;
mod take;
mod turns;
mod wrong;

pub use bodies::{BehaviourBatchBody, BehaviourBody, OverrideBody};
pub use decide::override_finding;
pub use own::{of_inspection, withdraw};
pub use person::{open, reveal};
pub use receive::{Taken, receive_batch, receive_file, receive_one};
pub use recheck::recheck;
pub use take::Receipt;
pub use wrong::wrong_rows;
