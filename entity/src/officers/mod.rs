//! 执法人员: officers, certificates, recusals, trainings and rolls.

pub mod certificates;
pub mod personnel;
pub mod recusals;
pub mod roll_differences;
pub mod roll_entries;
pub mod rolls;
pub mod training_accounts;
pub mod training_attendances;
pub mod trainings;
