//! 信用分类: batches, classes, mapping tables and strategies.

pub mod credit_batches;
pub mod credit_classifications;
pub mod credit_mappings;
pub mod credit_strategies;
