//! 检查: what upper levels ask for, what inspections leave behind, what follows from them, and who watches how it is done.

mod alerts;
mod case_referrals;
mod follow_ups;
mod issued;
mod records;
mod supervision;
