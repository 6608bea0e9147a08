//! Sheets of stored data as files: pages as PDF/A (archival, fonts inside) and text as DOCX. No clock, no chance, no database:
//! the same sheet gives the same bytes, wherever it is set.

mod docx;
mod pdf;
mod qr;

pub use docx::docx;
pub use pdf::{missing_characters, pdf};

/// Why a sheet could not be set: a fault of the layout, not of the data.
#[derive(Debug, thiserror::Error)]
#[error("the sheet could not be set: {0}")]
pub struct Fault(String);
