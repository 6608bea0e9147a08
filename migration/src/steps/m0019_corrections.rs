//! Step 19: corrections of published results: each revision that was public leaves its tombstone.

use crate::columns::{date, index, int, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0019_corrections",
        tables: &[(
            "inspection_revisions",
            &[
                uuid("inspection_id").key().of("inspections"),
                int("revision").key(),
                date("inspected_on").null(),
                time("published_at"),
                time("withdrawn_at"),
                text("withdrawn_reason"),
            ],
        )],
        indexes: &[index("inspections", &["published_at", "id"])],
    },
    columns: &[("inspections", int("revision").begins("1"))],
    without: &[],
};
