//! 行政检查主体: a department says who of it inspects and on what ground, the justice bureau confirms and publishes it.

mod standing;

pub use standing::{Asked, check};

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspecting_bodies as store;
use crate::persistence::items::items;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::inspections::inspecting_bodies::{BodyAction, BodyFacts, BodyKind, BodyStatus};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::inspections::inspecting_bodies::{Entity, Model};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 行政检查主体
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "name": "旺苍县市场监督管理局", "kind": "STATUTORY", "basis": "《中华人民共和国食品安全法》第六条",
    "duties": "市场监督管理领域的行政检查"
})))]
pub struct InspectingBodyBody {
    /// 部门, one's own where it is not named
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// 公布的名称
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub name: String,
    pub kind: BodyKind,
    /// 委托机关: of an entrusted body, and of no other.
    #[serde(default)]
    pub principal_id: Option<Uuid>,
    /// 法律依据或委托依据
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub basis: String,
    /// 职责权限
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub duties: String,
    /// 检查事项（监管事项）; empty: all of the department, or of the principal.
    #[schema(max_items = 500)]
    #[serde(default)]
    pub item_ids: Vec<Uuid>,
    /// 有效期止（当日有效）; empty: until it is withdrawn.
    #[serde(default)]
    pub valid_to: Option<NaiveDate>,
}

/// An inspecting body, as far as deciding about it needs.
pub fn decision_facts(body: &Model) -> BodyFacts {
    BodyFacts { status: body.status, department_id: body.department_id, submitted_by: body.submitted_by }
}

pub async fn create(tx: &WriteTx, body: InspectingBodyBody) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let department = body.department_id.unwrap_or(ctx.actor.department_id);
    ctx.check_own(department, "/department_id")?;
    check_body(tx, department, &body).await?;
    let model = Model {
        id: new_id(),
        department_id: department,
        name: body.name,
        kind: body.kind,
        principal_id: body.principal_id,
        basis: body.basis,
        duties: body.duties,
        item_ids: unique(body.item_ids).into(),
        valid_to: body.valid_to,
        status: BodyStatus::Draft,
        submitted_by: None,
        confirmed_by: None,
        return_reason: None,
        published_at: None,
        withdrawn_at: None,
        withdrawn_reason: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    let saved = insert(tx, model).await?;
    let event = Event::created::<Entity>(&saved);
    Ok(Change::new(saved, event))
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, body: InspectingBodyBody) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = decision_facts(&row).decide(&tx.ctx().actor, BodyAction::Update)?;
    if body.department_id.is_some_and(|department| department != row.department_id) {
        let detail = text!("所属部门不能更改，请另行登记。", "The department cannot be changed; make another.");
        return Err(AppError::invalid_field("/department_id", "IMMUTABLE", detail));
    }
    check_body(tx, row.department_id, &body).await?;
    row.name = body.name;
    row.kind = body.kind;
    row.principal_id = body.principal_id;
    row.basis = body.basis;
    row.duties = body.duties;
    row.item_ids = unique(body.item_ids).into();
    row.valid_to = body.valid_to;

    row.save(AuditAction::Updated, None).await
}

/// Submits, returns, confirms, publishes, withdraws or discards.
pub async fn act(
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: BodyAction,
    reason: Option<String>,
) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;

    row.status = decision_facts(&row).decide(&tx.ctx().actor, action)?;
    let audit = match action {
        BodyAction::Update => AuditAction::Updated,
        BodyAction::Submit => {
            check_term(tx, row.valid_to)?;
            row.submitted_by = Some(tx.ctx().actor.id);
            row.return_reason = None;
            AuditAction::Submitted
        }
        BodyAction::Return => {
            row.return_reason.clone_from(&reason);
            AuditAction::Returned
        }
        BodyAction::Confirm => {
            row.confirmed_by = Some(tx.ctx().actor.id);
            AuditAction::Approved
        }
        BodyAction::Publish => {
            check_term(tx, row.valid_to)?;
            check_only(tx, &row).await?;
            row.published_at = Some(tx.ctx().now);
            AuditAction::Published
        }
        BodyAction::Withdraw | BodyAction::Discard => {
            row.withdrawn_at = Some(tx.ctx().now);
            row.withdrawn_reason.clone_from(&reason);
            if action == BodyAction::Discard { AuditAction::Discarded } else { AuditAction::Withdrawn }
        }
    };

    row.save(audit, reason).await
}

fn unique(ids: Vec<Uuid>) -> Vec<Uuid> {
    ids.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// Its department and principal exist, and the items are theirs.
async fn check_body(tx: &WriteTx, department: Uuid, body: &InspectingBodyBody) -> Result<()> {
    let own = departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    let mut errors = Vec::new();
    match (body.kind, body.principal_id) {
        (BodyKind::Entrusted, None) => {
            let detail = text!("受委托组织须写明委托机关。", "An entrusted body names its principal.");
            errors.push(FieldError::new("/principal_id", "REQUIRED", detail));
        }
        (BodyKind::Entrusted, Some(principal)) if principal == department => {
            let detail = text!("委托机关不能是本部门。", "A body is not entrusted by itself.");
            errors.push(FieldError::new("/principal_id", "NOT_ALLOWED", detail));
        }
        (BodyKind::Entrusted, Some(principal)) => {
            departments::get(tx.conn(), principal).await.map_err(|error| error.or_no_such("/principal_id"))?;
        }
        (BodyKind::Statutory | BodyKind::Authorized, Some(_)) => {
            let detail = text!("只有受委托组织才有委托机关。", "Only an entrusted body has a principal.");
            errors.push(FieldError::new("/principal_id", "NOT_ALLOWED", detail));
        }
        (BodyKind::Statutory | BodyKind::Authorized, None) => {}
    }

    let known = items::by_ids(tx.conn(), body.item_ids.clone()).await?;
    // A department works under its own items, those of the department above it, and its principal's.
    let owners = [Some(department), own.parent_id, body.principal_id];
    for (at, id) in body.item_ids.iter().enumerate() {
        let own = known.iter().any(|item| item.id == *id && owners.contains(&Some(item.department_id)));
        if !own {
            let detail = text!(
                "监管事项不存在，或不属于本部门、其上级部门或委托机关。",
                "No such item of the department, the one above it, or its principal."
            );
            errors.push(FieldError::new(format!("/item_ids/{at}"), "NO_SUCH_RECORD", detail));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}

fn check_term(tx: &WriteTx, valid_to: Option<NaiveDate>) -> Result<()> {
    let today = tx.ctx().today();
    let Some(last) = valid_to.filter(|last| *last < today) else { return Ok(()) };
    let detail = text!("有效期已于 {last} 届满。", "Its standing ended on {last}.");
    Err(Refusal::new(Code::StateConflict, detail).into())
}

/// A department has one published body: whose standing changes is withdrawn and published anew.
async fn check_only(tx: &WriteTx, body: &Model) -> Result<()> {
    lock_row::<entity::register::departments::Entity>(tx.conn(), body.department_id).await?;
    let published = store::published_of(tx.conn(), &[body.department_id]).await?;
    let today = tx.ctx().today();
    let valid =
        |other: &&Model| other.department_id == body.department_id && other.valid_to.is_none_or(|last| last >= today);
    let Some(other) = published.iter().find(valid) else { return Ok(()) };
    let name = &other.name;
    let detail = text!(
        "该部门已公布“{name}”，请先撤销再公布新的。",
        "{name} of this department is published; withdraw it first."
    );
    Err(Refusal::new(Code::Duplicate, detail).into())
}
