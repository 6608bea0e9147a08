//! The verifiable draw, format `mingjian-draw/2`, as written down in `docs/verifiable-draw.md`.
//!
//! Nothing here draws luck: the seed comes from secrets that the parties committed to before the pool was frozen.

pub mod commitment;
pub mod eligibility;
mod life;
pub mod matching;
pub mod pool;
pub mod selection;
mod shape;
pub mod strata;
mod text;
pub mod transcript;
pub mod verify;

pub use crate::kernel::merkle::{Digest, sha256};
pub use life::{DrawAction, DrawStatus, Published, apply};
pub use text::parse_digest;

/// The algorithm's name, part of every hash and of every transcript.
pub const ALGORITHM: &str = "mingjian-draw/2";
