//! Step 36: 重复登记的对象: one that another has taken over names it.

use crate::columns::{index, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0036_register",
        tables: &[],
        indexes: &[index("objects", &["successor_id", "created_at", "id"])],
    },
    columns: &[("objects", uuid("successor_id").null())],
    without: &[],
};
