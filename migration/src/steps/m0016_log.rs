//! Step 16: the transparency log of the audit trail: lines that wait to be sealed, their places, tiles of hashes, checkpoints
//! and who cosigned them.

use crate::columns::{big, index, int, string, text, time, unique_index, uuid};
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0016_log",
    tables: &[
        ("log_pending", &[uuid("entry_id").key(), string("salt", 32), string("leaf", 64), string("mac", 64)]),
        ("log_leaves", &[big("place").key(), uuid("entry_id").unique(), string("salt", 32)]),
        ("log_tiles", &[int("level").key(), big("number").key(), text("hashes")]),
        ("log_heads", &[int("id").key(), big("size")]),
        (
            "log_checkpoints",
            &[uuid("id").key(), big("size").unique(), string("root", 64), text("note"), time("created_at")],
        ),
        (
            "log_cosignatures",
            &[
                uuid("id").key(),
                uuid("checkpoint_id").of("log_checkpoints"),
                string("witness", 200),
                text("line"),
                uuid("user_id").of("users"),
                time("created_at"),
            ],
        ),
    ],
    indexes: &[
        index("log_checkpoints", &["created_at", "id"]),
        unique_index("log_cosignatures", &["checkpoint_id", "witness"]),
    ],
};
