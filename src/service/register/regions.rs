//! 行政区划: the regions shipped with the build, and finding where an address lies.

use crate::config::County;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::db::Db;
use crate::persistence::register::regions;
use domain::kernel::codes::region::{Gazetteer, Region};
use entity::register::regions::Model;

/// Loads `data/regions.csv` where rows are missing; reference data carries no audit row.
pub async fn load_shipped(db: &Db) -> Result<()> {
    let mut reader = csv::Reader::from_reader(include_str!("../../../data/regions.csv").as_bytes());
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(AppError::internal)?;
        let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let parent = field(3);
        rows.push(Model {
            code: field(0),
            name: field(1),
            level: field(2),
            parent_code: (!parent.is_empty()).then_some(parent),
        });
    }

    regions::add_missing(db, rows).await
}

/// The gazetteer of the county served.
pub async fn gazetteer(db: &Db, county: &County) -> Result<Gazetteer> {
    let regions = regions::all(db).await?;
    let regions = regions.into_iter().map(|region| Region { code: region.code, name: region.name });
    let former = county.former_townships.iter().map(|(name, code)| Region { code: code.clone(), name: name.clone() });
    Ok(Gazetteer::new(&county.code, regions, former))
}
