//! 检查: inspections, their results and what follows from them.

pub mod case_referrals;
pub mod follow_ups;
pub mod inspecting_bodies;
pub mod inspections;
pub mod issued_tasks;
mod open;
mod overdue;
pub mod rechecks;

pub use open::{InspectOfficerBody, Opening, open};
