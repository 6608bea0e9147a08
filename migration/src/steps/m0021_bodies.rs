//! Step 21: 行政检查主体, who may inspect at all.

use crate::columns::{date, index, int, json, string, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0021_bodies",
        tables: &[(
            "inspecting_bodies",
            &[
                uuid("id").key(),
                uuid("department_id").of("departments"),
                string("name", 200),
                string("kind", 16),
                uuid("principal_id").null().of("departments"),
                text("basis"),
                text("duties"),
                json("item_ids"),
                date("valid_to").null(),
                string("status", 16),
                uuid("submitted_by").null(),
                uuid("confirmed_by").null(),
                text("return_reason").null(),
                time("published_at").null(),
                time("withdrawn_at").null(),
                text("withdrawn_reason").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        )],
        indexes: &[
            index("inspecting_bodies", &["created_at", "id"]),
            index("inspecting_bodies", &["updated_at", "id"]),
            index("inspecting_bodies", &["department_id", "created_at", "id"]),
            index("inspecting_bodies", &["status", "created_at", "id"]),
        ],
    },
    columns: &[],
    without: &[],
};
