//! 行政执法监督案件: opened by an alert or by the justice bureau, and closed when what was wrong is put right.

mod act;
mod alerts;
mod bodies;

pub use act::{Act, act, escalate_late, reply};
pub use alerts::{Subject, raise};
pub use bodies::{
    CaseUpdateBody, CloseSupervisionBody, ExtendReplyBody, PaperBody, ReplyBody, StepFurtherBody, SubjectBody,
    SupervisionCaseBody, VerdictBody,
};

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::supervision_cases as store;
use crate::persistence::register::departments;
use chrono::NaiveDate;
use domain::access::Decide;
use domain::kernel::text::text;
use domain::oversight::alerts::EnforcementAlert;
use domain::oversight::audit::AuditAction;
use domain::oversight::supervision_cases::{
    ReplyVerdict, SupervisionAction, SupervisionFacts, SupervisionMeasure, SupervisionSource, SupervisionStatus,
    is_gathering,
};
use entity::oversight::supervision_cases::{Column, Entity, Model};
use entity::oversight::{supervision_papers, supervision_subjects};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A case with what belongs to it.
pub struct SupervisionCase {
    pub case: Model,
    /// Its documents, oldest first.
    pub papers: Vec<supervision_papers::Model>,
    pub subjects: Vec<supervision_subjects::Model>,
    pub department_name: Option<String>,
}

/// Completes cases for reading: three statements, however many.
pub async fn complete(conn: &impl ConnectionTrait, rows: Vec<Model>) -> Result<Vec<SupervisionCase>> {
    let mut parts = store::parts(conn, rows.iter().map(|row| row.id).collect()).await?;
    let ids: Vec<_> = rows.iter().map(|row| row.department_id).collect();
    let names: BTreeMap<_, _> =
        departments::existing(conn, &ids).await?.into_iter().map(|found| (found.id, found.name)).collect();

    let done = rows.into_iter().map(|case| {
        let (papers, subjects) = parts.remove(&case.id).unwrap_or_default();
        SupervisionCase { department_name: names.get(&case.department_id).cloned(), papers, subjects, case }
    });
    Ok(done.collect())
}

async fn complete_one(conn: &impl ConnectionTrait, row: Model) -> Result<SupervisionCase> {
    complete(conn, vec![row]).await?.pop().ok_or_else(AppError::not_found)
}

pub async fn get(conn: &impl ConnectionTrait, ctx: &Ctx, id: Uuid) -> Result<SupervisionCase> {
    complete_one(conn, find::<Entity>(conn, ctx, id).await?).await
}

/// A case, as far as deciding about it needs.
pub fn decision_facts(whole: &SupervisionCase, today: NaiveDate) -> SupervisionFacts {
    let case = &whole.case;
    let is_overdue = case.reply_due_on.is_some_and(|due| due < today);
    let has_cause = whole.papers.last().is_some_and(|paper| {
        let rejected = paper.verdict == Some(ReplyVerdict::Rejected);
        (is_overdue || rejected) && !case.measures.iter().any(|taken| taken.at >= paper.issued_at)
    });

    SupervisionFacts {
        status: case.status,
        department_id: case.department_id,
        is_overdue,
        is_extended: whole.papers.last().is_some_and(|paper| paper.extension_days > 0),
        papers: whole.papers.len(),
        has_cause,
        measure: case.measure,
        taken: case.measures.last().map(|taken| taken.measure),
    }
}

/// What the trail keeps of a case.
fn record(whole: &SupervisionCase) -> Value {
    let mut record = json!(whole.case);
    record["papers"] = json!(whole.papers);
    record["subjects"] = json!(whole.subjects);
    record
}

/// The case as it is now, with its line of the trail.
async fn saved(
    tx: &WriteTx,
    before: &SupervisionCase,
    case: Model,
    action: AuditAction,
    reason: Option<String>,
) -> Result<Change<SupervisionCase>> {
    let whole = complete_one(tx.conn(), case).await?;
    let event = Event::of::<Entity>(action, &whole.case).reason(reason);
    let event = event.before(&record(before)).after(&record(&whole));
    Ok(Change::new(whole, event))
}

pub async fn create(app: &App, tx: &WriteTx, body: SupervisionCaseBody) -> Result<Change<SupervisionCase>> {
    if body.source == SupervisionSource::Alert {
        let detail = text!(
            "监测预警由平台自动立案，请选择投诉举报或自行发现。",
            "Alerts open cases by themselves: choose another source."
        );
        return Err(AppError::invalid_field("/source", "NOT_ALLOWED", detail));
    }
    departments::get(tx.conn(), body.department_id).await.map_err(|error| error.or_no_such("/department_id"))?;
    let case = blank(app, tx, body.department_id, body.source).await?;
    let case = insert(tx, Model { title: body.title, facts: body.facts, ..case }).await?;
    put_subjects(tx, &case, &body.subjects).await?;

    let whole = complete_one(tx.conn(), case).await?;
    let event = Event::of::<Entity>(AuditAction::Created, &whole.case).after(&record(&whole));
    Ok(Change::new(whole, event))
}

/// A case of which nothing is said yet.
async fn blank(app: &App, tx: &WriteTx, department: Uuid, source: SupervisionSource) -> Result<Model> {
    let ctx = tx.ctx();

    let prefix = format!("JD{}{}", app.settings.county.code, ctx.today().format("%Y"));
    Ok(Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &prefix, 4).await?,
        department_id: department,
        source,
        alert: None,
        open_key: None,
        title: String::new(),
        facts: String::new(),
        status: SupervisionStatus::Open,
        measure: SupervisionMeasure::Rectify,
        measures: Vec::new().into(),
        reply_due_on: None,
        escalated_at: None,
        first_issued_at: None,
        conclusion: None,
        ended_at: None,
        opened_by: ctx.actor.id,
        version: 1,
        created_at: ctx.now,
        updated_at: ctx.now,
    })
}

pub async fn update(tx: &WriteTx, id: Uuid, version: i32, body: CaseUpdateBody) -> Result<Change<SupervisionCase>> {
    let mut case = tx.edit::<Entity>(id, version).await?;
    let before = complete_one(tx.conn(), case.before().clone()).await?;
    case.status = decision_facts(&before, tx.ctx().today()).decide(&tx.ctx().actor, SupervisionAction::Update)?;
    case.title = body.title;
    case.facts = body.facts;

    put_subjects(tx, &case, &body.subjects).await?;
    let case = case.write().await?;
    saved(tx, &before, case, AuditAction::Updated, None).await
}

/// What a case is about: records that there are, of the department that it is about.
async fn put_subjects(tx: &WriteTx, case: &Model, subjects: &[SubjectBody]) -> Result<()> {
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for (at, subject) in subjects.iter().enumerate() {
        store::hold_file(tx, subject.kind, subject.record_id).await?;
        let named = store::named(tx.conn(), subject.kind, subject.record_id).await?;
        if let Some(named) = named.filter(|named| named.departments.contains(&case.department_id)) {
            rows.push(supervision_subjects::Model {
                case_id: case.id,
                kind: subject.kind,
                record_id: subject.record_id,
                label: named.label,
                added_at: tx.ctx().now,
            });
        } else {
            let detail =
                text!("记录不存在，或不属于被监督单位。", "There is no such record of the department it is about.");
            errors.push(FieldError::new(format!("/subjects/{at}/record_id"), "NO_SUCH_RECORD", detail));
        }
    }
    if !errors.is_empty() {
        return Err(AppError::invalid(errors));
    }

    store::add_subjects(tx.conn(), rows).await
}

/// The key under which alerts of one kind about one department gather.
fn key(department: Uuid, alert: EnforcementAlert) -> String {
    format!("{department}:{}", alert.code())
}

/// Whether further alerts still belong to the case.
fn keep_key(case: &mut Model) {
    if !is_gathering(case.status) {
        case.open_key = None;
    }
}
