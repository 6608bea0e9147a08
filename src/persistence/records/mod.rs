//! 过程记录: evidence and documents, and the store of their files.

pub mod documents;
pub mod dossier;
pub mod evidence;
pub mod files;
pub mod statement_tokens;
