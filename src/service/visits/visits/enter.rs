//! Going in and coming out.

use super::{Visit, decide, end, hold, save, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::moment_or_none;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::visits::Parts;
use crate::service::inspections::inspections::check_team_today;
use crate::service::oversight::supervision_cases::{Subject, raise};
use chrono::{DateTime, Days, Utc};
use domain::inspections::grounds::ExemptGround;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::text::text;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::audit::AuditAction;
use domain::oversight::supervision_cases::SupervisionSubject;
use domain::visits::alerts::{raised, since};
use domain::visits::{EntryMode, VisitAction, VisitKind};
use entity::visits::visit_parts;
use entity::visits::visits::Model;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 进入登记
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct EnterBody {
    /// 实际进入时间, where it is recorded afterwards
    #[serde(default, deserialize_with = "moment_or_none")]
    pub entered_at: Option<DateTime<Utc>>,
    /// 未能当场登记的原因: needed with `entered_at`.
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub make_up_reason: Option<String>,
    /// It came from a device without a network, and was in time when it came.
    #[serde(skip)]
    pub in_time: bool,
}

/// 离开登记
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"no_scan_reason": "现场无网络，企业未能扫码"})))]
pub struct LeaveBody {
    /// 实际离开时间, where it is recorded afterwards: not before the entry, the scan, or what was found on site.
    #[serde(default, deserialize_with = "moment_or_none")]
    pub left_at: Option<DateTime<Utc>>,
    /// 未能当场登记的原因: needed with `left_at`.
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub make_up_reason: Option<String>,
    /// It came from a device without a network, and was in time when it came.
    #[serde(skip)]
    pub in_time: bool,
    /// 企业未扫入企码的原因: needed where it did not.
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub no_scan_reason: Option<String>,
}

pub async fn enter(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: EnterBody) -> Result<Change<Visit>> {
    let (mut visit, parts) = hold(tx, id, version).await?;

    visit.status = decide(tx, &visit, &parts, VisitAction::Enter)?;
    let at = entered_at(app, tx, &body)?;
    let (day, from, to) = (local_date(at), visit.window_from, visit.window_to);
    if day < from || day > to {
        let detail = text!(
            "进入日期 {day} 不在批准的检查期间（{from} 至 {to}）内；请取消后重新申请。",
            "{day} is outside the window that was approved ({from} to {to}); cancel and ask again."
        );
        return Err(AppError::invalid_field("/entered_at", "OUT_OF_RANGE", detail));
    }
    check_leave(&visit, &parts, at)?;
    check_teams(app, tx, &parts).await?;
    if body.make_up_reason.is_some() {
        visit.entry_mode = Some(EntryMode::MakeUp);
        visit.make_up_reason = body.make_up_reason;
    }
    go_in(tx, &mut visit, at).await?;
    let raised = raise_all(app, tx, &visit, &parts).await?;
    Ok(save(tx, visit, &parts, AuditAction::Entered, None).await?.and_all(raised))
}

/// 紧急情况: entered at once, approved afterwards. It takes nothing of the budget.
pub async fn enter_urgently(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Visit>> {
    let (mut visit, parts) = hold(tx, id, version).await?;

    visit.status = decide(tx, &visit, &parts, VisitAction::EnterUrgently)?;
    check_teams(app, tx, &parts).await?;
    for part in &parts.parts {
        let ground = part.ground.or(Some(ExemptGround::Urgent));
        let kind = VisitKind::Case;
        let part = visit_parts::Model { kind, ground, requested_by: tx.ctx().actor.id, ..part.clone() };
        store::put_part(tx.conn(), part).await?;
    }
    visit.urgent = true;
    visit.urgent_reason = Some(reason.clone());
    let now = tx.ctx().now;
    go_in(tx, &mut visit, now).await?;
    let raised = raise_all(app, tx, &visit, &parts).await?;
    Ok(save(tx, visit, &parts, AuditAction::Entered, Some(reason)).await?.and_all(raised))
}

pub async fn leave(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: LeaveBody) -> Result<Change<Visit>> {
    let (mut visit, parts) = hold(tx, id, version).await?;

    visit.status = decide(tx, &visit, &parts, VisitAction::Leave)?;
    let left_at = left_at(app, tx, (&visit, &parts), &body)?;
    let mut raised = Vec::new();
    if visit.entry_mode.is_none() {
        let reason = body.no_scan_reason.ok_or_else(|| {
            let detail = text!(
                "企业未扫入企码：请离开前由企业扫码，确不能扫码的写明原因。",
                "The enterprise has not scanned the entry code: let it scan before you leave, or say why it cannot."
            );
            AppError::invalid_field("/no_scan_reason", "REQUIRED", detail)
        })?;
        visit.entry_mode = Some(EntryMode::MakeUp);
        visit.make_up_reason = Some(reason);
    }
    // Where there was no network at either end, nobody could scan.
    let offline = body.in_time && visit.before().entry_mode == Some(EntryMode::MakeUp);
    if visit.scanned_at.is_none() && !offline {
        visit.alerts.push(EnforcementAlert::NoScan);
        raised = noticed(app, tx, &visit, &parts, EnforcementAlert::NoScan).await?;
    }
    visit.left_at = Some(left_at);
    visit.make_up_reason = visit.make_up_reason.take().or(body.make_up_reason);
    end::close_where_done(app, tx, &mut visit, &parts).await?;
    Ok(save(tx, visit, &parts, AuditAction::LeftSite, None).await?.and_all(raised))
}

/// Now, or earlier with a reason, within the days that the rule gives.
fn entered_at(app: &App, tx: &WriteTx, body: &EnterBody) -> Result<DateTime<Utc>> {
    let now = tx.ctx().now;
    let Some(at) = body.entered_at else {
        if body.make_up_reason.is_some() {
            let detail = text!("补录进入须写明实际进入时间。", "An entry that is recorded afterwards has its time.");
            return Err(AppError::invalid_field("/entered_at", "REQUIRED", detail));
        }
        return Ok(now);
    };

    let days = app.settings.rules.make_up_days;
    let first = now.checked_sub_days(Days::new(u64::from(days))).unwrap_or(now);
    if at > now || (at < first && !body.in_time) {
        let detail = text!("补录的进入时间应在此前 {days} 天内。", "An entry is made up for within {days} day(s).");
        return Err(AppError::invalid_field("/entered_at", "OUT_OF_RANGE", detail));
    }
    if body.make_up_reason.is_none() {
        let detail = text!("补录进入须写明原因。", "An entry that is recorded afterwards has a reason.");
        return Err(AppError::invalid_field("/make_up_reason", "REQUIRED", detail));
    }
    Ok(at)
}

/// Now, or earlier with a reason: after the entry, the scan and what was found on site, within the days that the rule gives.
fn left_at(app: &App, tx: &WriteTx, (visit, parts): (&Model, &Parts), body: &LeaveBody) -> Result<DateTime<Utc>> {
    let now = tx.ctx().now;
    let Some(at) = body.left_at else { return Ok(now) };
    let days = app.settings.rules.make_up_days;
    let first = now.checked_sub_days(Days::new(u64::from(days))).unwrap_or(now);
    let on_site = parts.live().filter(|one| one.verify_ways.iter().any(|way| way == end::ON_SITE));
    let seen = on_site.filter_map(|one| one.inspected_on).max();
    let after = visit.entered_at.max(visit.scanned_at);

    let too_early = after.is_some_and(|after| at < after) || seen.is_some_and(|day| local_date(at) < day);
    if at > now || too_early || (at < first && !body.in_time) {
        let detail = text!(
            "离开时间应在进入、企业扫码和现场检查之后、现在之前，补录在 {days} 天内。",
            "Officers leave after they have entered, were scanned and have looked, not later than now; it is told within {days} day(s)."
        );
        return Err(AppError::invalid_field("/left_at", "OUT_OF_RANGE", detail));
    }
    if body.make_up_reason.is_none() {
        let detail = text!("补录离开须写明原因。", "A leave that is recorded afterwards has a reason.");
        return Err(AppError::invalid_field("/make_up_reason", "REQUIRED", detail));
    }
    Ok(at)
}

/// Nobody was there before they had leave to go, nor before the enterprise was told.
fn check_leave(visit: &Model, parts: &Parts, at: DateTime<Utc>) -> Result<()> {
    let approved = parts.parts.iter().filter_map(|part| part.approved_at).max();
    let first = approved.max(visit.notified_at);
    if first.is_some_and(|first| at < first) {
        let detail = text!(
            "进入时间早于批准或通知送达；未经批准已经进入的，只能按紧急进入办理并补办批准。",
            "That is before the visit was approved and announced; an entry without leave is an urgent one, to be approved afterwards."
        );
        return Err(AppError::invalid_field("/entered_at", "BEFORE_APPROVAL", detail));
    }
    Ok(())
}

/// Certificates, departments and recusals of all who go are looked at again, on the day.
async fn check_teams(app: &App, tx: &WriteTx, parts: &Parts) -> Result<()> {
    for inspection in parts.live() {
        check_team_today(app, tx, inspection).await?;
    }
    Ok(())
}

/// The justice bureau looks into what the entry has raised.
async fn raise_all(app: &App, tx: &WriteTx, visit: &Model, parts: &Parts) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for alert in visit.alerts.iter() {
        events.extend(noticed(app, tx, visit, parts, *alert).await?);
    }
    Ok(events)
}

/// Something was noticed of a visit: it concerns each body that went.
async fn noticed(app: &App, tx: &WriteTx, visit: &Model, parts: &Parts, alert: EnforcementAlert) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for part in &parts.parts {
        events.extend(noticed_of(app, tx, visit, part.department_id, alert).await?);
    }
    Ok(events)
}

/// Something was noticed of one body's part of a visit.
pub(super) async fn noticed_of(
    app: &App,
    tx: &WriteTx,
    visit: &Model,
    department: Uuid,
    alert: EnforcementAlert,
) -> Result<Vec<Event>> {
    let subject = Subject { kind: SupervisionSubject::Visit, id: visit.id, label: visit.code.clone() };
    raise(app, tx, alert, department, subject).await
}

/// Notes the entry, and what it raises.
async fn go_in(tx: &WriteTx, visit: &mut Model, at: DateTime<Utc>) -> Result<()> {
    let day = local_date(at);
    visit.entered_at = Some(at);
    visit.entered_on = Some(day);
    let mut entries = store::entries_since(tx.conn(), visit.object_id, since(day)).await?;
    entries.push(day);
    visit.alerts = raised(day, &entries).into();
    Ok(())
}
