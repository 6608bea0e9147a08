//! The steps, in their order.

pub mod m0001_identity;
pub mod m0002_trace;
pub mod m0003_register;
pub mod m0004_planning;
pub mod m0005_draws;
pub mod m0006_inspections;
pub mod m0007_items;
pub mod m0008_people;
pub mod m0009_credit;
pub mod m0010_risks;
pub mod m0011_trail;
pub mod m0012_intake;
pub mod m0013_county;
pub mod m0014_lists;
pub mod m0015_trainings;
pub mod m0016_log;
pub mod m0017_receipts;
pub mod m0018_chance;
pub mod m0019_corrections;
pub mod m0020_binding;
pub mod m0021_bodies;
pub mod m0022_visits;
pub mod m0023_checks;
pub mod m0024_editions;
pub mod m0025_issued;
