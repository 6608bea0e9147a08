//! 后续处置: what follows from an inspection, by when; looked at again on a visit, or handed on as a case.

use super::overdue::{let_pass, seen_to, take_back};
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::{case_referrals as referrals, follow_ups as store, inspections};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::{Edit, find};
use crate::persistence::kernel::noun::{insert, touch};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use chrono::{Days, NaiveDate};
use domain::access::Decide;
use domain::inspections::case_referrals::ReferralStatus;
use domain::inspections::follow_ups::{FollowUpAction, FollowUpFacts, FollowUpStatus, takes_follow_ups};
use domain::inspections::inspections::{InspectionStatus, has_result, lacks_result};
use domain::kernel::clocks::Term;
use domain::kernel::refusal::Refusal;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::inspections::follow_ups::{Entity, Model};
use entity::inspections::inspections::{Entity as Inspections, Model as Inspection};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 后续处置措施
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"measure": "3", "detail": "责令限期改正标签问题"})))]
pub struct FollowUpBody {
    /// dictionary spot-dispose
    #[schema(pattern = "^[1-59]$")]
    pub measure: String,
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub detail: Option<String>,
    /// 期限; 20 working days where none is named
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

/// 延期
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"days": 15, "reason": "设备改造需停产，企业申请延期"})))]
pub struct ExtendFollowUpBody {
    /// Calendar days after the present deadline
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// A measure with what a reader needs to know of its inspection.
pub struct FollowUp {
    pub row: Model,
    pub inspection: Inspection,
    /// Its officers.
    pub team: Vec<Uuid>,
    /// The newest re-check.
    pub recheck: Option<Inspection>,
    /// What became of the case that it was handed on as, last.
    pub referral: Option<ReferralStatus>,
    pub object_name: Option<String>,
}

/// Completes measures for reading: a constant number of statements.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<FollowUp>> {
    let ids = rows.iter().flat_map(|row| [Some(row.inspection_id), row.recheck_inspection_id]).flatten().collect();
    let found = inspections::by_ids(conn, ids).await?;
    let teams = inspections::teams(conn, rows.iter().map(|row| row.inspection_id).collect()).await?;
    let objects = objects::by_ids(conn, found.values().map(|inspection| inspection.object_id).collect()).await?;

    let referrals = referrals::by_ids(conn, rows.iter().filter_map(|row| row.referral_id).collect()).await?;

    let done = rows.into_iter().filter_map(|row| {
        let inspection = found.get(&row.inspection_id)?.clone();
        Some(FollowUp {
            team: teams.get(&row.inspection_id).cloned().unwrap_or_default(),
            referral: row.referral_id.and_then(|id| referrals.get(&id).map(|referral| referral.status)),
            recheck: row.recheck_inspection_id.and_then(|id| found.get(&id).cloned()),
            object_name: objects.get(&inspection.object_id).map(|object| object.name.clone()),
            inspection,
            row,
        })
    });
    Ok(done.collect())
}

pub async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<FollowUp> {
    complete(conn, vec![row]).await?.pop().ok_or_else(AppError::not_found)
}

/// A measure, as far as deciding about it needs.
pub fn decision_facts(follow_up: &FollowUp, today: NaiveDate) -> FollowUpFacts {
    let row = &follow_up.row;
    FollowUpFacts {
        status: row.status,
        measure: row.measure.clone(),
        department_id: follow_up.inspection.department_id,
        team: follow_up.team.clone(),
        waits_for_recheck: follow_up.recheck.as_ref().is_some_and(|recheck| lacks_result(recheck.status)),
        referral: follow_up.referral,
        is_overdue: row.escalated_at.is_some() || row.due_on.is_some_and(|due| due < today),
        is_extended: row.extension_reason.is_some(),
    }
}

pub async fn add(app: &App, tx: &WriteTx, inspection: Uuid, body: FollowUpBody) -> Result<Change<FollowUp>> {
    let inspection = inspections::get(tx.conn(), tx.ctx(), inspection).await?;
    let status = inspection.status;
    if !takes_follow_ups(status) {
        return Err(Refusal::state(status, ("FOLLOW_UP", "登记后续处置")).into());
    }
    let (now, today) = (tx.ctx().now, tx.ctx().today());
    if body.due_on.is_some_and(|due| due < today) {
        let detail = text!("期限不能早于今天。", "It cannot be due before today.");
        return Err(AppError::invalid_field("/due_on", "OUT_OF_RANGE", detail));
    }

    let model = Model {
        id: new_id(),
        inspection_id: inspection.id,
        object_id: Some(inspection.object_id),
        measure: body.measure,
        detail: body.detail,
        due_on: Some(body.due_on.unwrap_or_else(|| usual_term(app).due_on(&app.calendar, today))),
        status: FollowUpStatus::Open,
        done_on: None,
        note: None,
        recheck_inspection_id: None,
        referral_id: None,
        extension_reason: None,
        escalated_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    touch::<Inspections>(tx, inspection.id).await?;
    let event = Event::created::<Entity>(&saved).department(inspection.department_id);

    Ok(Change::new(complete_one(tx.conn(), saved).await?, event))
}

/// How long a measure has where nobody says so.
fn usual_term(app: &App) -> Term {
    Term::working_days(app.settings.rules.completion_working_days)
}

/// A measure held at the version that the caller has seen, for an action that may be taken now.
pub(super) async fn begin(
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: FollowUpAction,
) -> Result<(Edit<'_, Entity>, FollowUp)> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    let whole = complete_one(tx.conn(), row.before().clone()).await?;
    row.status = decision_facts(&whole, tx.ctx().today()).decide(&tx.ctx().actor, action)?;
    Ok((row, whole))
}

/// Writes a measure with its line of the trail; its inspection shows it, so it has changed as well.
pub(super) async fn finish(
    tx: &WriteTx,
    row: Edit<'_, Entity>,
    inspection: &Inspection,
    action: AuditAction,
    reason: Option<String>,
) -> Result<Change<FollowUp>> {
    let before = row.before().clone();
    let saved = row.write().await?;
    seen_to(tx, &before, &saved).await?;
    touch::<Inspections>(tx, inspection.id).await?;
    let event = Event::of::<Entity>(action, &saved).department(inspection.department_id).reason(reason);
    let event = event.before(&before).after(&saved);

    Ok(Change::new(complete_one(tx.conn(), saved).await?, event))
}

pub async fn finish_by_hand(tx: &WriteTx, id: Uuid, version: i32, body: CompleteBody) -> Result<Change<FollowUp>> {
    let (mut row, whole) = begin(tx, id, version, FollowUpAction::Complete).await?;
    row.done_on = Some(tx.ctx().today());
    row.note = Some(body.note);
    finish(tx, row, &whole.inspection, AuditAction::Finished, None).await
}

/// More time, once; whoever was told that it is late is told again when it is.
pub async fn extend(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: ExtendFollowUpBody,
) -> Result<Change<FollowUp>> {
    let (mut row, whole) = begin(tx, id, version, FollowUpAction::Extend).await?;
    let longest = app.settings.rules.follow_up_extension_days;
    if body.days > longest {
        let detail = text!("最多延长 {longest} 天。", "It is extended by {longest} day(s) at most.");
        return Err(AppError::invalid_field("/days", "OUT_OF_RANGE", detail));
    }

    let from = row.due_on.unwrap_or_else(|| tx.ctx().today());
    row.due_on = from.checked_add_days(Days::new(u64::from(body.days)));
    row.escalated_at = None;
    row.extension_reason = Some(body.reason.clone());
    finish(tx, row, &whole.inspection, AuditAction::Extended, Some(body.reason)).await
}

/// Nobody did it in time: the reviewer is told. One that is done meanwhile is left alone.
pub async fn escalate(tx: &WriteTx, id: Uuid) -> Result<Vec<Event>> {
    let Some(row) = store::by_id(tx.conn(), id).await? else { return Ok(Vec::new()) };
    if row.status != FollowUpStatus::Open || row.escalated_at.is_some() {
        return Ok(Vec::new());
    }
    let whole = complete_one(tx.conn(), row.clone()).await?;
    let mut row = tx.edit_along::<Entity>(row);
    row.escalated_at = Some(tx.ctx().now);
    let is_rechecked = whole.recheck.as_ref().is_some_and(|recheck| has_result(recheck.status));
    if !is_rechecked {
        let_pass(tx, &row).await?;
    }
    let change = finish(tx, row, &whole.inspection, AuditAction::Escalated, None).await?;
    Ok(change.into_events())
}

/// The inspection is void: what was to follow from it does not. What was handed on as a case is decided by whoever has it.
pub async fn drop_with(tx: &WriteTx, inspection: &Inspection) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for row in store::open_of(tx.conn(), inspection.id).await? {
        let mut row = tx.edit_along::<Entity>(row);
        row.status = FollowUpStatus::Dropped;
        row.done_on = Some(tx.ctx().today());
        let before = row.before().clone();
        let saved = row.write().await?;
        take_back(tx, &saved).await?;
        // The inspection changes by itself: its version is not moved twice.
        let event = Event::of::<Entity>(AuditAction::Cancelled, &saved).department(inspection.department_id);
        events.push(event.reason(inspection.void_reason.clone()).before(&before).after(&saved));
    }
    Ok(events)
}

/// A case was filed for it: it is done; or nobody takes it as one, and it waits again.
pub(super) async fn referral_decided(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    (action, renews): (FollowUpAction, bool),
    note: String,
) -> Result<Vec<Event>> {
    let row = store::by_id(tx.conn(), id).await?.ok_or_else(AppError::not_found)?;
    let whole = complete_one(tx.conn(), row.clone()).await?;
    let today = tx.ctx().today();

    let mut row = tx.edit_along::<Entity>(row);
    row.status = decision_facts(&whole, today).judge(&tx.ctx().actor, action)?;
    row.note = Some(note.clone());
    let audit = if row.status == FollowUpStatus::Done {
        row.done_on = Some(today);
        AuditAction::Finished
    } else if whole.inspection.status == InspectionStatus::Void {
        // Nothing follows from what was made void meanwhile.
        row.status = FollowUpStatus::Dropped;
        row.done_on = Some(today);
        AuditAction::Cancelled
    } else {
        // Whoever decided took their time; whoever withdraws has none but their own.
        if renews {
            row.escalated_at = None;
            row.due_on = row.due_on.max(Some(usual_term(app).due_on(&app.calendar, today)));
        }
        AuditAction::Returned
    };
    Ok(finish(tx, row, &whole.inspection, audit, Some(note)).await?.into_events())
}

/// A measure in the caller's scope, whole.
pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<FollowUp> {
    complete_one(conn, find::<Entity>(conn, ctx, id).await?).await
}
