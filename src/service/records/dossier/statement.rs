//! 企业自查: what an enterprise may know of itself, for whoever has its token: visits used and left, results, what is due by when.
//! Nothing of how it is classed, of clues, or of evidence.

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::records::dossier as store;
use crate::persistence::records::dossier::Of;
use crate::persistence::records::statement_tokens as tokens;
use crate::persistence::register::{departments, objects};
use crate::persistence::visits::visit_rules;
use chrono::{Datelike, Days, NaiveDate};
use domain::inspections::follow_ups::{FollowUpStatus, RECTIFY, measure_label};
use domain::inspections::inspections::InspectionStatus;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::documents::DocumentStatus;
use domain::records::dossier::{DocumentLine, FollowUpLine, InspectionLine, VisitLine};
use domain::visits::budget::enterprise_cap;
use domain::visits::was_entered;
use entity::register::statement_tokens::{Entity, Model};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
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
    /// 本年计入次数且已进入的入企检查
    pub visits_used: u32,
    /// 各部门合计的年度上限
    #[schema(required)]
    pub visits_cap: Option<u32>,
    #[schema(required)]
    pub visits_left: Option<u32>,
    /// 已进入的入企检查
    pub visits: Vec<StatementVisit>,
    /// 已公示的检查结果
    pub results: Vec<StatementResult>,
    /// 尚未完结的责令改正
    pub deadlines: Vec<StatementDeadline>,
    /// 已送达的文书
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
    /// 措施
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

/// Records of a kind that are told, the newest.
const SHOWN: usize = 200;

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
        read_on: None,
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
    let found = tokens::by_digest(&app.db, &digest(token)).await?.ok_or_else(unknown)?;
    if found.revoked_at.is_some() || found.expires_at <= ctx.now {
        return Err(unknown());
    }

    let reader = Ctx { now: ctx.now, request_id: ctx.request_id.clone(), ..Ctx::system("enterprise") };
    let statement = told(app, &reader, found.object_id).await?;
    if tokens::first_today(&app.db, found.id, reader.today()).await? {
        let line = || Event::of::<Entity>(AuditAction::StatementRead, &found);
        write(&app.db, &reader, async |_| Ok(Change::new((), line()))).await?;
    }
    Ok(statement)
}

/// What is public of it, or was served to it, and no word of what is to come.
async fn told(app: &App, ctx: &Ctx, object: Uuid) -> Result<Statement> {
    let (conn, today) = (&app.db, ctx.today());
    let of = Of { object, before: None };
    let object = objects::get(conn, ctx, object).await?;
    let entered = |visit: &VisitLine| was_entered(visit.status);
    let visits: Vec<_> = store::visits(conn, ctx, of).await?.into_iter().filter(entered).collect();
    let (inspections, results) = store::inspections(conn, ctx, of).await?;
    let measures = store::follow_ups(conn, ctx, of).await?;
    let documents = store::documents(conn, ctx, of).await?;
    let rules = visit_rules::in_force(conn, today).await?;

    let names = names(app, &visits, &inspections).await?;
    let cap = enterprise_cap(&rules, &object.object_type).map(|rule| rule.amount);
    // What is only planned would announce a visit that is to come unannounced.
    let used = visits.iter().filter(|visit| visit.budget_year == Some(today.year())).count();
    let used = u32::try_from(used).unwrap_or(u32::MAX);
    Ok(Statement {
        name: object.name,
        uscc: object.uscc,
        year: today.year(),
        visits_used: used,
        visits_cap: cap,
        visits_left: cap.map(|cap| cap.saturating_sub(used)),
        visits: visits.iter().take(SHOWN).map(|visit| of_visit(visit, &names)).collect(),
        results: inspections.iter().filter_map(|one| of_inspection(one, &names, &results)).take(SHOWN).collect(),
        deadlines: measures.iter().filter_map(|measure| of_measure(measure, today)).take(SHOWN).collect(),
        documents: documents.iter().filter_map(of_document).take(SHOWN).collect(),
        objections:
            "对检查结果有异议的，可以向作出检查的部门提出；对检查行为投诉的，可以扫描入企码或者向县司法局反映。"
                .to_owned(),
    })
}

/// Departments' names.
async fn names(app: &App, visits: &[VisitLine], inspections: &[InspectionLine]) -> Result<BTreeMap<Uuid, String>> {
    let leads = visits.iter().map(|visit| visit.lead_department_id);
    let ids: BTreeSet<_> = leads.chain(inspections.iter().map(|inspection| inspection.department_id)).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    Ok(departments::existing(&app.db, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect())
}

fn of_visit(visit: &VisitLine, names: &BTreeMap<Uuid, String>) -> StatementVisit {
    StatementVisit {
        code: visit.code.clone(),
        entered_on: visit.entered_on,
        department: names.get(&visit.lead_department_id).cloned(),
        counts: visit.budget_year.is_some(),
    }
}

fn of_inspection(
    inspection: &InspectionLine,
    names: &BTreeMap<Uuid, String>,
    results: &BTreeMap<Uuid, Vec<String>>,
) -> Option<StatementResult> {
    let is_public = inspection.status == InspectionStatus::Published;
    let withdrawn = inspection.status == InspectionStatus::Withdrawn;
    // What was withdrawn says no longer what it said.
    let codes = results.get(&inspection.id).filter(|_| is_public).cloned().unwrap_or_default();
    (is_public || withdrawn).then(|| StatementResult {
        code: inspection.code.clone(),
        department: names.get(&inspection.department_id).cloned(),
        inspected_on: inspection.inspected_on,
        result_codes: codes,
        withdrawn,
    })
}

/// What the enterprise itself has to put right.
fn of_measure(measure: &FollowUpLine, today: NaiveDate) -> Option<StatementDeadline> {
    let is_due = measure.measure == RECTIFY && measure.status == FollowUpStatus::Open;
    is_due.then(|| StatementDeadline {
        measure: measure_label(&measure.measure).to_owned(),
        due_on: measure.due_on,
        is_overdue: measure.due_on.is_some_and(|due| due < today),
    })
}

/// What was served to it.
fn of_document(document: &DocumentLine) -> Option<StatementDocument> {
    let was_served = matches!(document.status, DocumentStatus::Served | DocumentStatus::Refused);
    (was_served && document.kind.is_served()).then(|| StatementDocument {
        kind: document.kind.label().to_owned(),
        number: document.number.clone(),
        issued_on: document.issued_on,
        pdf_sha256: document.pdf_sha256.clone(),
    })
}
