//! 执法人员: officers, certificates, recusals, trainings and rolls.

pub mod personnel;
