//! 过程记录.

pub mod documents;
pub mod dossiers;
pub mod evidence;
pub mod files;
pub mod statement_tokens;
