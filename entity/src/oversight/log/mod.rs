//! 存证日志 the transparency log.

pub mod checkpoints;
pub mod cosignatures;
pub mod heads;
pub mod leaves;
pub mod pending;
pub mod tiles;
