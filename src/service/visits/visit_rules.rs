//! 入企检查额度规则: rows of what limits visits, each with its document. A row is not changed: it ends, and another begins.

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::credit::CreditClass;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::VisitKind;
use domain::visits::budget::RuleKind;
use entity::visits::visit_rules::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 入企检查额度规则
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "code": "CAP_ENTERPRISE_2027", "name": "同一企业年度检查上限", "basis": "《关于严格规范涉企行政检查的实施意见》第五条",
    "kind": "ENTERPRISE_CAP", "amount": 4, "starts_on": "2027-01-01"
})))]
pub struct VisitRuleBody {
    /// 规则编号, which refusals name
    #[schema(min_length = 2, max_length = 64, pattern = "^[A-Z0-9_-]{2,64}$")]
    pub code: String,
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub name: String,
    /// 依据: the document and its article
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub basis: String,
    pub kind: RuleKind,
    /// 次数（上限）、天数（间隔）或年数（免检）; 0 for quiet days.
    #[schema(minimum = 0, maximum = 366)]
    pub amount: i32,
    /// 宁静日：每月起日
    #[schema(minimum = 1, maximum = 31)]
    #[serde(default)]
    pub day_from: Option<i32>,
    /// 宁静日：每月止日
    #[schema(minimum = 1, maximum = 31)]
    #[serde(default)]
    pub day_to: Option<i32>,
    /// 适用的检查类别; empty: all
    #[schema(max_items = 4)]
    #[serde(default)]
    pub kinds: Vec<VisitKind>,
    /// 适用的部门; empty: all
    #[schema(max_items = 100)]
    #[serde(default)]
    pub department_ids: Vec<Uuid>,
    /// 适用的信用类别; empty: all. 未分类 counts as 一般.
    #[schema(max_items = 4)]
    #[serde(default)]
    pub classes: Vec<CreditClass>,
    /// 适用的监管对象类型 (dictionary object-type); empty: all
    #[schema(max_items = 20, max_length = 2)]
    #[serde(default)]
    pub object_types: Vec<String>,
    pub starts_on: NaiveDate,
}

/// 规则失效
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"ends_on": "2027-12-31", "reason": "新的实施意见另有规定"})))]
pub struct EndRuleBody {
    /// 最后一个适用日, today or later
    pub ends_on: NaiveDate,
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

pub async fn create(tx: &WriteTx, body: VisitRuleBody) -> Result<Change<Model>> {
    check_body(tx, &body).await?;
    let ctx = tx.ctx();
    let row = Model {
        id: new_id(),
        code: body.code,
        name: body.name,
        basis: body.basis,
        kind: body.kind,
        amount: body.amount,
        day_from: body.day_from,
        day_to: body.day_to,
        kinds: body.kinds.into(),
        department_ids: body.department_ids.into(),
        classes: body.classes.into(),
        object_types: body.object_types.into(),
        starts_on: body.starts_on,
        ends_on: None,
        ended_reason: None,
        created_by: ctx.actor.id,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let saved = insert(tx, row).await?;
    let event = Event::created::<Entity>(&saved);

    Ok(Change::new(saved, event))
}

/// The last day of a row; whatever was reserved under it stays.
pub async fn end(tx: &WriteTx, id: Uuid, version: i32, body: EndRuleBody) -> Result<Change<Model>> {
    let mut rule = tx.edit::<Entity>(id, version).await?;
    if let Some(day) = rule.ends_on {
        let detail = text!("该规则已定于 {day} 失效。", "This row ends on {day} already.");
        return Err(Refusal::new(Code::StateConflict, detail).into());
    }
    if body.ends_on < tx.ctx().today() {
        let detail = text!("失效日不能早于今天。", "A row does not end in the past.");
        return Err(AppError::invalid_field("/ends_on", "OUT_OF_RANGE", detail));
    }
    rule.ends_on = Some(body.ends_on);
    rule.ended_reason = Some(body.reason.clone());
    rule.save(AuditAction::Retired, Some(body.reason)).await
}

async fn check_body(tx: &WriteTx, body: &VisitRuleBody) -> Result<()> {
    let mut errors = Vec::new();
    let mut error = |pointer: String, code, detail| errors.push(FieldError::new(pointer, code, detail));
    let quiet = body.kind == RuleKind::QuietDays;
    match (body.day_from, body.day_to) {
        (Some(from), Some(to)) if quiet && from > to => {
            error("/day_to".to_owned(), "OUT_OF_RANGE", text!("止日不能早于起日。", "It ends before it begins."));
        }
        (Some(_), Some(_)) if quiet => {}
        (None, None) if !quiet => {}
        (Some(_) | None, Some(_) | None) if quiet => {
            error("/day_from".to_owned(), "REQUIRED", text!("宁静日须写明每月起止日。", "Quiet days need both days."));
        }
        (Some(_) | None, Some(_) | None) => {
            error(
                "/day_from".to_owned(),
                "NOT_ALLOWED",
                text!("只有宁静日有每月起止日。", "Only quiet days have days."),
            );
        }
    }
    if !quiet && body.amount == 0 {
        let detail = text!("次数、天数或年数至少为 1。", "The number is 1 at least.");
        error("/amount".to_owned(), "OUT_OF_RANGE", detail);
    }
    if body.starts_on < tx.ctx().today() {
        let detail = text!("规则不溯及既往，起始日不能早于今天。", "A row does not begin in the past.");
        error("/starts_on".to_owned(), "OUT_OF_RANGE", detail);
    }

    let known = departments::existing(tx.conn(), &body.department_ids).await?;
    for (at, id) in body.department_ids.iter().enumerate() {
        if !known.iter().any(|department| department.id == *id) {
            let detail = text!("部门不存在。", "There is no such department.");
            error(format!("/department_ids/{at}"), "NO_SUCH_RECORD", detail);
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(AppError::invalid(errors)) }
}
