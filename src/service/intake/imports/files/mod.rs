//! Files as they come, as rows under headings: kinds of file, characters, quotes, and what a file may cost.

mod cells;
mod delimited;
mod formats;
mod lines;
mod merged;
mod ndjson;
mod quotes;
mod read;
mod sheets;
mod workbook;

pub use read::{At, RowKind, Rows};
pub use workbook::serve as serve_workbook;
