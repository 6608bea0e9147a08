//! Background work: one process at a time holds a job by a lease; a job whose process died is taken up again.

mod runner;

pub use runner::{Lanes, drain, start};
