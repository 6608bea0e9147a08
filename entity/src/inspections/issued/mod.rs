//! 下发任务: tasks of upper levels, their parts, objects and inspections.

pub mod issued_inspections;
pub mod issued_objects;
pub mod issued_parts;
pub mod issued_tasks;
