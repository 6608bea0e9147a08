//! 检查: inspections, their results and what follows from them.

pub mod inspecting_bodies;
pub mod inspections;
mod open;

pub use open::{InspectOfficerBody, Opening, open};
