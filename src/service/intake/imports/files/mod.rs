//! Files as they come, as rows under headings: kinds of file, characters, quotes, and what a file may cost.

mod formats;
mod quotes;
mod read;
mod workbook;

pub use read::Rows;
pub use workbook::serve as serve_workbook;
