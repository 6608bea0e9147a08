//! Step 20: what the lists say binds: classes left out and ceilings passed have their reasons, and checks above the year's
//! maximum their ground.

use crate::columns::{index, string, text, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0020_binding",
        tables: &[],
        indexes: &[index("task_items", &["spot_check_item_id", "task_id"])],
    },
    columns: &[
        ("tasks", text("left_out_reason").null()),
        ("tasks", text("excess_reason").null()),
        ("tasks", uuid("excess_asked_by").null()),
        ("tasks", uuid("excess_approved_by").null()),
        ("inspections", string("exempt_ground", 24).null()),
    ],
    without: &[],
};
