//! Views of inspecting bodies.

use crate::http::kernel::reply::{View, versioned};
use crate::kernel::ctx::Ctx;
use crate::service::inspections::inspecting_bodies::decision_facts;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::Decide;
use domain::inspections::inspecting_bodies::{BodyAction, BodyKind, BodyStatus};
use entity::inspections::inspecting_bodies::Model;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 行政检查主体
#[derive(Serialize, ToSchema)]
pub struct InspectingBodyView {
    pub id: Uuid,
    pub department_id: Uuid,
    /// 公布的名称
    pub name: String,
    pub kind: BodyKind,
    /// 委托机关
    #[schema(required)]
    pub principal_id: Option<Uuid>,
    /// 法律依据或委托依据
    pub basis: String,
    /// 职责权限
    pub duties: String,
    /// 检查事项（监管事项）; empty: all of the department
    pub item_ids: Vec<Uuid>,
    /// 有效期止
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    pub status: BodyStatus,
    #[schema(required)]
    pub submitted_by: Option<Uuid>,
    #[schema(required)]
    pub confirmed_by: Option<Uuid>,
    #[schema(required)]
    pub return_reason: Option<String>,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub withdrawn_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub withdrawn_reason: Option<String>,
    /// What this caller may do now.
    pub allowed_actions: Vec<BodyAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(InspectingBodyView);

impl InspectingBodyView {
    pub fn of(ctx: &Ctx, body: Model) -> Self {
        Self {
            allowed_actions: decision_facts(&body).allowed_actions(&ctx.actor),
            id: body.id,
            department_id: body.department_id,
            name: body.name,
            kind: body.kind,
            principal_id: body.principal_id,
            basis: body.basis,
            duties: body.duties,
            item_ids: body.item_ids.0,
            valid_to: body.valid_to,
            status: body.status,
            submitted_by: body.submitted_by,
            confirmed_by: body.confirmed_by,
            return_reason: body.return_reason,
            published_at: body.published_at,
            withdrawn_at: body.withdrawn_at,
            withdrawn_reason: body.withdrawn_reason,
            version: body.version,
            created_at: body.created_at,
            updated_at: body.updated_at,
        }
    }
}

/// 公布的行政检查主体
#[derive(Serialize, ToSchema)]
pub struct PublicInspectingBodyView {
    pub id: Uuid,
    pub department_id: Uuid,
    pub name: String,
    pub kind: BodyKind,
    /// 委托机关
    #[schema(required)]
    pub principal_id: Option<Uuid>,
    pub basis: String,
    pub duties: String,
    /// 检查事项（监管事项）; empty: all of the department
    pub item_ids: Vec<Uuid>,
    #[schema(required)]
    pub valid_to: Option<NaiveDate>,
    #[schema(required)]
    pub published_at: Option<DateTime<Utc>>,
}

impl View for PublicInspectingBodyView {}

impl From<Model> for PublicInspectingBodyView {
    fn from(body: Model) -> Self {
        Self {
            id: body.id,
            department_id: body.department_id,
            name: body.name,
            kind: body.kind,
            principal_id: body.principal_id,
            basis: body.basis,
            duties: body.duties,
            item_ids: body.item_ids.0,
            valid_to: body.valid_to,
            published_at: body.published_at,
        }
    }
}
