//! 档案保全: placed by the justice bureau for everybody's files, or by a department for its own; looked at again by a day.

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::inspections::inspections;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::objects;
use crate::persistence::risks::risk_clues;
use chrono::{Datelike, Days, NaiveDate};
use domain::access::{Decide, Permission, Reach};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::holds::{HoldAction, HoldFacts, HoldStatus, HoldSubject};
use entity::records::legal_holds::{Column, Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 档案保全
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "subject": "INSPECTION", "record_id": "0198f2a0-0000-7000-8000-000000000001", "reason": "企业已就该次检查申请行政复议",
    "basis": "旺府复受〔2026〕3号", "review_on": "2027-05-31"
})))]
pub struct HoldBody {
    pub subject: HoldSubject,
    /// 监管对象、检查或线索; an enterprise's hold covers all its files
    pub record_id: Uuid,
    /// 事由
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
    /// 依据文号
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub basis: Option<String>,
    /// 复核日期: within a year
    pub review_on: NaiveDate,
}

/// 保全续期
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"review_on": "2027-11-30", "reason": "复议决定作出后企业提起诉讼"})))]
pub struct HoldExtensionBody {
    /// 复核日期: within a year
    pub review_on: NaiveDate,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// A hold, as far as deciding about it needs.
pub fn decision_facts(row: &Model) -> HoldFacts {
    HoldFacts { status: row.status, department_id: row.department_id }
}

pub async fn place(app: &App, tx: &WriteTx, body: HoldBody) -> Result<Change<Model>> {
    let ctx = tx.ctx();
    let named = named(tx, body.subject, body.record_id).await.map_err(|error| error.or_no_such("/record_id"));
    let label = match (named, check_day(app, tx, body.review_on)) {
        (Ok(label), Ok(())) => label,
        (Err(error), Ok(())) | (Ok(_), Err(error)) => return Err(error),
        (Err(mut unnamed), Err(day)) => {
            unnamed.errors.extend(day.errors);
            return Err(unnamed);
        }
    };

    let covers_all = ctx.actor.reach(Permission::LegalHoldsManage) == Some(Reach::All);
    let model = Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &format!("BQ{}", ctx.today().year()), 4).await?,
        department_id: ctx.actor.department_id,
        covers_all,
        departments: if covers_all { Vec::new() } else { ctx.actor.departments.clone() }.into(),
        subject: body.subject,
        record_id: body.record_id,
        label: label.chars().take(200).collect(),
        reason: body.reason,
        basis: body.basis,
        status: HoldStatus::Active,
        review_on: body.review_on,
        released_reason: None,
        released_at: None,
        placed_by: ctx.actor.id,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let saved = insert(tx, model).await?;
    let event = Event::of::<Entity>(AuditAction::Placed, &saved).after(&saved);
    Ok(Change::new(saved, event))
}

fn check_day(app: &App, tx: &WriteTx, day: NaiveDate) -> Result<()> {
    let (today, days) = (tx.ctx().today(), app.settings.rules.hold_review_days);
    let last = today.checked_add_days(Days::new(u64::from(days))).unwrap_or(today);
    if day > today && day <= last {
        return Ok(());
    }
    let detail = text!(
        "复核日期应在明天至 {last} 之间（{days} 日内）。",
        "It is looked at again between tomorrow and {last} ({days} days)."
    );
    Err(AppError::invalid_field("/review_on", "OUT_OF_RANGE", detail))
}

/// How an official calls what is held, one of the department's own records. Whoever destroys it waits until the hold is there, or
/// was first.
async fn named(tx: &WriteTx, subject: HoldSubject, record: Uuid) -> Result<String> {
    let (conn, ctx) = (tx.conn(), tx.ctx());
    match subject {
        HoldSubject::Object => {
            lock_row::<entity::register::objects::Entity>(conn, record).await?;
            let found = objects::by_ids(conn, vec![record]).await?.remove(&record);
            found.map(|object| object.name).ok_or_else(AppError::not_found)
        }
        HoldSubject::Inspection => {
            lock_row::<entity::inspections::inspections::Entity>(conn, record).await?;
            Ok(inspections::get(conn, ctx, record).await?.code)
        }
        HoldSubject::RiskClue => {
            lock_row::<entity::risks::risk_clues::Entity>(conn, record).await?;
            Ok(risk_clues::get(conn, ctx, record).await?.code)
        }
    }
}

pub async fn extend(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: HoldExtensionBody) -> Result<Change<Model>> {
    let mut hold = tx.edit::<Entity>(id, version).await?;
    hold.status = decision_facts(&hold).decide(&tx.ctx().actor, HoldAction::Extend)?;
    check_day(app, tx, body.review_on)?;

    hold.review_on = body.review_on;
    hold.save(AuditAction::Extended, Some(body.reason)).await
}

pub async fn release(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut hold = tx.edit::<Entity>(id, version).await?;
    hold.status = decision_facts(&hold).decide(&tx.ctx().actor, HoldAction::Release)?;

    hold.released_at = Some(tx.ctx().now);
    hold.released_reason = Some(reason.clone());
    hold.save(AuditAction::Released, Some(reason)).await
}
