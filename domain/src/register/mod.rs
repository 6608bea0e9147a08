//! 基础与对象: departments, regions, reference data and the register of objects.

pub mod dictionaries;
pub mod objects;
pub mod quality;
