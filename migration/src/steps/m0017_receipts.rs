//! Step 17: draws of `mingjian-draw/3`: who the parties are, receipts, officers as references, what changed before the freeze,
//! how epochs and visits were given up,
//! and what chances there were.

use crate::columns::{big, index, int, json, string, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0017_receipts",
        tables: &[
            (
                "task_eligible",
                &[uuid("task_id").key().of("tasks"), int("epoch").key(), json("eligible"), time("taken_at")],
            ),
            (
                "draw_figures",
                &[
                    uuid("draw_id").key().of("draws"),
                    string("kind", 16).key(),
                    string("key", 64).key(),
                    big("expected_micro"),
                    big("variance_micro"),
                    big("realised"),
                ],
            ),
        ],
        indexes: &[
            index("commitments", &["commitment"]),
            index("commitments", &["secret"]),
            index("draw_pool", &["object_id", "draw_id"]),
            index("draw_teams", &["object_id"]),
            index("draws", &["drawn_at"]),
            index("draw_roster", &["personnel_id", "draw_id"]),
            index("inspections", &["draw_id", "status"]),
        ],
    },
    columns: &[
        ("tasks", text("lone_object_reason").null()),
        ("tasks", json("leaving").null()),
        ("commitments", json("who").null()),
        ("commitments", string("signature", 128).null()),
        ("draws", json("conditions").null()),
        ("draws", string("receipt_key", 64).null()),
        ("draws", string("receipt_signature", 128).null()),
        ("draws", json("ended").null()),
        ("draw_roster", string("officer_ref", 64).null()),
        ("draw_roster", string("salt", 32).null()),
        ("inspections", string("void_cause", 24).null()),
        ("inspections", uuid("void_asked_by").null()),
        ("inspection_replacements", string("cause", 24).null()),
    ],
    without: &[],
};
