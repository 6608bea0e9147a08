//! Step 30: 历史: earlier states of records, kept when they change; an enterprise's right to read what there is of it.

use crate::columns::{date, index, int, json, string, text, time, uuid};
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step {
        name: "m0030_history",
        tables: &[
            (
                "history",
                &[
                    string("resource", 40).key(),
                    uuid("record_id").key(),
                    int("version").key(),
                    uuid("object_id").null(),
                    json("content"),
                    time("since"),
                    time("until_at"),
                ],
            ),
            (
                "statement_tokens",
                &[
                    uuid("id").key(),
                    uuid("object_id").of("objects"),
                    string("digest", 64).unique(),
                    text("purpose"),
                    time("expires_at"),
                    time("revoked_at").null(),
                    date("read_on").null(),
                    uuid("created_by"),
                    int("version"),
                    time("created_at"),
                    time("updated_at"),
                ],
            ),
        ],
        indexes: &[
            index("history", &["object_id", "until_at"]),
            index("statement_tokens", &["object_id", "created_at", "id"]),
            index("statement_tokens", &["created_at", "id"]),
        ],
    },
    columns: &[("follow_ups", uuid("object_id").null())],
    without: &[],
};
