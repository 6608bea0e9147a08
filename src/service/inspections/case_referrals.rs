//! 案件移送: sent with what was found, filed as a case or declined, closed with what became of it.

use super::follow_ups::{FollowUp, begin, finish, referral_decided};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::rule;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::inspections::case_referrals::{ReferralAction, ReferralFacts, ReferralStatus};
use domain::inspections::follow_ups::FollowUpAction;
use domain::kernel::clocks::Term;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::inspections::case_referrals::{Column, Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// 移送办案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = check_receiver))]
#[schema(examples(json!({"receiver_name": "旺苍县公安局", "facts": "涉嫌生产、销售不符合安全标准的食品，货值 3 万元"})))]
pub struct ReferBody {
    /// 接收部门, one on the platform
    #[serde(default)]
    pub department_id: Option<Uuid>,
    /// 接收机关, one that is not on the platform; who sends it writes down what it decides
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    #[serde(default)]
    pub receiver_name: Option<String>,
    /// 主要违法事实
    #[schema(min_length = 2, max_length = 4000, pattern = "\\S.*\\S")]
    pub facts: String,
}

/// 立案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"case_no": "旺市监案〔2026〕17号", "filed_on": "2026-11-30"})))]
pub struct FileCaseBody {
    /// 立案号
    #[schema(min_length = 2, max_length = 100, pattern = "\\S.*\\S")]
    pub case_no: String,
    /// 立案日期; today where none is named
    #[serde(default)]
    pub filed_on: Option<NaiveDate>,
}

/// 结案
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"outcome": "罚款 20000 元，没收违法所得"})))]
pub struct CloseCaseBody {
    /// 处理结果
    #[schema(min_length = 2, max_length = 2000, pattern = "\\S.*\\S")]
    pub outcome: String,
}

fn check_receiver(body: &ReferBody) -> std::result::Result<(), ValidationError> {
    if body.department_id.is_some() == body.receiver_name.is_some() {
        return Err(rule(
            "/department_id",
            "请指明接收部门（department_id）或平台外的接收机关（receiver_name），二者填一项。",
            "Name a department (department_id) or a body outside the platform (receiver_name), not both.",
        ));
    }
    Ok(())
}

/// A referral, as far as deciding about it needs.
pub const fn decision_facts(row: &Model) -> ReferralFacts {
    ReferralFacts {
        status: row.status,
        department_id: row.department_id,
        handler_department_id: row.handler_department_id,
        referred_by: row.referred_by,
    }
}

/// The measure waits from now on for whoever decides on the case.
pub async fn refer(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: ReferBody) -> Result<Change<FollowUp>> {
    let (mut follow_up, whole) = begin(tx, id, version, FollowUpAction::Refer).await?;
    if let Some(department) = body.department_id {
        departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    }
    let (ctx, inspection) = (tx.ctx(), &whole.inspection);
    let prefix = format!("YS{}{}", app.settings.county.code, ctx.today().format("%Y"));
    let term = Term::working_days(app.settings.rules.case_filing_working_days);
    let model = Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &prefix, 4).await?,
        follow_up_id: id,
        inspection_id: inspection.id,
        object_id: inspection.object_id,
        department_id: inspection.department_id,
        handler_department_id: body.department_id.unwrap_or(inspection.department_id),
        receiver_name: body.receiver_name,
        facts: body.facts,
        status: ReferralStatus::Referred,
        referred_by: ctx.actor.id,
        filing_due_on: term.due_on(&app.calendar, ctx.today()),
        case_no: None,
        filed_on: None,
        decision_due_on: None,
        decline_reason: None,
        outcome: None,
        closed_on: None,
        decided_by: None,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };

    let referral = insert(tx, model).await?;
    follow_up.referral_id = Some(referral.id);
    let change = finish(tx, follow_up, inspection, AuditAction::Referred, None).await?;
    Ok(change.and(Event::created::<Entity>(&referral)))
}

/// 立案: the measure is done, and the case has its own time.
pub async fn file(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: FileCaseBody) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, ReferralAction::File)?;
    let today = tx.ctx().today();
    let filed = body.filed_on.unwrap_or(today);
    if filed > today || filed < domain::kernel::clocks::calendar::local_date(row.created_at) {
        let detail = text!(
            "立案日期不得早于移送日期，也不得晚于今天。",
            "It was not filed before it was referred, nor later than today."
        );
        return Err(AppError::invalid_field("/filed_on", "OUT_OF_RANGE", detail));
    }
    let term = Term::days(app.settings.rules.case_decision_days);
    row.decision_due_on = Some(term.due_on(&app.calendar, filed));
    row.filed_on = Some(filed);
    row.decided_by = Some(tx.ctx().actor.id);
    row.case_no = Some(body.case_no.clone());

    let note = format!("已立案：{}", body.case_no);
    let settled = referral_decided(app, tx, row.follow_up_id, (FollowUpAction::Settle, false), note).await?;
    Ok(row.save(AuditAction::CaseFiled, None).await?.and_all(settled))
}

/// 不予立案: the measure waits again for whoever found it.
pub async fn decline(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, ReferralAction::Decline)?;
    row.decline_reason = Some(reason.clone());
    row.decided_by = Some(tx.ctx().actor.id);

    let note = format!("不予立案：{reason}");
    let back = referral_decided(app, tx, row.follow_up_id, (FollowUpAction::GiveBack, true), note).await?;
    Ok(row.save(AuditAction::CaseDeclined, Some(reason)).await?.and_all(back))
}

/// 撤回移送: whoever sent it goes on by themselves.
pub async fn withdraw(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, ReferralAction::Withdraw)?;

    let note = format!("撤回移送：{reason}");
    let back = referral_decided(app, tx, row.follow_up_id, (FollowUpAction::GiveBack, false), note).await?;
    Ok(row.save(AuditAction::Withdrawn, Some(reason)).await?.and_all(back))
}

pub async fn close(tx: &WriteTx, id: Uuid, version: i32, body: CloseCaseBody) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.status = decision_facts(&row).decide(&tx.ctx().actor, ReferralAction::Close)?;
    row.outcome = Some(body.outcome);
    row.closed_on = Some(tx.ctx().today());
    row.save(AuditAction::Closed, None).await
}
