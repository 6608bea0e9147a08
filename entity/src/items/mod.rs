//! 监管事项: the catalogue, items, implementation lists, legal clauses and mappings.

pub mod catalogue_changes;
pub mod catalogue_items;
pub mod catalogue_versions;
pub mod clause_citations;
pub mod implementation_lists;
pub mod items;
pub mod legal_clauses;
pub mod own_system_items;
