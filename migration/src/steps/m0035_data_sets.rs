//! Step 35: 数据集目录: the sets that must be gathered, and the days on which something of each came.

use crate::columns::{date, index, int, json, string, text, time, unique_index, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration::none(Step {
    name: "m0035_data_sets",
    tables: &[
        (
            "data_sets",
            &[
                uuid("id").key(),
                string("content", 24),
                string("name", 100),
                uuid("department_id").null().of("departments"),
                string("source_system", 200).null(),
                string("cadence", 16),
                string("grade", 16).null(),
                string("share", 16).null(),
                text("share_basis").null(),
                uuid("duty_user_id").null(),
                text("plan").null(),
                string("status", 16),
                uuid("submitted_by").null(),
                uuid("approved_by").null(),
                text("return_reason").null(),
                uuid("agreed_department_id").null(),
                string("agreed_cadence", 16),
                uuid("signed_by").null(),
                date("in_force_on").null(),
                date("review_on").null(),
                json("lacks"),
                time("escalated_at").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        ("data_set_arrivals", &[string("content", 24).key(), date("day").key()]),
    ],
    indexes: &[
        unique_index("data_sets", &["content"]),
        index("data_sets", &["created_at", "id"]),
        index("data_sets", &["updated_at", "id"]),
        index("data_sets", &["department_id", "created_at", "id"]),
        index("data_sets", &["status", "created_at", "id"]),
        index("imports", &["dataset", "created_at", "id"]),
    ],
});
