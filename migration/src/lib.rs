//! The schema, one file a step. Data is not touched here.

pub mod columns;
pub mod step;
mod steps;

use columns::Column;
pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, EntityTrait};
use sea_orm_migration::seaql_migrations;
use std::collections::{BTreeMap, BTreeSet};
use step::{Alteration, Fill};

/// Every step, in its order.
pub const STEPS: [Alteration; 35] = [
    Alteration::none(steps::m0001_identity::STEP),
    Alteration::none(steps::m0002_trace::STEP),
    Alteration::none(steps::m0003_register::STEP),
    Alteration::none(steps::m0004_planning::STEP),
    Alteration::none(steps::m0005_draws::STEP),
    Alteration::none(steps::m0006_inspections::STEP),
    Alteration::none(steps::m0007_items::STEP),
    Alteration::none(steps::m0008_people::STEP),
    Alteration::none(steps::m0009_credit::STEP),
    Alteration::none(steps::m0010_risks::STEP),
    steps::m0011_trail::STEP,
    steps::m0012_intake::STEP,
    steps::m0013_county::STEP,
    steps::m0014_lists::STEP,
    Alteration::none(steps::m0015_trainings::STEP),
    Alteration::none(steps::m0016_log::STEP),
    steps::m0017_receipts::STEP,
    steps::m0018_chance::STEP,
    steps::m0019_corrections::STEP,
    steps::m0020_binding::STEP,
    steps::m0021_bodies::STEP,
    steps::m0022_visits::STEP,
    steps::m0023_checks::STEP,
    steps::m0024_editions::STEP,
    steps::m0025_issued::STEP,
    steps::m0026_libraries::STEP,
    steps::m0027_offline::STEP,
    steps::m0028_records::STEP,
    steps::m0029_supervision::STEP,
    steps::m0030_history::STEP,
    steps::m0031_archives::STEP,
    steps::m0032_complaints::STEP,
    steps::m0033_behaviours::STEP,
    steps::m0034_figures::STEP,
    steps::m0035_data_sets::STEP,
];

/// What new columns say of the rows of before.
pub const FILLS: [Fill; 1] = [Fill {
    step: "m0030_history",
    table: "follow_ups",
    column: "object_id",
    by: "inspection_id",
    parent: "inspections",
}];

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

/// When a step was applied, in seconds of the epoch.
pub async fn applied_at(conn: &impl ConnectionTrait, step: &str) -> Result<Option<i64>, DbErr> {
    let found = seaql_migrations::Entity::find_by_id(step.to_owned()).one(conn).await?;
    Ok(found.map(|applied| applied.applied_at))
}

pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        STEPS.into_iter().map(|step| Box::new(step) as Box<dyn MigrationTrait>).collect()
    }
}
