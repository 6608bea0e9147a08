//! Step 13: clues that are dispatched and transferred.

use crate::columns::{text, time};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step { name: "m0013_county", tables: &[], indexes: &[] },
    columns: &[("risk_clues", time("dispatched_at").null()), ("risk_clues", text("transfer_reason").null())],
    without: &[],
};
