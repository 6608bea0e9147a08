//! 过程记录: what an inspection leaves behind, its evidence and its documents, and what becomes of them when their time is over.

pub mod disposal;
pub mod documents;
pub mod dossier;
pub mod evidence;
pub mod holds;
pub mod retention;
pub mod sheets;
