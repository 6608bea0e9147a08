//! Step 26: 名录库: libraries of objects and officers, their editions and members, and which of them a task is drawn from.

use crate::columns::{date, index, int, json, sorted, string, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0026_libraries",
        tables: &[
            (
                "libraries",
                &[
                    uuid("id").key(),
                    sorted("code", 40).unique(),
                    string("name", 200),
                    string("kind", 16),
                    uuid("department_id").of("departments"),
                    json("pool_filter"),
                    json("tag_rules"),
                    json("officer_filter"),
                    string("status", 16),
                    int("edition"),
                    int("members"),
                    string("problem", 20).null(),
                    date("refreshed_on"),
                    text("retired_reason").null(),
                    int("version"),
                    time("created_at"),
                    time("updated_at"),
                ],
            ),
            (
                "library_editions",
                &[
                    uuid("library_id").key().of("libraries"),
                    int("edition").key(),
                    string("cause", 16),
                    text("filter"),
                    int("members"),
                    int("entered"),
                    int("gone"),
                    string("digest", 64),
                    uuid("made_by"),
                    time("made_at"),
                ],
            ),
            (
                "library_members",
                &[
                    uuid("library_id").key().of("libraries"),
                    uuid("member_id").key(),
                    int("from_edition").key(),
                    int("to_edition").null(),
                ],
            ),
        ],
        indexes: &[
            index("libraries", &["created_at", "id"]),
            index("libraries", &["updated_at", "id"]),
            index("libraries", &["department_id", "created_at", "id"]),
            index("libraries", &["status", "refreshed_on"]),
            index("library_members", &["library_id", "to_edition", "member_id"]),
            index("tasks", &["object_library_id"]),
            index("task_departments", &["officer_library_id"]),
        ],
    },
    columns: &[("tasks", uuid("object_library_id").null()), ("task_departments", uuid("officer_library_id").null())],
    without: &[],
};
