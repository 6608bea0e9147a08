//! Step 15: accounts that attended a training; who handles the platform is trained, officer or not.

use crate::columns::{boolean, index, int, uuid};
use crate::step::Step;

pub const STEP: Step = Step {
    name: "m0015_trainings",
    tables: &[(
        "training_accounts",
        &[
            uuid("training_id").key().of("trainings"),
            uuid("user_id").key().of("users"),
            int("score").null(),
            boolean("passed"),
        ],
    )],
    indexes: &[index("training_accounts", &["user_id"])],
};
