//! 到期鉴定: drawn up once a year, decided file by file, approved, carried out before a third person.

mod appraise;
mod destroy;
mod draw_up;

pub use appraise::{AppraisalBody, appraise};
pub use destroy::carry_on;
pub use draw_up::draw_up;

use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::edit::{Edit, find};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::records::disposal_lists as store;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::disposal::{DisposalAction, DisposalDecision, DisposalFacts, HandOver};
use entity::records::disposal_lists::{Entity, Model};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 移交接收
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"receiver": "旺苍县档案馆", "receipt_no": "旺档接〔2026〕12号", "handed_over_on": "2026-11-30"})))]
pub struct HandOverBody {
    /// 接收单位
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    pub receiver: String,
    /// 接收凭证号
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub receipt_no: String,
    pub handed_over_on: NaiveDate,
}

/// 监销
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"witness": "县档案馆 李四"})))]
pub struct CarryOutBody {
    /// 另一监销人的单位和姓名: two stand by
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    pub witness: String,
}

/// A list with how many lines of each kind it has.
#[derive(Clone)]
pub struct DisposalList {
    pub list: Model,
    pub department_name: Option<String>,
    pub counts: Vec<store::Count>,
    /// Who decided about its lines.
    pub appraised_by: Vec<Uuid>,
}

impl DisposalList {
    /// How many lines a condition holds for.
    pub fn count(&self, of: impl Fn(&store::Count) -> bool) -> u64 {
        let counted: i64 = self.counts.iter().filter(|count| of(count)).map(|count| count.count).sum();
        u64::try_from(counted).unwrap_or_default()
    }
}

/// Completes lists for reading: three statements, however many.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<DisposalList>> {
    let mut counts: BTreeMap<Uuid, Vec<store::Count>> = BTreeMap::new();
    for count in store::counts(conn, rows.iter().map(|row| row.id).collect()).await? {
        counts.entry(count.list_id).or_default().push(count);
    }
    let mut hands: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (list, by) in store::appraisers(conn, rows.iter().map(|row| row.id).collect()).await? {
        hands.entry(list).or_default().push(by);
    }
    let ids: Vec<_> = rows.iter().map(|row| row.department_id).collect();
    let names: BTreeMap<_, _> =
        departments::existing(conn, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect();

    let done = rows.into_iter().map(|list| DisposalList {
        department_name: names.get(&list.department_id).cloned(),
        counts: counts.remove(&list.id).unwrap_or_default(),
        appraised_by: hands.remove(&list.id).unwrap_or_default(),
        list,
    });
    Ok(done.collect())
}

pub async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<DisposalList> {
    complete(conn, vec![row]).await?.pop().ok_or_else(AppError::not_found)
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<DisposalList> {
    complete_one(conn, find::<Entity>(conn, ctx, id).await?).await
}

/// A list, as far as deciding about it needs.
pub fn decision_facts(whole: &DisposalList) -> DisposalFacts {
    let list = &whole.list;
    DisposalFacts {
        status: list.status,
        department_id: list.department_id,
        prepared_by: whole
            .appraised_by
            .iter()
            .copied()
            .chain(list.submitted_by)
            .chain(list.handed_over.as_ref().map(|over| over.by))
            .collect(),
        approved_by: list.approved_by,
        undecided: whole.count(|count| count.decision.is_none()),
        to_hand_over: whole.count(|count| count.decision == Some(DisposalDecision::HandOver)),
        is_handed_over: list.handed_over.is_some(),
    }
}

/// A list that is changed, and what it was, when the step is one that may be taken now.
async fn edited(
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: DisposalAction,
) -> Result<(DisposalList, Edit<'_, Entity>)> {
    let mut list = tx.edit::<Entity>(id, version).await?;
    let before = complete_one(tx.conn(), list.before().clone()).await?;
    list.status = decision_facts(&before).decide(&tx.ctx().actor, action)?;
    Ok((before, list))
}

async fn saved(
    tx: &WriteTx,
    list: Edit<'_, Entity>,
    action: AuditAction,
    reason: Option<String>,
) -> Result<Change<DisposalList>> {
    let change = list.save(action, reason).await?;
    let whole = complete_one(tx.conn(), change.value.clone()).await?;
    Ok(change.map(|_| whole))
}

pub async fn submit(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<DisposalList>> {
    let (_, mut list) = edited(tx, id, version, DisposalAction::Submit).await?;
    list.submitted_by = Some(tx.ctx().actor.id);
    list.submitted_at = Some(tx.ctx().now);
    list.opinion = None;
    saved(tx, list, AuditAction::Submitted, None).await
}

pub async fn send_back(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<DisposalList>> {
    let (_, mut list) = edited(tx, id, version, DisposalAction::Return).await?;
    list.opinion = Some(reason.clone());
    list.approved_by = None;
    list.approved_at = None;
    saved(tx, list, AuditAction::Returned, Some(reason)).await
}

pub async fn approve(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<DisposalList>> {
    let (_, mut list) = edited(tx, id, version, DisposalAction::Approve).await?;
    list.approved_by = Some(tx.ctx().actor.id);
    list.approved_at = Some(tx.ctx().now);
    saved(tx, list, AuditAction::Approved, None).await
}

/// The archive has received what goes there; it stays here for some years.
pub async fn hand_over(tx: &WriteTx, id: Uuid, version: i32, body: HandOverBody) -> Result<Change<DisposalList>> {
    let (before, mut list) = edited(tx, id, version, DisposalAction::HandOver).await?;
    let (on, today) = (body.handed_over_on, tx.ctx().today());
    let approved = before.list.approved_at.map_or(today, local_date);
    if on > today || on < approved {
        let detail = text!(
            "移交日期应在批准之日（{approved}）至今天之间。",
            "It was handed over between the day of the approval ({approved}) and today."
        );
        return Err(AppError::invalid_field("/handed_over_on", "OUT_OF_RANGE", detail));
    }

    list.handed_over =
        Some(HandOver { receiver: body.receiver, receipt_no: body.receipt_no, on, by: tx.ctx().actor.id }.into());
    saved(tx, list, AuditAction::HandedOver, None).await
}

/// 监销: from now on the platform destroys what is to be destroyed; what is kept has its outcome.
pub async fn carry_out(tx: &WriteTx, id: Uuid, version: i32, body: CarryOutBody) -> Result<Change<DisposalList>> {
    let (_, mut list) = edited(tx, id, version, DisposalAction::CarryOut).await?;
    store::keep(tx.conn(), list.id, tx.ctx().now).await?;

    list.supervised_by = Some(tx.ctx().actor.id);
    list.witness = Some(body.witness);
    saved(tx, list, AuditAction::CarriedOut, None).await
}
