//! 执法人员: officers, certificates, recusals, trainings and rolls.

pub mod personal_data;
pub mod personnel;
pub mod trainings;
