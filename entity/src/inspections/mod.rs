//! 检查: inspections, their results and what follows from them.

pub mod follow_ups;
pub mod inspecting_bodies;
pub mod inspection_checks;
pub mod inspection_officers;
pub mod inspection_points;
pub mod inspection_replacements;
pub mod inspection_results;
pub mod inspection_revisions;
pub mod inspections;
pub mod issued_inspections;
pub mod issued_objects;
pub mod issued_parts;
pub mod issued_tasks;
