//! 回避: declared by officers or their department, and computed when a pool is frozen.

use super::bodies::RecusalBody;
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::officers::{personnel, recusals as store};
use crate::persistence::register::objects;
use crate::persistence::spot_checks::draws;
use chrono::Months;
use domain::access::Role;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::SEPARATION_OF_DUTIES;
use domain::kernel::text::text;
use domain::officers::recusals::RecusalKind;
use domain::oversight::audit::AuditAction;
use entity::officers::personnel::Model as Officer;
use entity::officers::recusals::Model;
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use uuid::Uuid;

/// For an officer of the caller's scope.
pub async fn declare(tx: &WriteTx, officer: Uuid, body: RecusalBody) -> Result<Change<Model>> {
    let officer = personnel::get(tx.conn(), tx.ctx(), officer).await?;
    check_not_frozen(tx, officer.id, body.object_id).await?;
    save(tx, officer, body).await
}

/// Once a draw holds both, a recusal chooses who goes: only the officer says it then, or the justice bureau.
async fn check_not_frozen(tx: &WriteTx, officer: Uuid, object: Uuid) -> Result<()> {
    if tx.ctx().actor.role == Role::JusticeSupervisor || !draws::holds(tx.conn(), officer, object).await? {
        return Ok(());
    }

    Err(Refusal::new(
        Code::RecusalAfterMatch,
        text!(
            "该对象所在的对象库已冻结，该人员在名册内；此后只能由本人或司法行政部门登记回避。",
            "A draw that is not over has frozen this object and this officer: only the officer, or the justice bureau, declares a recusal now."
        ),
    )
    .under(SEPARATION_OF_DUTIES)
    .into())
}

/// By the officer, for themselves.
pub async fn declare_own(tx: &WriteTx, body: RecusalBody) -> Result<Change<Model>> {
    let own = tx.ctx().actor.personnel_id.ok_or_else(AppError::not_found)?;
    let officer = personnel::by_ids(tx.conn(), vec![own]).await?.remove(&own).ok_or_else(AppError::not_found)?;
    save(tx, officer, body).await
}

async fn save(tx: &WriteTx, officer: Officer, body: RecusalBody) -> Result<Change<Model>> {
    let known = objects::by_ids(tx.conn(), vec![body.object_id]).await?;
    if !known.contains_key(&body.object_id) {
        return Err(AppError::no_such("/object_id"));
    }
    let declared = store::declared(tx.conn(), vec![officer.id]).await?;

    if declared.iter().any(|recusal| recusal.object_id == body.object_id) {
        return Err(AppError::new(
            Code::RecusalExists,
            text!("该人员与该对象的回避关系已登记。", "This recusal is already declared."),
        ));
    }

    let model = Model {
        id: new_id(),
        personnel_id: officer.id,
        object_id: body.object_id,
        kind: RecusalKind::Declared,
        reason: body.reason,
        created_by: tx.ctx().actor.id,
        created_at: tx.ctx().now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::new(AuditAction::Created, "recusals", saved.id).department(officer.department_id).after(&saved);

    Ok(Change::new(saved, event))
}

/// Every pair of officer and object that must not meet, with why; declared ones and those that the records show.
pub async fn all_of(
    app: &App,
    conn: &impl ConnectionTrait,
    officers: Vec<Uuid>,
    today: chrono::NaiveDate,
) -> Result<BTreeSet<(Uuid, Uuid, RecusalKind)>> {
    let rules = &app.settings.rules;
    let since = |months: u32| today.checked_sub_months(Months::new(months)).unwrap_or(today);
    let mut pairs = BTreeSet::new();
    for row in store::declared(conn, officers.clone()).await? {
        pairs.insert((row.personnel_id, row.object_id, RecusalKind::Declared));
    }
    for (officer, object) in store::same_address(conn, officers.clone()).await? {
        pairs.insert((officer, object, RecusalKind::SameAddress));
    }
    for (officer, object) in store::frequent_visits(conn, officers.clone(), since(12), rules.recusal_visits).await? {
        pairs.insert((officer, object, RecusalKind::FrequentVisits));
    }
    for (officer, object) in store::handled_cases(conn, officers, since(rules.recusal_months)).await? {
        pairs.insert((officer, object, RecusalKind::HandledCase));
    }

    Ok(pairs)
}
