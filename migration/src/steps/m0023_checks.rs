//! Step 23: 检查要点结果, one row a check point of the list that was in force; and why the same officers find nothing again.

use crate::columns::{int, json, string, text, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0023_checks",
        tables: &[(
            "inspection_checks",
            &[
                uuid("inspection_id").key().of("inspections"),
                uuid("spot_check_item_id").key(),
                int("number").key(),
                text("name"),
                text("content"),
                string("result", 1),
                text("fact").null(),
                json("evidence"),
            ],
        )],
        indexes: &[],
    },
    columns: &[("inspections", text("repeat_explanation").null())],
    without: &[],
};
