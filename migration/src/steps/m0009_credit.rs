//! Step 9: mapping tables and strategies of the credit classes.

use crate::columns::*;
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0009_credit",
    tables: &[
        (
            "credit_mappings",
            &[
                uuid("id").key(),
                string("scheme", 1),
                int("revision"),
                string("state", 16),
                json("entries"),
                text("reason"),
                uuid("created_by"),
                uuid("activated_by").null(),
                time("activated_at").null(),
                time("retired_at").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "credit_strategies",
            &[
                uuid("id").key(),
                sorted("code", 32),
                int("revision"),
                string("name", 200),
                string("state", 16),
                json("kinds"),
                json("rows"),
                text("reason"),
                uuid("created_by"),
                uuid("activated_by").null(),
                time("activated_at").null(),
                time("retired_at").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
    ],
    indexes: &[
        unique_index("credit_mappings", &["scheme", "revision"]),
        index("credit_mappings", &["created_at", "id"]),
        unique_index("credit_strategies", &["code", "revision"]),
        index("credit_strategies", &["code", "id"]),
        index("credit_strategies", &["created_at", "id"]),
    ],
};
