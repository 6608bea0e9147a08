//! 过程记录: evidence and documents, and what becomes of them when their time is over.

pub mod destroyed_papers;
pub mod disposal_lines;
pub mod disposal_lists;
pub mod documents;
pub mod doomed_files;
pub mod evidence;
pub mod evidence_chunks;
pub mod legal_holds;
