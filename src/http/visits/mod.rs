//! 入企检查.

pub mod feedback;
pub mod offline;
pub mod visit_rules;
pub mod visits;
