//! The schema, one file a step. Data is not touched here.

mod columns;
mod m0001_identity;
mod m0002_trace;
mod m0003_register;
mod m0004_planning;
mod m0005_draws;
mod m0006_inspections;
mod m0007_items;
mod m0008_people;
mod m0009_credit;
mod m0010_risks;
mod step;

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        let steps = [
            m0001_identity::STEP,
            m0002_trace::STEP,
            m0003_register::STEP,
            m0004_planning::STEP,
            m0005_draws::STEP,
            m0006_inspections::STEP,
            m0007_items::STEP,
            m0008_people::STEP,
            m0009_credit::STEP,
            m0010_risks::STEP,
        ];
        steps.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>).collect()
    }
}
