//! 检查: what upper levels ask for.

mod issued;
mod records;
