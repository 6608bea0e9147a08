//! 委托: one account acts for another for a while, with a reason, and under its own name in the trail.

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{delegations as store, users};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::service::access::auth::{For, sign};
use chrono::{DateTime, SubsecRound, Utc};
use domain::access::check_delegation;
use domain::access::users::UserStatus;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::access::delegations::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 新委托
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "to_user_id": "01930000-0000-7000-8000-000000000003", "starts_at": "2026-12-01T00:00:00Z",
    "ends_at": "2026-12-08T00:00:00Z", "reason": "外出培训，委托代为办理"
})))]
pub struct DelegationBody {
    /// 受托人
    pub to_user_id: Uuid,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub reason: String,
}

pub async fn create(app: &App, tx: &WriteTx, body: DelegationBody) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    if ctx.actor.acts_for.is_some() {
        let detail = text!("受托人不得再行委托。", "What was delegated cannot be delegated on.");
        return Err(AppError::invalid_field("/to_user_id", "NO_SUBDELEGATION", detail));
    }
    check_second_factor(ctx)?;
    let to = users::find(tx.conn(), body.to_user_id).await?;
    let to = to.filter(|user| user.status == UserStatus::Active && user.id != ctx.actor.id);
    let to = to.ok_or_else(|| AppError::no_such("/to_user_id"))?;
    let to_role = to.role.ok_or_else(|| AppError::no_such("/to_user_id"))?;
    let maximum = app.settings.rules.delegation_maximum_days;
    check_delegation(ctx.actor.role, to_role, body.starts_at.max(ctx.now), body.ends_at, maximum)?;
    let model = Model {
        id: new_id(),
        from_user_id: ctx.actor.id,
        to_user_id: to.id,
        starts_at: body.starts_at.trunc_subsecs(3),
        ends_at: body.ends_at.trunc_subsecs(3),
        reason: body.reason,
        revoked_at: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Delegated, "delegations", saved.id)
        .department(ctx.actor.department_id)
        .reason(saved.reason.clone())
        .after(&saved);

    Ok(Change::new(saved, event))
}

/// What a role demands of its holder it demands before the role is handed on.
fn check_second_factor(ctx: &Ctx) -> Result<()> {
    if ctx.actor.second_factor_due {
        let detail = text!("请先绑定动态口令并重新登录。", "Set up the one-time code and log in again first.");
        return Err(AppError::new(Code::SecondFactorDue, detail));
    }
    Ok(())
}

/// Every delegation from and to an account ends: it is not what it was.
pub async fn end_all(tx: &WriteTx, user: Uuid) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for before in store::living(tx.conn(), user, tx.ctx().now).await? {
        let after = Model { revoked_at: Some(tx.ctx().now), ..before.clone() };
        let saved = replace::<Entity>(tx, &before, after).await?;
        events.push(Event::new(AuditAction::DelegationRevoked, "delegations", saved.id).before(&before).after(&saved));
    }
    Ok(events)
}

/// Ends a delegation before its time; `own` where the caller must be the one who gave it.
pub async fn revoke(tx: &WriteTx, id: Uuid, version: i32, own: bool) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let before = store::find(tx.conn(), id).await?;
    let before = before.filter(|found| !own || found.from_user_id == ctx.actor.id).ok_or_else(AppError::not_found)?;
    check_version::<Entity>(&before, version)?;
    if before.revoked_at.is_some() {
        return Err(domain::kernel::refusal::Refusal::state(("REVOKED", "已终止"), ("REVOKE", "终止")).into());
    }
    let after = Model { revoked_at: Some(ctx.now), ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::DelegationRevoked, "delegations", id)
        .department(ctx.actor.department_id)
        .before(&before)
        .after(&saved);

    Ok(Change::new(saved, event))
}

/// An access token with which the caller acts for whoever delegated to them.
pub async fn token(app: &App, tx: &WriteTx, id: Uuid) -> Result<Change<(String, u32)>> {
    let ctx = tx.ctx();
    check_second_factor(ctx)?;
    let found = store::find(tx.conn(), id).await?.filter(|found| found.to_user_id == ctx.actor.id);
    let found = found.ok_or_else(AppError::not_found)?;
    let in_force = found.revoked_at.is_none() && found.starts_at <= ctx.now && ctx.now < found.ends_at;
    let session = ctx.actor.session_id.filter(|_| in_force && ctx.actor.acts_for.is_none());
    let Some(session) = session else {
        let status = ("NOT_IN_FORCE", "未生效或已结束");
        return Err(domain::kernel::refusal::Refusal::state(status, ("USE", "使用")).into());
    };
    let life = i64::from(app.settings.security.access_token_seconds).min((found.ends_at - ctx.now).num_seconds());
    let purpose = For::Session { user: ctx.actor.id, session, delegation: Some(id) };
    let token = sign(app, &purpose, ctx.now, life)?;
    let event = Event::new(AuditAction::DelegationUsed, "delegations", id).department(ctx.actor.department_id);

    Ok(Change::new((token, u32::try_from(life).unwrap_or_default()), event))
}
