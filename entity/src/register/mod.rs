//! 基础与对象: departments, regions, reference data and the register of objects.

pub mod departments;
pub mod object_tags;
pub mod objects;
pub mod regions;
pub mod statement_tokens;
