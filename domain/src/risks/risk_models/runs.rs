//! What the versions of models did in a run.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a version did in a run, and how it agreed with the other version of its model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunTally {
    pub model_id: Uuid,
    pub number: i32,
    pub shadow: bool,
    pub evaluated: u64,
    pub fired: u64,
    pub raised: u64,
    /// Objects for which both versions fired.
    pub both: u64,
    /// Objects for which this one fired and the other did not.
    pub only_this: u64,
    /// Objects for which the other one fired and this did not.
    pub only_other: u64,
}

impl RunTally {
    /// Takes in another batch's figures.
    pub fn add(&mut self, more: &Self) {
        self.evaluated += more.evaluated;
        self.fired += more.fired;
        self.raised += more.raised;
        self.both += more.both;
        self.only_this += more.only_this;
        self.only_other += more.only_other;
    }
}
