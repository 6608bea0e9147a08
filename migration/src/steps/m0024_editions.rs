//! Step 24: plans as they are published: their editions, what a line says beside its item, and which tasks carry it out.

use crate::columns::{date, index, int, json, string, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0024_editions",
        tables: &[
            (
                "plan_editions",
                &[
                    uuid("plan_id").key().of("plans"),
                    int("edition").key(),
                    string("name", 500),
                    json("lines"),
                    json("changes"),
                    text("reason").null(),
                    date("discussed_on").null(),
                    string("approval_no", 100).null(),
                    uuid("approved_by").null(),
                    text("legal_opinion").null(),
                    string("filing_no", 100).null(),
                    date("filed_on").null(),
                    uuid("filed_by").null(),
                    uuid("published_by"),
                    time("published_at"),
                ],
            ),
            (
                "task_plan_lines",
                &[uuid("task_id").key().of("tasks"), uuid("line_id").key(), uuid("plan_id").of("plans")],
            ),
        ],
        indexes: &[
            index("task_plan_lines", &["plan_id", "line_id"]),
            index("plans", &["department_id", "year"]),
            index("inspections", &["inspected_on", "status", "object_id"]),
            index("objects", &["object_type", "registration_status", "township_code"]),
        ],
    },
    columns: &[
        ("plans", int("edition").begins("0")),
        ("plans", text("amend_reason").null()),
        ("plans", text("legal_opinion").null()),
        ("plans", date("discussed_on").null()),
        ("plans", string("approval_no", 100).null()),
        ("plans", string("filing_no", 100).null()),
        ("plans", date("filed_on").null()),
        ("plans", uuid("filed_by").null()),
        ("plans", date("due_on").null()),
        ("plans", json("table_headings").begins("'[]'")),
        ("plan_lines", string("number", 40).null()),
        ("plan_lines", string("spot_type", 16).null()),
        ("plan_lines", string("lead_name", 200).null()),
        ("plan_lines", uuid("lead_department_id").null()),
        ("plan_lines", json("cooperating").begins("'[]'")),
        ("plan_lines", string("mode_text", 200).null()),
        ("plan_lines", json("check_modes").begins("'[]'")),
        ("plan_lines", date("starts_on").null()),
        ("plan_lines", date("ends_on").null()),
        ("plan_lines", json("class_rates").begins("'[]'")),
        ("plan_lines", text("cancelled_reason").null()),
        ("plan_lines", json("printed").begins("'{}'")),
    ],
    without: &[],
};
