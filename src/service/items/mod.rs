//! 监管事项: the catalogue, items, implementation lists, legal clauses and mappings.

pub mod implementation_lists;
pub mod items;
pub mod legal_clauses;
pub mod mappings;
