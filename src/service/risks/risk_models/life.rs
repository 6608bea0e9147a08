//! Tested, in shadow, in force, stopped.

use super::{decision_facts, elements, precision, put_elements};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::risks::risk_models as store;
use domain::access::Decide;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_models::{Compiled, ModelAction, ModelState, apply, run_case};
use domain::spot_checks::plans::percent;
use entity::risks::risk_model_versions::{Entity, Model};
use entity::risks::risk_models::{Entity as Models, Model as RiskModel};
use uuid::Uuid;

/// A version about to take a step, and the state it will be in.
async fn step(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: ModelAction,
) -> Result<(Model, RiskModel, ModelState)> {
    let (before, model) = store::version(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let state = decision_facts(app, &before, model.department_id).decide(&tx.ctx().actor, action)?;
    Ok((before, model, state))
}

async fn save(
    tx: &WriteTx,
    model: &RiskModel,
    before: &Model,
    after: Model,
    (audit, reason): (AuditAction, Option<String>),
) -> Result<Change<Model>> {
    let saved = replace::<Entity>(tx, before, after).await?;
    let event = Event::new(audit, "risk-model-versions", before.id).department(model.department_id).reason(reason);
    Ok(Change::new(saved.clone(), event.before(before).after(&saved)))
}

/// Runs the version's own tests: all must pass.
pub async fn test(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let (before, model, state) = step(app, tx, id, version, ModelAction::Test).await?;
    let content = &before.content.0;
    let compiled = Compiled::new(content).map_err(|_| AppError::internal("a stored condition is refused"))?;
    let outcomes: Vec<_> = content.cases.iter().map(|case| run_case(&compiled, case)).collect();
    let mut errors = Vec::new();

    for (at, outcome) in outcomes.iter().enumerate().filter(|(_, outcome)| !outcome.passed) {
        let level = |level: Option<domain::risks::risk_clues::RiskLevel>| level.map_or("-", |level| level.code());
        let (expected, actual) = (level(outcome.expected), level(outcome.actual));
        let detail = text!(
            "用例“{name}”应为 {expected}，实为 {actual}（{score} 分）。",
            "Case {name} should give {expected}, but gives {actual} ({score} points).",
            name = outcome.name,
            score = outcome.score
        );
        errors.push(FieldError::new(format!("/content/cases/{at}"), "CASE_FAILED", detail));
    }

    let fires = content.cases.iter().any(|case| case.level.is_some());
    if !fires || content.cases.iter().all(|case| case.level.is_some()) {
        let detail =
            text!("测试用例应同时包含应命中的和不应命中的。", "There must be a case that fires and one that does not.");
        errors.push(FieldError::new("/content/cases", "CASES_ONE_SIDED", detail));
    }
    if !errors.is_empty() {
        let detail = text!("内置测试未全部通过。", "Not all of the version's own tests pass.");
        return Err(AppError::new(Code::ModelNotReady, detail).with_errors(errors));
    }
    let after =
        Model { state, test: Some(serde_json::to_value(outcomes)?), tested_at: Some(tx.ctx().now), ..before.clone() };

    save(tx, &model, &before, after, (AuditAction::Tested, None)).await
}

/// Runs beside the version in force without raising anything: complete in all its elements, the backtest among them.
pub async fn shadow(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let (before, model, state) = step(app, tx, id, version, ModelAction::Shadow).await?;
    let check = elements(&before, tx.ctx().today())?;
    if !check.is_complete() {
        let errors = check.problems().map(|problem| {
            FieldError::new(format!("/content{}", problem.pointer), problem.rule, problem.message.clone())
        });
        let detail = text!("模型要素不完整，见 errors。", "The model lacks elements; see errors.");
        return Err(AppError::new(Code::ElementsIncomplete, detail).with_errors(errors.collect()));
    }

    let mut events = Vec::new();
    if let Some(number) = model.shadow_number {
        events.extend(retire_numbered(tx, &model, number, "由新版本接替").await?);
    }
    let mut after = Model { state, shadow_at: Some(tx.ctx().now), ..before.clone() };
    put_elements(&mut after, tx.ctx().today())?;
    let change = save(tx, &model, &before, after, (AuditAction::Shadowed, None)).await?;
    let moved = RiskModel { shadow_number: Some(before.number), ..model.clone() };
    events.push(put(tx, &model, moved).await?);

    Ok(change.and_all(events))
}

/// In force from now on: it has run in shadow, and somebody else than its author wants it.
pub async fn activate(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let (before, model, state) = step(app, tx, id, version, ModelAction::Activate).await?;
    let mut events = Vec::new();
    if let Some(number) = model.active_number {
        events.extend(retire_numbered(tx, &model, number, "由新版本接替").await?);
    }
    let after =
        Model { state, activated_by: Some(tx.ctx().actor.id), activated_at: Some(tx.ctx().now), ..before.clone() };
    let change = save(tx, &model, &before, after, (AuditAction::Activated, None)).await?;
    let moved = RiskModel { active_number: Some(before.number), shadow_number: None, ..model.clone() };
    events.push(put(tx, &model, moved).await?);
    Ok(change.and_all(events))
}

/// The switch: from the next batch of a run on, the version evaluates nothing.
pub async fn retire(app: &App, tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let (before, model, _) = step(app, tx, id, version, ModelAction::Retire).await?;
    let (saved, events) = retired(tx, &model, &before, reason).await?;
    let mut events = events.into_iter();
    let first = events.next().ok_or_else(|| AppError::internal("retired without an event"))?;
    Ok(Change::new(saved, first).and_all(events))
}

async fn retired(tx: &WriteTx, model: &RiskModel, before: &Model, reason: String) -> Result<(Model, Vec<Event>)> {
    let state = apply(before.state, ModelAction::Retire)?;
    let after = Model { state, retired_at: Some(tx.ctx().now), retired_reason: Some(reason.clone()), ..before.clone() };
    let saved = replace::<Entity>(tx, before, after).await?;
    let event = Event::new(AuditAction::Retired, "risk-model-versions", before.id)
        .department(model.department_id)
        .reason(reason)
        .before(before)
        .after(&saved);
    let mut events = vec![event];
    let without = |number: Option<i32>| number.filter(|number| *number != before.number);
    let moved = RiskModel {
        active_number: without(model.active_number),
        shadow_number: without(model.shadow_number),
        ..model.clone()
    };
    if moved != *model {
        events.push(put(tx, model, moved).await?);
    }

    Ok((saved, events))
}

async fn put(tx: &WriteTx, before: &RiskModel, after: RiskModel) -> Result<Event> {
    let saved = replace::<Models>(tx, before, after).await.map_err(AppError::again)?;
    let event = Event::new(AuditAction::Updated, "risk-models", before.id).department(before.department_id);
    Ok(event.before(before).after(&saved))
}

/// Retires the version of a number without touching the model, which the caller is about to move on.
async fn retire_numbered(tx: &WriteTx, model: &RiskModel, number: i32, reason: &str) -> Result<Option<Event>> {
    let Some(before) = store::numbered(tx.conn(), model.id, number).await? else { return Ok(None) };
    let apart = RiskModel { active_number: None, shadow_number: None, ..model.clone() };
    let (_, events) = retired(tx, &apart, &before, reason.to_owned()).await?;
    Ok(events.into_iter().next())
}

/// A verdict on a clue of a version: when too few prove true, the version stops itself.
pub async fn after_verdict(tx: &WriteTx, model: Uuid, number: i32) -> Result<Vec<Event>> {
    let Some(version) = store::numbered(tx.conn(), model, number).await? else { return Ok(Vec::new()) };
    let Some(stop) = version.content.stop else { return Ok(Vec::new()) };
    if apply(version.state, ModelAction::Retire).is_err() {
        return Ok(Vec::new());
    }
    let precision = precision(tx.conn(), model, number).await?;
    let share = precision.basis_points().unwrap_or(10_000);
    if precision.judged() < u64::from(stop.after_verdicts) || share >= u64::from(stop.minimum_precision_bp) {
        return Ok(Vec::new());
    }
    let models = store::by_ids(tx.conn(), vec![model]).await?;
    let model = models.into_iter().next().ok_or_else(|| AppError::internal("a version without model"))?;
    let judged = precision.judged();
    let reason = format!(
        "触发停用条件：已核查 {judged} 条，属实率 {}% 低于 {}%",
        percent(u32::try_from(share).unwrap_or(10_000)),
        percent(stop.minimum_precision_bp)
    );

    Ok(retired(tx, &model, &version, reason).await.map_err(AppError::again)?.1)
}

/// Versions whose time is over are stopped.
pub async fn expire(app: &App) -> Result<usize> {
    let ctx = Ctx::system("model-expiry");
    let mut done = 0;
    for version in store::running(&app.db).await? {
        if version.content.expires_on.is_none_or(|until| until >= ctx.today()) {
            continue;
        }
        write(&app.db, &ctx, async |tx| {
            let (before, model) = store::version(tx.conn(), tx.ctx(), version.id).await?;
            let (_, events) = retired(tx, &model, &before, "有效期届满".to_owned()).await?;
            let mut events = events.into_iter();
            let first = events.next().ok_or_else(|| AppError::internal("retired without an event"))?;
            Ok(Change::new((), first).and_all(events))
        })
        .await?;
        done += 1;
    }

    Ok(done)
}
