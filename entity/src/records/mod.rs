//! 过程记录: evidence and documents.

pub mod documents;
pub mod evidence;
pub mod evidence_chunks;
