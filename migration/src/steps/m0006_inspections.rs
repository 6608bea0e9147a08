//! Step 6: inspections, their results and follow-ups.

use crate::columns::*;
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0006_inspections",
    tables: &[
        (
            "inspections",
            &[
                uuid("id").key(),
                sorted("code", 40).unique(),
                uuid("task_id").of("tasks"),
                uuid("draw_id").null().of("draws"),
                uuid("object_id").of("objects"),
                uuid("department_id").of("departments"),
                string("status", 16),
                time("started_at").null(),
                date("inspected_on").null(),
                json("verify_ways"),
                text("summary").null(),
                uuid("entered_by").null(),
                uuid("submitted_by").null(),
                uuid("approved_by").null(),
                text("opinion").null(),
                date("publish_due_on").null(),
                time("published_at").null(),
                time("withdrawn_at").null(),
                text("withdrawn_reason").null(),
                text("void_reason").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "inspection_officers",
            &[
                uuid("inspection_id").key().of("inspections"),
                uuid("personnel_id").key(),
                string("certificate_no", 100).null(),
                boolean("is_leader"),
            ],
        ),
        (
            "inspection_replacements",
            &[
                uuid("inspection_id").key().of("inspections"),
                uuid("left_id").key(),
                uuid("joined_id"),
                text("reason"),
                uuid("created_by"),
                time("created_at"),
            ],
        ),
        ("inspection_results", &[uuid("inspection_id").key().of("inspections"), string("code", 2).key()]),
        (
            "inspection_points",
            &[
                uuid("inspection_id").key().of("inspections"),
                uuid("spot_check_item_id").key(),
                int("item_version").null(),
                int("list_version").null(),
                string("result", 1),
                text("problem").null(),
                text("handling").null(),
            ],
        ),
        (
            "follow_ups",
            &[
                uuid("id").key(),
                uuid("inspection_id").of("inspections"),
                string("measure", 2),
                text("detail").null(),
                date("due_on").null(),
                string("status", 16),
                date("done_on").null(),
                text("note").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
    ],
    indexes: &[
        unique_index("inspections", &["draw_id", "object_id", "department_id"]),
        index("inspections", &["created_at", "id"]),
        index("inspections", &["department_id", "created_at", "id"]),
        index("inspections", &["task_id", "status"]),
        index("inspections", &["object_id", "inspected_on"]),
        index("inspections", &["status", "published_at", "id"]),
        index("inspection_officers", &["personnel_id", "inspection_id"]),
        index("follow_ups", &["inspection_id"]),
    ],
};
