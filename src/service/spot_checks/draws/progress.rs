//! The account of a draw: what became of the visits that were drawn.

use super::named;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::spot_checks::draws;
use chrono::{DateTime, Utc};
use domain::inspections::inspections::{InspectionStatus, ReplacementCause, VoidCause};
use domain::spot_checks::draws::pool::Officer;
use entity::spot_checks::draws::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// What became of the visits of a draw.
pub struct Progress {
    /// One a drawn object and department.
    pub visits: BTreeMap<InspectionStatus, u64>,
    pub void: BTreeMap<Option<VoidCause>, u64>,
    pub replacements: Vec<Replacement>,
}

/// Somebody who was drawn did not go; the next of the roster did.
pub struct Replacement {
    pub object_ref: String,
    pub department_id: Uuid,
    /// By the names of the record; `None` in a record that names officers by their ids.
    pub left: Option<String>,
    pub joined: Option<String>,
    pub cause: Option<ReplacementCause>,
    pub at: DateTime<Utc>,
}

pub async fn progress(conn: &impl ConnectionTrait, draw: &Model) -> Result<Progress> {
    let mut progress = Progress { visits: BTreeMap::new(), void: BTreeMap::new(), replacements: Vec::new() };
    for (status, cause, count) in draws::visits(conn, draw.id).await? {
        let count = u64::try_from(count).unwrap_or_default();
        *progress.visits.entry(status).or_default() += count;
        if status == InspectionStatus::Void {
            *progress.void.entry(cause).or_default() += count;
        }
    }
    progress.replacements = replacements(conn, draw).await?;

    Ok(progress)
}

async fn replacements(conn: &impl ConnectionTrait, draw: &Model) -> Result<Vec<Replacement>> {
    let made = draws::replacements(conn, draw.id).await?;
    if made.is_empty() {
        return Ok(Vec::new());
    }
    let visits = inspections::by_ids(conn, made.iter().map(|row| row.inspection_id).collect()).await?;
    let (roster, selections) = draws::named(conn, draw.id).await?;
    let refs: BTreeMap<_, _> = selections.iter().map(|row| (row.object_id, row.object_ref.as_str())).collect();
    let names = roster.iter().map(|row| Ok((row.personnel_id, named(row)?)));
    let names = names.collect::<Result<BTreeMap<_, _>>>()?;
    let name = |person: Uuid| match names.get(&person) {
        Some(officer @ Officer::Ref(_)) => Some(officer.to_string()),
        Some(Officer::Id(_)) | None => None,
    };

    let told = made.into_iter().filter_map(|row| {
        let visit = visits.get(&row.inspection_id)?;
        Some(Replacement {
            object_ref: (*refs.get(&visit.object_id)?).to_owned(),
            department_id: visit.department_id,
            left: name(row.left_id),
            joined: name(row.joined_id),
            cause: row.cause,
            at: row.created_at,
        })
    });
    Ok(told.collect())
}
