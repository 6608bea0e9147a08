//! 回测 as a job: one pass over the register, a few thousand objects at a time, with memory that does not grow.

use super::bodies::BacktestBody;
use super::{decision_facts, put_elements};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::risks::{risk_facts, risk_models as store};
use crate::service::intake::jobs::{Progress, queue};
use chrono::{Days, NaiveDate};
use domain::access::Decide;
use domain::intake::jobs::JobKind;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_models::backtest::{Backtest, Subject, cut_offs};
use domain::risks::risk_models::{Compiled, Fact, ModelAction, ModelState};
use entity::intake::jobs::Model as Job;
use entity::risks::risk_facts::Model as FactRow;
use entity::risks::risk_model_versions::{Entity, Model};
use serde_json::{Value, json};
use uuid::Uuid;

/// Objects a step.
const STEP: u64 = 2_000;

/// Queues a backtest; its report will stand beside the version.
pub async fn queue_backtest(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: BacktestBody,
) -> Result<Change<Job>> {
    let (before, model) = store::version(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    decision_facts(app, &before, model.department_id).decide(&tx.ctx().actor, ModelAction::Backtest)?;
    if body.to < body.from || body.to > tx.ctx().today() {
        let detail = text!("回测区间应先后有序，且不晚于今天。", "The period must be in order and not after today.");
        return Err(AppError::invalid_field("/to", "OUT_OF_RANGE", detail));
    }
    let horizon = before.content.horizon_days;
    let over = body.to.checked_add_days(Days::new(u64::from(horizon)));

    if over.is_none_or(|over| over > tx.ctx().today()) {
        let detail = text!(
            "最后一个时点之后的观察期（{horizon} 天）尚未结束，请提前截止日期。",
            "The {horizon} days after the last cut-off are not over yet: choose an earlier end."
        );
        return Err(AppError::invalid_field("/to", "HORIZON_NOT_OVER", detail));
    }

    if horizon == 0 {
        let detail = text!("请先填写回测观察期（horizon_days）。", "Fill in horizon_days first.");
        return Err(AppError::invalid_field("/content/horizon_days", "MISSING", detail));
    }
    let job = queue(tx, JobKind::Backtest, "risk-model-versions", id).await?;
    let asked = json!({ "job_id": job.id, "from": body.from, "to": body.to });
    let report = before.backtest.as_ref().map(|last| last["report"].clone());
    let mut backtest = asked;
    if let Some(report) = report.filter(Value::is_object) {
        backtest["report"] = report;
    }
    let after = Model { backtest: Some(backtest), ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Backtested, "risk-model-versions", id).department(model.department_id);

    Ok(Change::new(job, event.before(&before).after(&saved)))
}

/// A stored fact as the domain looks at it.
pub(super) fn fact(row: &FactRow) -> Fact {
    Fact { on: row.happened_on, kind: row.kind, amount: row.amount, party: row.party_id, department: row.department_id }
}

/// Carries the backtest out and writes the report beside the version.
pub async fn backtest(app: &App, ctx: &Ctx, id: Uuid, progress: &impl Progress) -> Result<Value> {
    let (version, _) = store::version(&app.db, ctx, id).await?;
    let content = &version.content.0;
    let asked = version.backtest.clone().ok_or_else(|| AppError::internal("a backtest that nobody asked for"))?;
    let day = |name: &str| serde_json::from_value::<NaiveDate>(asked[name].clone());
    let compiled = Compiled::new(content).map_err(|_| AppError::internal("a stored condition is refused"))?;
    let mut backtest = Backtest::new(&compiled, cut_offs(day("from")?, day("to")?), content.horizon_days);
    let total = i64::try_from(risk_facts::count_objects(&app.db).await?).ok();
    let (mut after, mut done) = (None, 0i64);

    loop {
        let subjects = risk_facts::subjects(&app.db, after, STEP).await?;
        let Some(last) = subjects.last() else { break };
        after = Some(last.id);
        done += i64::try_from(subjects.len()).unwrap_or(0);
        let mut facts = risk_facts::of_objects(&app.db, subjects.iter().map(|subject| subject.id).collect()).await?;
        for row in subjects {
            let Some(rows) = facts.remove(&row.id) else { continue };
            let facts: Vec<_> = rows.iter().map(fact).collect();
            let subject = Subject {
                id: row.id,
                township: row.township_code,
                object_type: row.object_type,
                capital_fen: row.registered_capital_fen,
            };
            backtest.take(&subject, &facts);
        }
        progress.tell(done, total).await?;
    }

    let report = serde_json::to_value(backtest.finish())?;
    let told = report.clone();
    write(&app.db, &Ctx { now: crate::kernel::ctx::now(), ..ctx.clone() }, async |tx| {
        let (before, model) = store::version(tx.conn(), tx.ctx(), id).await?;
        let still_asked = before.backtest.as_ref().is_some_and(|stored| stored["job_id"] == asked["job_id"]);
        if !still_asked || before.content != version.content || before.state == ModelState::Retired {
            let detail =
                text!("版本在回测期间已变化，结果作废。", "The version has changed meanwhile: its report is void.");
            return Err(AppError::new(Code::ModelNotReady, detail));
        }
        let mut after = before.clone();
        let mut stored = after.backtest.take().unwrap_or_default();
        stored["report"] = told.clone();
        stored["finished_at"] = json!(tx.ctx().now);
        after.backtest = Some(stored);
        put_elements(&mut after, tx.ctx().today())?;
        let saved = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
        let event = Event::new(AuditAction::Backtested, "risk-model-versions", id).department(model.department_id);
        Ok(Change::new((), event.before(&before).after(&saved)))
    })
    .await?;

    Ok(report)
}
