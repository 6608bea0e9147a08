//! 公示: what the public may know of an inspection.

use crate::kernel::error::Result;
use crate::persistence::inspections::inspections;
use crate::persistence::register::{departments, objects};
use crate::persistence::spot_checks::draws;
use chrono::NaiveDate;
use domain::inspections::inspections::InspectionStatus;
use domain::register::objects::public_name;
use entity::inspections::inspection_revisions;
use entity::inspections::inspections::Model;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A published (or withdrawn) inspection with the names a reader needs.
pub struct PublicInspection {
    pub inspection: Model,
    pub object_name: String,
    pub object_uscc: Option<String>,
    pub department_name: String,
    /// Id and name, where naming the task tells nothing of the object.
    pub task: Option<(Uuid, String)>,
    pub result_codes: Vec<String>,
    /// What was public before, oldest first.
    pub revisions: Vec<inspection_revisions::Model>,
}

impl PublicInspection {
    /// Published, or withdrawn and perhaps being corrected.
    pub fn status(&self) -> InspectionStatus {
        let published = self.inspection.status == InspectionStatus::Published;
        if published { InspectionStatus::Published } else { InspectionStatus::Withdrawn }
    }

    /// The day of the visit as it was public: what is being corrected is nobody's yet.
    pub fn inspected_on(&self) -> Option<NaiveDate> {
        let last = self.revisions.last().filter(|last| self.inspection.published_at == Some(last.published_at));
        last.map_or(self.inspection.inspected_on, |last| last.inspected_on)
    }
}

/// Completes published rows: a constant number of statements.
pub async fn inspections(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<PublicInspection>> {
    use crate::persistence::kernel::errors::AppResult;
    let mut parts = inspections::parts(conn, rows.iter().map(|row| row.id).collect()).await?;
    let objects = objects::by_ids(conn, rows.iter().map(|row| row.object_id).collect()).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.department_id).collect();
    let names: BTreeMap<_, _> =
        departments::existing(conn, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect();
    let tasks: Vec<Uuid> = rows.iter().map(|row| row.task_id).collect();
    let tasks = entity::spot_checks::tasks::Entity::find()
        .filter(entity::spot_checks::tasks::Column::Id.is_in(tasks))
        .all(conn)
        .await
        .or_app()?;
    let tasks: BTreeMap<_, _> = tasks.into_iter().map(|task| (task.id, task.name)).collect();
    let draws = rows.iter().filter_map(|row| row.draw_id).collect();
    let linkable: BTreeSet<_> = draws::linkable(conn, draws).await?;
    let done = rows.into_iter().map(|inspection| {
        let object = objects.get(&inspection.object_id);
        let parts = parts.remove(&inspection.id).unwrap_or_default();
        PublicInspection {
            object_name: object.map(|object| public_name(&object.object_type, &object.name)).unwrap_or_default(),
            object_uscc: object.and_then(|object| object.uscc.clone()),
            department_name: names.get(&inspection.department_id).cloned().unwrap_or_default(),
            task: tasks
                .get(&inspection.task_id)
                .filter(|_| inspection.draw_id.is_some_and(|draw| linkable.contains(&draw)))
                .map(|name| (inspection.task_id, name.clone())),
            result_codes: parts.results,
            revisions: parts.revisions,
            inspection,
        }
    });

    Ok(done.collect())
}
