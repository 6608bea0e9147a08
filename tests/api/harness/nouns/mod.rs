//! What several tests need of a noun: bodies by the book, and records on their way.

mod archives;
mod behaviours;
mod bodies;
mod complaints;
mod data_sets;
mod evidence;
mod issued;
mod items;
mod risks;
mod supervision;
mod tasks;
mod visits;
mod worklist;

pub use archives::{LONG_AGO, destroyed, witness};
pub use behaviours::rules_of;
pub use evidence::photo;
pub use items::elements;
pub use tasks::{PARTIES, secret};
pub use visits::today;
