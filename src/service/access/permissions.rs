//! Why may X do Y on Z: the question is put to the same scoped queries that serve requests.

use crate::app::App;
use crate::kernel::ctx::{Actor, Ctx};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{clients, users};
use crate::persistence::inspections::inspections;
use crate::persistence::intake::imports;
use crate::persistence::items::{implementation_lists, items, mappings};
use crate::persistence::officers::{personnel, trainings};
use crate::persistence::register::objects;
use crate::persistence::spot_checks::{draws, plans, tasks};
use crate::service::access::auth;
use domain::access::clients::ClientStatus;
use domain::access::users::UserStatus;
use domain::access::{Asked, Explanation, Permission, Reach, explain};
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 谁、做什么、对哪条记录
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "subject_id": "01930000-0000-7000-8000-000000000003", "permission": "inspections:review",
    "resource": "inspections", "resource_id": "01930000-0000-7000-8000-000000000005"
})))]
pub struct ExplainBody {
    /// An account or a partner system.
    pub subject_id: Uuid,
    #[schema(max_length = 64, pattern = "^[a-z-]+:[a-z-]+$")]
    pub permission: String,
    /// objects, personnel, items, implementation-lists, item-mappings, plans, tasks, draws, inspections, imports or
    /// trainings
    #[schema(max_length = 32, pattern = "^[a-z-]+$")]
    #[serde(default)]
    pub resource: Option<String>,
    #[serde(default)]
    pub resource_id: Option<Uuid>,
}

pub async fn explain_access(app: &App, body: &ExplainBody) -> Result<Explanation> {
    let permission = Permission::of(&body.permission).ok_or_else(|| {
        let detail = text!("没有这项权限，见 GET /api/v1/me/permissions。", "There is no such permission.");
        AppError::invalid_field("/permission", "UNKNOWN_CODE", detail)
    })?;
    let (actor, active, has_second_factor) = subject(app, body.subject_id).await?;
    let in_reach = match (&body.resource, body.resource_id) {
        (Some(resource), Some(id)) => {
            let reach = actor.reach(permission).unwrap_or(Reach::Assigned);
            let may = actor.reach(permission).is_some();
            let ctx = Ctx::new(Arc::clone(&actor), reach, "explain".to_owned());
            Some(may && reaches(app, &ctx, resource, id).await?)
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let detail = text!("resource 与 resource_id 应同时填写。", "resource and resource_id go together.");
            return Err(AppError::invalid_field("/resource_id", "REQUIRED", detail));
        }
    };
    let asked = Asked {
        role: actor.role,
        active,
        scopes: actor.scopes.clone(),
        second_factor_missing: app.settings.security.second_factor_due(actor.role) && !has_second_factor,
        in_reach,
    };

    Ok(explain(&asked, permission))
}

/// The account or client, whether it is active, and whether it has a second factor.
async fn subject(app: &App, id: Uuid) -> Result<(Arc<Actor>, bool, bool)> {
    if let Some(client) = clients::find(&app.db, id).await? {
        let active = client.status == ClientStatus::Active;
        let granted = client.scopes.0.clone();
        return Ok((Arc::new(auth::partner(app, client, &granted).await?), active, true));
    }
    let user = users::get(&app.db, id).await.map_err(|error| error.or_no_such("/subject_id"))?;
    if user.role.is_none() || user.department_id.is_none() {
        let detail = text!("该账户尚未绑定部门与角色。", "The account is not bound to a department and a role.");
        return Err(AppError::invalid_field("/subject_id", "NOT_BOUND", detail));
    }
    let active = user.status == UserStatus::Active;
    Ok((auth::actor(app, &user).await?, active, user.totp_confirmed_at.is_some()))
}

/// Whether a record is found under somebody's own scope.
async fn reaches(app: &App, ctx: &Ctx, resource: &str, id: Uuid) -> Result<bool> {
    let db = &app.db;
    let found = match resource {
        "objects" => objects::get(db, ctx, id).await.map(|_| ()),
        "personnel" => personnel::get(db, ctx, id).await.map(|_| ()),
        "items" => items::get(db, ctx, id).await.map(|_| ()),
        "implementation-lists" => implementation_lists::get(db, ctx, id).await.map(|_| ()),
        "item-mappings" => mappings::get(db, ctx, id).await.map(|_| ()),
        "plans" => plans::get(db, ctx, id).await.map(|_| ()),
        "tasks" => tasks::get(db, ctx, id).await.map(|_| ()),
        "draws" => draws::get(db, ctx, id).await.map(|_| ()),
        "inspections" => inspections::get(db, ctx, id).await.map(|_| ()),
        "imports" => imports::get(db, ctx, id).await.map(|_| ()),
        "trainings" => trainings::get(db, ctx, id).await.map(|_| ()),
        _ => {
            let detail = text!("未知的资源。", "There is no such resource.");
            return Err(AppError::invalid_field("/resource", "UNKNOWN_CODE", detail));
        }
    };

    match found {
        Ok(()) => Ok(true),
        Err(error) if matches!(error.code, Code::NotFound | Code::RecordDestroyed) => Ok(false),
        Err(error) => Err(error),
    }
}
