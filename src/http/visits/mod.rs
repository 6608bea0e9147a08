//! 入企检查.

pub mod feedback;
pub mod visit_rules;
pub mod visits;
