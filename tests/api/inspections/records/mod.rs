//! What an inspection leaves behind.

mod allowed;
mod documents;
mod evidence;
