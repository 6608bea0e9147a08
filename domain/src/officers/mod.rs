//! 执法人员: officers, certificates, recusals, trainings and rolls.

pub mod certificates;
pub mod personnel;
pub mod recusals;
pub mod rolls;
pub mod trainings;
