//! 后续处置: measures after an inspection, each with its state and dates.

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, insert, replace, touch};
use crate::persistence::kernel::tx::WriteTx;
use chrono::NaiveDate;
use domain::inspections::inspections::{FollowUpStatus, takes_follow_ups};
use domain::kernel::refusal::Refusal;
use domain::oversight::audit::AuditAction;
use entity::inspections::follow_ups::{Entity, Model};
use sea_orm::EntityTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 后续处置措施
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"measure": "3", "detail": "责令限期改正标签问题", "due_on": "2026-12-15"})))]
pub struct FollowUpBody {
    /// dictionary spot-dispose
    #[schema(pattern = "^[1-59]$")]
    pub measure: String,
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub detail: Option<String>,
    #[serde(default)]
    pub due_on: Option<NaiveDate>,
}

/// 后续处置完结
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"note": "已改正，复查合格"})))]
pub struct CompleteBody {
    #[schema(min_length = 1, max_length = 2000, pattern = "\\S")]
    pub note: String,
}

pub async fn add_follow_up(tx: &WriteTx, inspection: Uuid, body: FollowUpBody) -> Result<Change<Model>> {
    let inspection = inspections::get(tx.conn(), tx.ctx(), inspection).await?;
    let status = inspection.status;
    if !takes_follow_ups(status) {
        return Err(Refusal::state(status, ("FOLLOW_UP", "登记后续处置")).into());
    }
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        inspection_id: inspection.id,
        measure: body.measure,
        detail: body.detail,
        due_on: body.due_on,
        status: FollowUpStatus::Open,
        done_on: None,
        note: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    touch::<entity::inspections::inspections::Entity>(tx, inspection.id).await?;
    let event =
        Event::new(AuditAction::Created, "follow-ups", saved.id).department(inspection.department_id).after(&saved);

    Ok(Change::new(saved, event))
}

pub async fn complete_follow_up(tx: &WriteTx, id: Uuid, version: i32, body: CompleteBody) -> Result<Change<Model>> {
    let found = Entity::find_by_id(id).one(tx.conn()).await.or_app()?.ok_or_else(AppError::not_found)?;
    let inspection = inspections::get(tx.conn(), tx.ctx(), found.inspection_id).await?;
    check_version::<Entity>(&found, version)?;
    if found.status == FollowUpStatus::Done {
        let status = found.status;
        return Err(Refusal::state(status, ("COMPLETE", "完成")).into());
    }
    let after =
        Model { status: FollowUpStatus::Done, done_on: Some(tx.ctx().today()), note: Some(body.note), ..found.clone() };
    let saved = replace::<Entity>(tx, &found, after).await?;
    touch::<entity::inspections::inspections::Entity>(tx, inspection.id).await?;
    let event = Event::new(AuditAction::Finished, "follow-ups", id)
        .department(inspection.department_id)
        .before(&found)
        .after(&saved);

    Ok(Change::new(saved, event))
}
