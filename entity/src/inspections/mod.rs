//! 检查: inspections, their results and what follows from them.

pub mod case_referrals;
pub mod follow_ups;
pub mod inspecting_bodies;
pub mod inspection_checks;
pub mod inspection_officers;
pub mod inspection_points;
pub mod inspection_replacements;
pub mod inspection_results;
pub mod inspection_revisions;
pub mod inspections;
mod issued;

pub use issued::{issued_inspections, issued_objects, issued_parts, issued_tasks};
