//! 档案: what becomes of records when their work is done: how long they are kept, what must not be destroyed, what may go.

pub mod disposal;
pub mod holds;
mod obstacles;
pub mod package;
