//! 入企检查: approved before they are made, limited by rows that the county publishes, rated by the enterprise.

pub mod feedback;
pub mod figures;
pub mod offline;
pub mod visit_rules;
pub mod visits;
