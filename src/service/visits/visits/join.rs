//! Asking: the budget is taken in the same change, other bodies' visits are offered, and joining one makes it one visit.

use super::blank::new_nonce;
use super::{Visit, budget, complete_one, decide, hold, record, save, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::visits::visits::Parts;
use crate::service::inspections::inspecting_bodies;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::{VisitAction, apply};
use entity::visits::visit_parts;
use entity::visits::visits::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 申请入企检查
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"apart_reason": "两部门检查时间无法一致"})))]
pub struct RequestBody {
    /// 并入其他部门对同一对象的入企检查（进一次门、查多事项）
    #[serde(default)]
    pub join_id: Option<Uuid>,
    /// 不并入的理由: needed where another body's visit could be joined.
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub apart_reason: Option<String>,
}

pub async fn request(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: RequestBody) -> Result<Change<Visit>> {
    let (mut visit, parts) = hold(tx, id, version).await?;

    let action = if body.join_id.is_some() { VisitAction::Merge } else { VisitAction::Request };
    visit.status = decide(tx, &visit, &parts, action)?;
    check_window(tx, &visit)?;
    check_bodies(app, tx, &parts).await?;
    let offers = budget::offers(app, tx.conn(), &visit, &parts, tx.ctx().today()).await?;
    if let Some(host) = body.join_id {
        let host = offers.into_iter().find(|offer| offer.id == host).ok_or_else(|| {
            let detail = text!(
                "不是可并入的入企检查；可并入的见额度试算（budget）的 offers。",
                "This visit cannot be joined; the budget's offers name those that can."
            );
            AppError::invalid_field("/join_id", "NOT_OFFERED", detail)
        })?;
        return join(tx, visit, parts, host).await;
    }

    if !offers.is_empty() && body.apart_reason.is_none() {
        return Err(to_merge(&offers).into());
    }
    visit.apart_reason = body.apart_reason;
    visit.return_reason = None;
    let asked: Vec<_> = parts.parts.iter().map(|part| asked_by(tx, part)).collect();
    budget::reserve(tx, &mut visit, &asked, &parts.inspections).await?;
    save(tx, visit, &parts, AuditAction::Submitted, None).await
}

/// A draft may have lain for long.
fn check_window(tx: &WriteTx, visit: &Model) -> Result<()> {
    let (from, to) = (visit.window_from, visit.window_to);
    if to >= tx.ctx().today() {
        return Ok(());
    }
    let detail =
        text!("检查期间（{from} 至 {to}）已过，请先修改。", "The window ({from} to {to}) is over; change it first.");
    Err(Refusal::new(Code::StateConflict, detail).into())
}

/// Who asks for it now, and so does not approve it.
fn asked_by(tx: &WriteTx, part: &visit_parts::Model) -> visit_parts::Model {
    let own = tx.ctx().actor.departments.contains(&part.department_id);
    let requested_by = if own { tx.ctx().actor.id } else { part.requested_by };
    visit_parts::Model { requested_by, ..part.clone() }
}

/// No valid body, no visit.
async fn check_bodies(app: &App, tx: &WriteTx, parts: &Parts) -> Result<()> {
    let mut asked = Vec::new();
    for inspection in parts.live() {
        let items = inspections::items_of(tx.conn(), inspection.task_id, inspection.department_id).await?;
        asked.push((inspection.department_id, items));
    }
    inspecting_bodies::check(app, tx, asked).await
}

fn to_merge(offers: &[Model]) -> Refusal {
    let named: Vec<_> =
        offers.iter().map(|offer| format!("{}（{}—{}）", offer.code, offer.window_from, offer.window_to)).collect();
    let (zh, en) = (named.join("、"), offers.iter().map(|offer| offer.code.as_str()).collect::<Vec<_>>().join(", "));
    Refusal::new(
        Code::VisitsToMerge,
        text!(
            "其他部门已安排对该企业的检查：{zh}。请并入（join_id），或说明不能并入的理由（apart_reason）。",
            "Other bodies are to visit this enterprise: {en}. Join one (join_id), or say why not (apart_reason)."
        ),
    )
    .under(domain::kernel::rules::ONE_VISIT)
}

/// The inspections of a draft become part of another body's visit; the enterprise is visited no more often.
async fn join(tx: &WriteTx, mut draft: Edit<'_, Entity>, parts: Parts, host: Model) -> Result<Change<Visit>> {
    lock_row::<Entity>(tx.conn(), host.id).await?;
    let host = store::by_id(tx.conn(), host.id).await?.ok_or_else(AppError::not_found)?;
    let of_host = store::parts_of(tx.conn(), host.id).await?;
    let before = record(&host, &of_host);
    let mut host = tx.edit_along::<Entity>(host);
    host.status = apply(host.status, VisitAction::Join)?;
    host.notified_at = None;
    // Who comes is not who the code says any more.
    host.nonce = new_nonce();
    // One date for all: the days that suit both, or those that were there first.
    let (from, to) = (host.window_from.max(draft.window_from), host.window_to.min(draft.window_to));
    if from <= to {
        (host.window_from, host.window_to) = (from, to);
    }

    let joins = |part: &visit_parts::Model| visit_parts::Model { visit_id: host.id, ..asked_by(tx, part) };
    let moved: Vec<_> = parts.parts.iter().map(joins).collect();
    budget::reserve(tx, &mut host, &moved, &parts.inspections).await?;
    store::move_inspections(tx, draft.id, None, Some(host.id)).await?;
    draft.merged_into = Some(host.id);

    let host = complete_one(tx.conn(), host.write().await?).await?;
    let joined = Event::of::<Entity>(AuditAction::Joined, &host.visit);
    let joined = joined.before(&before).after(&record(&host.visit, &host.parts));
    Ok(save(tx, draft, &parts, AuditAction::Merged, None).await?.and(joined))
}
