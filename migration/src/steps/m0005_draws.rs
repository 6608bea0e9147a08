//! Step 5: commitments, frozen pools, draws and teams.

use crate::columns::*;
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0005_draws",
    tables: &[
        (
            "commitments",
            &[
                uuid("id").key(),
                uuid("task_id").of("tasks"),
                int("epoch"),
                uuid("department_id").of("departments"),
                string("commitment", 64),
                string("secret", 64).null(),
                uuid("committed_by"),
                time("committed_at"),
                time("revealed_at").null(),
            ],
        ),
        (
            "draws",
            &[
                uuid("id").key(),
                uuid("task_id").of("tasks"),
                int("epoch"),
                string("status", 16),
                string("algorithm", 48),
                uuid("lead_department_id"),
                int("pool_count"),
                int("selected_count"),
                string("pool_root", 64),
                string("roster_root", 64),
                string("recusal_root", 64),
                json("strata"),
                uuid("strategy_id").null(),
                json("class_batches"),
                int("officers_per_object"),
                json("eligibility"),
                string("terms", 64),
                boolean("linkable"),
                string("seed", 64).null(),
                uuid("previous_draw_id").null(),
                text("void_reason").null(),
                time("frozen_at"),
                time("drawn_at").null(),
                time("matched_at").null(),
                int("version"),
                time("created_at"),
                time("updated_at"),
            ],
        ),
        (
            "draw_pool",
            &[
                uuid("draw_id").key().of("draws"),
                int("position").key(),
                uuid("object_id"),
                string("object_ref", 64),
                string("stratum", 16),
                string("salt", 32),
            ],
        ),
        (
            "draw_roster",
            &[
                uuid("draw_id").key().of("draws"),
                uuid("department_id").key(),
                uuid("personnel_id").key(),
                string("unavailable_reason", 64).null(),
            ],
        ),
        (
            "draw_recusals",
            &[uuid("draw_id").key().of("draws"), uuid("personnel_id").key(), string("object_ref", 64).key()],
        ),
        (
            "draw_selections",
            &[
                uuid("draw_id").key().of("draws"),
                int("position").key(),
                uuid("object_id"),
                string("object_ref", 64),
                string("stratum", 16),
                string("ticket", 64),
            ],
        ),
        (
            "draw_teams",
            &[
                uuid("draw_id").key().of("draws"),
                uuid("object_id").key(),
                uuid("department_id").key(),
                uuid("personnel_id").key(),
                boolean("is_leader"),
            ],
        ),
    ],
    indexes: &[
        unique_index("commitments", &["task_id", "epoch", "department_id"]),
        index("commitments", &["committed_at", "id"]),
        unique_index("draws", &["task_id", "epoch"]),
        index("draws", &["created_at", "id"]),
        unique_index("draw_selections", &["draw_id", "object_id"]),
    ],
};
