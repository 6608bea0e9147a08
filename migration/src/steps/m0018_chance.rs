//! Step 18: a later public value in a draw: what a task names, and what the parties say was published.

use crate::columns::json;
use crate::step::{Alteration, Step};

pub const STEP: Alteration = Alteration {
    step: Step { name: "m0018_chance", tables: &[], indexes: &[] },
    columns: &[("tasks", json("chance").null()), ("draws", json("chance").null())],
    without: &[],
};
