//! 企业自查: what an enterprise may know of itself, for whoever has its token: visits used and left, results, what is due by when.
//! Nothing of how it is classed, of clues, or of evidence.

use super::{Dossier, gather};
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::records::statement_tokens as store;
use crate::persistence::register::{departments, objects};
use chrono::{Days, NaiveDate};
use domain::inspections::follow_ups::FollowUpStatus;
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::visits::was_entered;
use entity::register::statement_tokens::{Entity, Model};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 发放企业查询凭证
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"purpose": "企业法定代表人现场申请", "days": 180})))]
pub struct StatementTokenBody {
    /// 申请人和用途
    #[schema(min_length = 2, max_length = 500, pattern = "\\S.*\\S")]
    pub purpose: String,
    /// 有效天数
    #[schema(minimum = 1, maximum = 365)]
    pub days: u32,
}

/// 企业自查
#[derive(Serialize, ToSchema)]
pub struct Statement {
    pub name: String,
    #[schema(required)]
    pub uscc: Option<String>,
    pub year: i32,
    /// 本年已占用的入企检查次数
    #[schema(required)]
    pub visits_used: Option<u32>,
    /// 各部门合计的年度上限
    #[schema(required)]
    pub visits_cap: Option<u32>,
    #[schema(required)]
    pub visits_left: Option<u32>,
    /// 已进入的入企检查
    pub visits: Vec<StatementVisit>,
    /// 已公示的检查结果
    pub results: Vec<StatementResult>,
    /// 尚未完结的整改和处置
    pub deadlines: Vec<StatementDeadline>,
    /// 已制发的文书
    pub documents: Vec<StatementDocument>,
    /// 异议和投诉的途径
    pub objections: String,
}

/// 一次入企检查
#[derive(Serialize, ToSchema)]
pub struct StatementVisit {
    pub code: String,
    #[schema(required)]
    pub entered_on: Option<NaiveDate>,
    #[schema(required)]
    pub department: Option<String>,
    /// 计入年度次数
    pub counts: bool,
}

/// 一次检查的结果
#[derive(Serialize, ToSchema)]
pub struct StatementResult {
    pub code: String,
    #[schema(required)]
    pub department: Option<String>,
    #[schema(required)]
    pub inspected_on: Option<NaiveDate>,
    /// dictionary spot-result
    pub result_codes: Vec<String>,
    /// 已撤回公示
    pub withdrawn: bool,
}

/// 一项期限
#[derive(Serialize, ToSchema)]
pub struct StatementDeadline {
    /// dictionary spot-dispose
    pub measure: String,
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    pub is_overdue: bool,
}

/// 一份文书
#[derive(Serialize, ToSchema)]
pub struct StatementDocument {
    pub kind: String,
    #[schema(required)]
    pub number: Option<String>,
    #[schema(required)]
    pub issued_on: Option<NaiveDate>,
    #[schema(required)]
    pub pdf_sha256: Option<String>,
}

/// A token is shown once; what is kept is its digest.
pub async fn grant(tx: &WriteTx, object: Uuid, body: StatementTokenBody) -> Result<Change<(Model, String)>> {
    let ctx = tx.ctx();
    objects::get(tx.conn(), ctx, object).await?;

    let token = hex::encode(random::<32>());
    let row = Model {
        id: new_id(),
        object_id: object,
        digest: digest(&token),
        purpose: body.purpose,
        expires_at: ctx.now.checked_add_days(Days::new(u64::from(body.days))).unwrap_or(ctx.now),
        revoked_at: None,
        created_by: ctx.actor.id,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    };
    let saved = insert(tx, row).await?;
    let event = Event::created::<Entity>(&saved);

    Ok(Change::new((saved, token), event))
}

fn digest(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

pub async fn revoke(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let mut row = tx.edit::<Entity>(id, version).await?;
    row.revoked_at = row.revoked_at.or(Some(tx.ctx().now));
    row.save(AuditAction::Revoked, Some(reason)).await
}

/// What the enterprise of a token may know; that it was read is a line of the trail.
pub async fn read_statement(app: &App, ctx: &Ctx, token: &str) -> Result<Statement> {
    let unknown = || {
        let detail = text!("查询凭证无效、已过期或已收回。", "The token is not known, has expired, or was revoked.");
        AppError::invalid_field("/token", "NOT_VALID", detail)
    };
    let found = store::by_digest(&app.db, &digest(token)).await?.ok_or_else(unknown)?;
    if found.revoked_at.is_some() || found.expires_at <= ctx.now {
        return Err(unknown());
    }

    let reader = Ctx { now: ctx.now, request_id: ctx.request_id.clone(), ..Ctx::system("enterprise") };
    let dossier = gather(app, &reader, found.object_id, None).await?;
    let statement = told(app, &reader, dossier).await?;
    let line = || Event::of::<Entity>(AuditAction::StatementRead, &found);
    write(&app.db, &reader, async |_| Ok(Change::new((), line()))).await?;
    Ok(statement)
}

async fn told(app: &App, ctx: &Ctx, dossier: Dossier) -> Result<Statement> {
    let today = ctx.today();
    let visits = dossier.visits.map(|block| block.items).unwrap_or_default();
    let inspections = dossier.inspections.map(|block| block.items).unwrap_or_default();
    let ids: Vec<_> = visits
        .iter()
        .map(|visit| visit.lead_department_id)
        .chain(inspections.iter().map(|inspection| inspection.department_id))
        .collect();
    let names: BTreeMap<_, _> =
        departments::existing(&app.db, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect();

    let budget = dossier.budget;
    let cap = budget.as_ref().and_then(|budget| budget.cap.as_ref()).map(|(_, amount)| *amount);
    let used = budget.as_ref().and_then(|budget| budget.used);
    let public = |status| matches!(status, InspectionStatus::Published | InspectionStatus::Withdrawn);
    Ok(Statement {
        name: dossier.object.name,
        uscc: dossier.object.uscc,
        year: budget.map_or(0, |budget| budget.year),
        visits_used: used,
        visits_cap: cap,
        visits_left: used.zip(cap).map(|(used, cap)| cap.saturating_sub(used)),
        visits: visits
            .into_iter()
            .filter(|visit| was_entered(visit.status))
            .map(|visit| StatementVisit {
                code: visit.code,
                entered_on: visit.entered_on,
                department: names.get(&visit.lead_department_id).cloned(),
                counts: visit.budget_year.is_some(),
            })
            .collect(),
        results: inspections
            .into_iter()
            .filter(|inspection| public(inspection.status))
            .map(|inspection| StatementResult {
                code: inspection.code,
                department: names.get(&inspection.department_id).cloned(),
                inspected_on: inspection.inspected_on,
                withdrawn: inspection.status == InspectionStatus::Withdrawn,
                // What was withdrawn says no longer what it said.
                result_codes: (inspection.status == InspectionStatus::Published)
                    .then(|| dossier.results.get(&inspection.id).cloned())
                    .flatten()
                    .unwrap_or_default(),
            })
            .collect(),
        deadlines: dossier
            .follow_ups
            .map(|block| block.items)
            .unwrap_or_default()
            .into_iter()
            .filter(|measure| measure.status == FollowUpStatus::Open)
            .map(|measure| StatementDeadline {
                is_overdue: measure.due_on.is_some_and(|due| due < today),
                measure: measure.measure,
                due_on: measure.due_on,
            })
            .collect(),
        documents: dossier
            .documents
            .map(|block| block.items)
            .unwrap_or_default()
            .into_iter()
            .filter(|document| document.number.is_some())
            .map(|document| StatementDocument {
                kind: document.kind.label().to_owned(),
                number: document.number,
                issued_on: document.issued_on,
                pdf_sha256: document.pdf_sha256,
            })
            .collect(),
        objections:
            "对检查结果有异议的，可以向作出检查的部门提出；对检查行为投诉的，可以扫描入企码或者向县司法局反映。"
                .to_owned(),
    })
}
