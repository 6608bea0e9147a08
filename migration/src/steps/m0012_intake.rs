//! Step 12: what a register says beside name and code, the sheet's own row in a finding, rows that are no records; the next
//! number of each series of codes; who agreed that a privileged account be reset; lists by what changed last, of
//! certificates and of follow-ups.

use crate::columns::{big, boolean, index, string, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0012_intake",
        tables: &[("serials", &[string("series", 96).key(), big("last")])],
        indexes: &[
            index("objects", &["registration_no"]),
            index("objects", &["updated_at", "id"]),
            index("objects", &["township_code", "created_at", "id"]),
            index("objects", &["local_class", "created_at", "id"]),
            index("inspections", &["updated_at", "id"]),
            index("risk_clues", &["updated_at", "id"]),
            index("items", &["updated_at", "id"]),
            index("plans", &["updated_at", "id"]),
            index("tasks", &["updated_at", "id"]),
            index("spot_check_items", &["updated_at", "id"]),
            index("personnel", &["updated_at", "id"]),
            index("certificates", &["created_at", "id"]),
            index("certificates", &["certificate_no"]),
            index("certificates", &["annual_exam_due_on"]),
            index("follow_ups", &["created_at", "id"]),
            index("follow_ups", &["status", "due_on"]),
            index("worklist_entries", &["resource_id"]),
        ],
    },
    columns: &[
        ("imports", big("rows_skipped").begins("0")),
        ("findings", big("sheet_row").null()),
        ("objects", string("registration_no", 15).null()),
        ("objects", text("business_address").null()),
        ("objects", string("registration_authority", 200).null()),
        ("objects", text("phone").null()),
        ("objects", string("phone_masked", 40).null()),
        ("objects", boolean("key_supervision").null()),
        ("users", uuid("consent_by").null()),
        ("users", time("consent_until").null()),
    ],
    without: &[index("objects", &["local_class"])],
};
