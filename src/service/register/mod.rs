//! 基础与对象: departments, regions, reference data and the register of objects.

pub mod departments;
pub mod named;
pub mod objects;
pub mod regions;
