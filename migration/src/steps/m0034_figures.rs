//! Step 34: 质量统计: the sums of behaviours, and what of a row goes into them. Rows that are there already have no month: they
//! are counted while the server runs.

use crate::columns::{big, boolean, date, index, int, string, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0034_figures",
        tables: &[(
            "behaviour_figures",
            &[
                uuid("department_id").key().of("departments"),
                string("kind", 16).key(),
                string("township_code", 9).key(),
                date("month").key(),
                date("booked").key(),
                big("rows"),
                big("errors"),
                big("first_errors"),
                big("timed"),
                big("in_time"),
                big("dated"),
                big("days"),
            ],
        )],
        indexes: &[
            index("behaviour_figures", &["month", "department_id"]),
            index("behaviours", &["was_wrong", "created_at", "id"]),
            index("behaviours", &["in_time", "created_at", "id"]),
        ],
    },
    columns: &[
        ("behaviours", date("month").null()),
        ("behaviours", int("delay_days").null()),
        ("behaviours", boolean("in_time").begins("false")),
    ],
    without: &[],
};
