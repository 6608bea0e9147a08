//! 过程记录: evidence and documents, and the store of their files.

pub mod case_files;
pub mod disposal_lists;
pub mod documents;
pub mod dossier;
pub mod due_files;
pub mod evidence;
pub mod files;
pub mod legal_holds;
pub mod statement_tokens;
