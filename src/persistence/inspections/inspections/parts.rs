//! What belongs to inspections: officers, results, points, evidence, follow-ups.

use crate::kernel::error::Result;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::records::evidence;
use domain::inspections::inspections::{FAILED_POINT, found_problems};
use domain::records::evidence::{EvidenceStatus, Gap, gaps};
use entity::inspections::inspections::Model;
use entity::inspections::{
    follow_ups, inspection_checks, inspection_officers, inspection_points, inspection_replacements, inspection_results,
    inspection_revisions,
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What belongs to an inspection.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    pub officers: Vec<inspection_officers::Model>,
    pub results: Vec<String>,
    pub points: Vec<inspection_points::Model>,
    pub checks: Vec<inspection_checks::Model>,
    pub follow_ups: Vec<follow_ups::Model>,
    pub replacements: Vec<inspection_replacements::Model>,
    /// Numbers and states of its evidence.
    pub evidence: Vec<(i32, EvidenceStatus)>,
    /// What was public before, oldest first.
    pub revisions: Vec<inspection_revisions::Model>,
}

impl Parts {
    pub fn failed_points(&self) -> usize {
        self.points.iter().filter(|point| point.result == FAILED_POINT).count()
    }

    /// Evidence that its officers captured and that is not there.
    pub fn evidence_gaps(&self, inspection: &Model) -> Vec<Gap> {
        gaps(inspection.evidence_count, &self.evidence)
    }

    pub fn found_problems(&self) -> bool {
        found_problems(&self.results, self.failed_points())
    }
}

/// Parts of inspections: eight statements however many.
pub async fn parts(conn: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, Parts>> {
    let mut parts: BTreeMap<Uuid, Parts> = BTreeMap::new();
    let officers = inspection_officers::Entity::find()
        .filter(inspection_officers::Column::InspectionId.is_in(ids.clone()))
        .order_by_asc(inspection_officers::Column::PersonnelId);
    for row in officers.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().officers.push(row);
    }
    let results = inspection_results::Entity::find()
        .filter(inspection_results::Column::InspectionId.is_in(ids.clone()))
        .order_by_asc(inspection_results::Column::Code);
    for row in results.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().results.push(row.code);
    }
    let points = inspection_points::Entity::find()
        .filter(inspection_points::Column::InspectionId.is_in(ids.clone()))
        .order_by_asc(inspection_points::Column::SpotCheckItemId);
    for row in points.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().points.push(row);
    }
    let checks = inspection_checks::Entity::find()
        .filter(inspection_checks::Column::InspectionId.is_in(ids.clone()))
        .order_by_asc(inspection_checks::Column::SpotCheckItemId)
        .order_by_asc(inspection_checks::Column::Number);
    for row in checks.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().checks.push(row);
    }
    let replacements = inspection_replacements::Entity::find()
        .filter(inspection_replacements::Column::InspectionId.is_in(ids.clone()))
        .order_by_asc(inspection_replacements::Column::CreatedAt);
    for row in replacements.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().replacements.push(row);
    }
    let revisions = inspection_revisions::Entity::find()
        .filter(inspection_revisions::Column::InspectionId.is_in(ids.clone()))
        .order_by_asc(inspection_revisions::Column::Revision);
    for row in revisions.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().revisions.push(row);
    }
    for (inspection, numbers) in evidence::numbers(conn, ids.clone()).await? {
        parts.entry(inspection).or_default().evidence = numbers;
    }
    let follow_ups = follow_ups::Entity::find()
        .filter(follow_ups::Column::InspectionId.is_in(ids))
        .order_by_asc(follow_ups::Column::Id);
    for row in follow_ups.all(conn).await.or_app()? {
        parts.entry(row.inspection_id).or_default().follow_ups.push(row);
    }

    Ok(parts)
}

pub async fn parts_of(conn: &impl ConnectionTrait, id: Uuid) -> Result<Parts> {
    Ok(parts(conn, vec![id]).await?.remove(&id).unwrap_or_default())
}
