//! 检查: inspections, their results and what follows from them.

pub mod inspecting_bodies;
pub mod inspections;
pub mod issued_tasks;
mod open;

pub use open::{InspectOfficerBody, Opening, open};
