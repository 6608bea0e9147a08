//! What is done to a case, step by step.

use super::bodies::{CloseSupervisionBody, ExtendReplyBody, PaperBody, ReplyBody, StepFurtherBody, VerdictBody};
use super::{SupervisionCase, complete_one, decision_facts, keep_key, saved, store};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use chrono::{Datelike, Days, NaiveDate};
use domain::access::Decide;
use domain::kernel::clocks::Term;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::oversight::supervision_cases::{
    MeasureTaken, ReplyVerdict, SupervisionAction, SupervisionPaper, SupervisionStatus,
};
use entity::oversight::supervision_cases::{Entity, Model};
use entity::oversight::supervision_papers;
use uuid::Uuid;

/// What the justice bureau does to a case, with what it takes.
#[derive(Clone)]
pub enum Act {
    Investigate,
    Issue(SupervisionPaper, PaperBody),
    Extend(ExtendReplyBody),
    Reject(VerdictBody),
    Verify(VerdictBody),
    Escalate(StepFurtherBody),
    Close(CloseSupervisionBody),
    Dismiss(String),
}

impl Act {
    const fn action(&self) -> SupervisionAction {
        match self {
            Self::Investigate => SupervisionAction::Investigate,
            Self::Issue(kind, _) => kind.action(),
            Self::Extend(_) => SupervisionAction::Extend,
            Self::Reject(_) => SupervisionAction::Reject,
            Self::Verify(_) => SupervisionAction::Verify,
            Self::Escalate(_) => SupervisionAction::Escalate,
            Self::Close(_) => SupervisionAction::Close,
            Self::Dismiss(_) => SupervisionAction::Dismiss,
        }
    }
}

pub async fn act(app: &App, tx: &WriteTx, id: Uuid, version: i32, act: Act) -> Result<Change<SupervisionCase>> {
    let mut case = tx.edit::<Entity>(id, version).await?;
    let (now, today) = (tx.ctx().now, tx.ctx().today());
    let before = complete_one(tx.conn(), case.before().clone()).await?;
    case.status = decision_facts(&before, today).decide(&tx.ctx().actor, act.action())?;
    keep_key(&mut case);

    let (audit, reason) = match act {
        Act::Investigate => (AuditAction::Started, None),
        Act::Issue(kind, body) => {
            issue(app, tx, (&before, &mut case), kind, body).await?;
            (AuditAction::Issued, None)
        }
        Act::Extend(body) => {
            extend(app, tx, (&before, &mut case), &body).await?;
            (AuditAction::Extended, Some(body.reason))
        }
        Act::Reject(body) => {
            judge(tx, &before, ReplyVerdict::Rejected, &body.opinion).await?;
            (AuditAction::Rejected, Some(body.opinion))
        }
        Act::Verify(body) => {
            judge(tx, &before, ReplyVerdict::Accepted, &body.opinion).await?;
            (AuditAction::Verified, Some(body.opinion))
        }
        Act::Escalate(body) => {
            escalate(tx, (&before, &mut case), body.note.clone());
            (AuditAction::Escalated, Some(body.note))
        }
        Act::Close(body) => {
            case.conclusion = Some(body.conclusion);
            case.ended_at = Some(now);
            (AuditAction::Closed, None)
        }
        Act::Dismiss(why) => {
            case.conclusion = Some(why.clone());
            case.ended_at = Some(now);
            (AuditAction::Dismissed, Some(why))
        }
    };

    let case = case.write().await?;
    saved(tx, &before, case, audit, reason).await
}

/// A document goes to the department, which sees the case from then on.
async fn issue(
    app: &App,
    tx: &WriteTx,
    (before, case): (&SupervisionCase, &mut Model),
    kind: SupervisionPaper,
    body: PaperBody,
) -> Result<()> {
    let (now, today) = (tx.ctx().now, tx.ctx().today());
    let rules = &app.settings.rules;
    let days = body.reply_days.unwrap_or(rules.supervision_reply_days);
    check_days("/reply_days", days, rules.supervision_longest_days)?;
    let due_on = Term::days(days).due_on(&app.calendar, today);

    let paper = supervision_papers::Model {
        case_id: case.id,
        round: before.papers.last().map_or(1, |paper| paper.round + 1),
        kind,
        number: number(tx, kind, today).await?,
        requirements: body.requirements,
        term_days: i32::try_from(days).unwrap_or(i32::MAX),
        issued_at: now,
        issued_by: tx.ctx().actor.id,
        extension_days: 0,
        extension_reason: None,
        due_on,
        reply: None,
        replied_at: None,
        replied_by: None,
        verdict: None,
        opinion: None,
        judged_at: None,
        judged_by: None,
    };
    store::add_paper(tx.conn(), paper).await?;
    case.reply_due_on = Some(due_on);
    case.escalated_at = None;
    case.first_issued_at = case.first_issued_at.or(Some(now));
    Ok(())
}

/// `旺司执监通〔2026〕3号`: without a gap for each kind and year.
async fn number(tx: &WriteTx, kind: SupervisionPaper, today: NaiveDate) -> Result<String> {
    let bureau = departments::get(tx.conn(), tx.ctx().actor.department_id).await?;
    let word = bureau.document_word.unwrap_or(bureau.short_name);
    let year = today.year();
    let number = serials::next_number(tx, &format!("supervision:{}:{}:{year}", bureau.id, kind.code())).await?;
    Ok(format!("{word}{}〔{year}〕{number}号", kind.word()))
}

fn check_days(pointer: &str, days: u32, longest: u32) -> Result<()> {
    if days <= longest {
        return Ok(());
    }
    let detail = text!("最多 {longest} 天。", "It is {longest} day(s) at most.");
    Err(AppError::invalid_field(pointer, "OUT_OF_RANGE", detail))
}

/// More time for the newest document, once.
async fn extend(
    app: &App,
    tx: &WriteTx,
    (before, case): (&SupervisionCase, &mut Model),
    body: &ExtendReplyBody,
) -> Result<()> {
    check_days("/days", body.days, app.settings.rules.supervision_longest_days)?;
    let mut paper = newest(before)?;
    // Counted from the day on which it was sent, like the term itself.
    let sent = domain::kernel::clocks::calendar::local_date(paper.issued_at);
    let whole = u32::try_from(paper.term_days).unwrap_or_default().saturating_add(body.days);
    let due_on = Term::days(whole).due_on(&app.calendar, sent);
    let due_on = due_on.max(paper.due_on.checked_add_days(Days::new(1)).unwrap_or(due_on));

    paper.extension_days = i32::try_from(body.days).unwrap_or(i32::MAX);
    paper.extension_reason = Some(body.reason.clone());
    paper.due_on = due_on;
    case.reply_due_on = Some(due_on);
    store::put_paper(tx.conn(), paper).await
}

/// What the department did about it.
pub async fn reply(tx: &WriteTx, id: Uuid, version: i32, body: ReplyBody) -> Result<Change<SupervisionCase>> {
    let mut case = tx.edit::<Entity>(id, version).await?;
    let before = complete_one(tx.conn(), case.before().clone()).await?;
    case.status = decision_facts(&before, tx.ctx().today()).decide(&tx.ctx().actor, SupervisionAction::Reply)?;

    let answered = supervision_papers::Model {
        reply: Some(body.reply),
        replied_at: Some(tx.ctx().now),
        replied_by: Some(tx.ctx().actor.id),
        ..newest(&before)?
    };
    store::put_paper(tx.conn(), answered).await?;
    case.reply_due_on = None;
    case.escalated_at = None;
    let case = case.write().await?;
    saved(tx, &before, case, AuditAction::Replied, None).await
}

/// Whether the answer does.
async fn judge(tx: &WriteTx, before: &SupervisionCase, verdict: ReplyVerdict, opinion: &str) -> Result<()> {
    let judged = supervision_papers::Model {
        verdict: Some(verdict),
        opinion: Some(opinion.to_owned()),
        judged_at: Some(tx.ctx().now),
        judged_by: Some(tx.ctx().actor.id),
        ..newest(before)?
    };
    store::put_paper(tx.conn(), judged).await
}

/// Writes down what was done of the measure that is due, or takes the next one.
fn escalate(tx: &WriteTx, (before, case): (&SupervisionCase, &mut Model), note: String) {
    let facts = decision_facts(before, tx.ctx().today());
    if !facts.has_measure_to_do() {
        case.measure = case.measure.next().unwrap_or(case.measure);
    }
    let taken = MeasureTaken { measure: case.measure, note, at: tx.ctx().now, by: tx.ctx().actor.id };
    let mut measures = case.measures.0.clone();
    measures.push(taken);
    case.measures = measures.into();
}

fn newest(whole: &SupervisionCase) -> Result<supervision_papers::Model> {
    whole.papers.last().cloned().ok_or_else(|| AppError::internal("a case that was sent has a document"))
}

/// No answer came in time: the justice bureau is told. One that came meanwhile is left alone.
pub async fn escalate_late(tx: &WriteTx, id: Uuid) -> Result<Vec<Event>> {
    let Some(row) = store::by_id(tx.conn(), id).await? else { return Ok(Vec::new()) };
    let waits =
        matches!(row.status, SupervisionStatus::Notice | SupervisionStatus::Opinion | SupervisionStatus::Decision);
    if !waits || row.escalated_at.is_some() {
        return Ok(Vec::new());
    }
    let before = complete_one(tx.conn(), row.clone()).await?;
    let mut case = tx.edit_along::<Entity>(row);
    case.escalated_at = Some(tx.ctx().now);
    let case = case.write().await?;
    Ok(saved(tx, &before, case, AuditAction::Escalated, None).await?.into_events())
}
