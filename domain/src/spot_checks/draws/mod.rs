//! The verifiable draw, format `mingjian-draw/3`, as written down in `docs/verifiable-draw.md`.
//!
//! Nothing here draws luck: the seed comes from secrets that the parties committed to before the pool was frozen.

mod algorithm;
pub mod chance;
pub mod changes;
pub mod commitment;
pub mod eligibility;
mod life;
pub mod matching;
pub mod pool;
pub mod receipt;
pub mod selection;
pub mod strata;
pub mod transcript;
pub mod verify;

pub use crate::kernel::merkle::{Digest, sha256};
pub use algorithm::Algorithm;
pub use life::{DrawAction, DrawStatus, EpochVoidCause, Published, apply};
pub use transcript::text::parse_digest;

use transcript::text;
