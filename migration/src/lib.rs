//! The schema, one file a step. Data is not touched here.

pub mod columns;
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
mod m0011_trail;
pub mod step;

use columns::Column;
pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use step::Alteration;

/// Every step, in its order.
pub const STEPS: [Alteration; 11] = [
    Alteration::none(m0001_identity::STEP),
    Alteration::none(m0002_trace::STEP),
    Alteration::none(m0003_register::STEP),
    Alteration::none(m0004_planning::STEP),
    Alteration::none(m0005_draws::STEP),
    Alteration::none(m0006_inspections::STEP),
    Alteration::none(m0007_items::STEP),
    Alteration::none(m0008_people::STEP),
    Alteration::none(m0009_credit::STEP),
    Alteration::none(m0010_risks::STEP),
    m0011_trail::STEP,
];

/// The columns that this build reads and writes, table by table.
pub fn columns() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut columns: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for step in &STEPS {
        for (table, made) in step.step.tables {
            columns.entry(table).or_default().extend(made.iter().map(Column::name));
        }
        for (table, added) in step.columns {
            columns.entry(table).or_default().insert(added.name());
        }
    }
    columns
}

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>).collect()
    }
}
