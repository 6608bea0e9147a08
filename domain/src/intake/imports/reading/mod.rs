//! Reading tables as people keep them: headings, cells, days, amounts, and rows that are no records.

pub mod amounts;
pub mod columns;
pub mod dates;
pub mod fields;
pub mod footers;
pub mod headings;
pub mod words;
