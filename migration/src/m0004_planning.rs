//! Step 4: plans and tasks.

use crate::columns::*;
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0004_planning",
    tables: &[
        (
            "plans",
            &[
                uuid("id").key(),
                sorted("code", 32).unique(),
                int("year"),
                sorted("name", 500),
                string("kind", 16),
                uuid("department_id").of("departments"),
                string("status", 16),
                uuid("submitted_by").null(),
                uuid("approved_by").null(),
                text("return_reason").null(),
                time("published_at").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "plan_lines",
            &[
                uuid("id").key(),
                uuid("plan_id").of("plans"),
                int("position"),
                string("category", 200),
                string("item_name", 500),
                string("targets", 500),
                string("item_kind", 16),
                string("executing_unit", 200),
                string("ratio_text", 200),
                int("ratio_bp").null(),
                int("minimum_count").null(),
                string("period_text", 100),
                text("justification").null(),
                uuid("spot_check_item_id").null(),
            ],
        ),
        (
            "tasks",
            &[
                uuid("id").key(),
                sorted("code", 32).unique(),
                sorted("name", 200),
                string("source", 16),
                uuid("plan_id").null(),
                string("spot_type", 16),
                uuid("lead_department_id").of("departments"),
                date("starts_on"),
                date("ends_on"),
                json("pool_filter"),
                json("strata"),
                int("exclude_months"),
                int("officers_per_object"),
                string("status", 16),
                int("epoch"),
                text("reason").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "task_departments",
            &[uuid("task_id").key().of("tasks"), uuid("department_id").key().of("departments"), string("duty", 16)],
        ),
        (
            "task_items",
            &[
                uuid("task_id").key().of("tasks"),
                uuid("department_id").key(),
                uuid("spot_check_item_id").key().of("spot_check_items"),
            ],
        ),
    ],
    indexes: &[
        index("plans", &["department_id", "created_at", "id"]),
        index("plans", &["created_at", "id"]),
        index("plans", &["status"]),
        unique_index("plan_lines", &["plan_id", "position"]),
        index("tasks", &["created_at", "id"]),
        index("tasks", &["lead_department_id", "created_at"]),
        index("task_departments", &["department_id", "task_id"]),
    ],
};
