//! 过程记录.

pub mod disposal_lists;
pub mod documents;
pub mod dossiers;
pub mod evidence;
pub mod files;
pub mod legal_holds;
pub mod statement_tokens;
