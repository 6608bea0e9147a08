//! Running the models: on the objects with new facts only, a batch a transaction. Versions in shadow raise nothing.

use super::backtest::fact;
use super::tallies::add;
use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_rows;
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::register::objects;
use crate::persistence::risks::{risk_clues, risk_facts, risk_models as store};
use crate::service::intake::jobs::Progress;
use crate::service::risks::risk_clues::{Warning, raise};
use chrono::Days;
use domain::kernel::stored::Stored;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_models::RunTally;
use domain::risks::risk_models::{Compiled, Content, ModelState, Trace};
use entity::risks::risk_changes::Model as Note;
use entity::risks::risk_runs::{Entity, Model as Run};
use entity::risks::{risk_hits as hits, risk_model_versions as versions};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Objects a batch.
const STEP: u64 = 500;

/// A version that runs.
struct Runner {
    version: versions::Model,
    model: entity::risks::risk_models::Model,
    content: Content,
    compiled: Compiled,
    shadow: bool,
}

/// The versions that run now: whatever was stopped since the last batch is not among them.
async fn runners(app: &App, ctx: &Ctx) -> Result<Vec<Runner>> {
    let running = store::running(&app.db).await?;
    let models = store::by_ids(&app.db, running.iter().map(|version| version.model_id).collect()).await?;
    let mut runners = Vec::new();

    for version in running {
        let content = version.content.0.clone();
        if content.expires_on.is_some_and(|until| until < ctx.today()) {
            continue;
        }
        let Some(model) = models.iter().find(|model| model.id == version.model_id).cloned() else { continue };
        let compiled = Compiled::new(&content).map_err(|_| AppError::internal("a stored condition is refused"))?;
        let shadow = version.state == ModelState::Shadow;
        runners.push(Runner { version, model, content, compiled, shadow });
    }

    Ok(runners)
}

/// Carries a run out.
pub async fn run(app: &App, ctx: &Ctx, id: Uuid, progress: &impl Progress) -> Result<Value> {
    let run = store::run(&app.db, id).await?;
    if run.finished_at.is_some() {
        return Ok(told(&run));
    }
    begin(app, ctx, &run).await?;
    let total =
        if run.whole { risk_facts::count_objects(&app.db).await? } else { risk_facts::count_changed(&app.db).await? };
    let total = i64::try_from(total).ok();
    let (mut after, mut done) = (None, 0i64);

    loop {
        let ctx = Ctx { now: now(), ..ctx.clone() };
        let notes = if run.whole {
            let subjects = risk_facts::subjects(&app.db, after, STEP).await?;
            let ids: Vec<_> = subjects.into_iter().map(|subject| subject.id).collect();
            let known = risk_facts::notes(&app.db, ids.clone()).await?;
            let token = |id| known.get(&id).copied().unwrap_or_default();
            ids.into_iter().map(|id| Note { object_id: id, token: token(id) }).collect()
        } else {
            risk_facts::changed(&app.db, after, STEP).await?
        };
        let Some(last) = notes.last() else { break };
        after = Some(last.object_id);
        done += i64::try_from(notes.len()).unwrap_or(0);
        let runners = runners(app, &ctx).await?;
        let found = evaluate(app, &ctx, &runners, &notes).await?;
        write(&app.db, &ctx, async |tx| save(app, tx, id, &runners, &found, &notes).await).await?;
        progress.tell(done, total).await?;
    }

    Ok(told(&finish(app, ctx, id).await?))
}

fn told(run: &Run) -> Value {
    json!({ "run_id": run.id, "evaluated": run.evaluated, "fired": run.fired, "raised": run.raised })
}

/// A whole run that was broken off looks at everything again, so it counts anew; clues raised stay raised.
async fn begin(app: &App, ctx: &Ctx, run: &Run) -> Result<()> {
    if !run.whole || run.evaluated == 0 {
        return Ok(());
    }
    write(&app.db, ctx, async |tx| {
        let before = store::run(tx.conn(), run.id).await?;
        let after = Run { evaluated: 0, fired: 0, models: Stored::default(), ..before.clone() };
        let run = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
        Ok(Change::new((), Event::new(AuditAction::Recorded, "risk-runs", run.id).before(&before).after(&run)))
    })
    .await
}

/// What a batch showed: the traces that fired, by version and object, and each version's figures.
#[derive(Default)]
struct Found {
    fired: Vec<(usize, Uuid, Trace)>,
    tallies: BTreeMap<Uuid, RunTally>,
}

async fn evaluate(app: &App, ctx: &Ctx, runners: &[Runner], notes: &[Note]) -> Result<Found> {
    let ids: Vec<_> = notes.iter().map(|note| note.object_id).collect();
    let rows = risk_facts::of_objects(&app.db, ids.clone()).await?;
    let mut found = Found::default();

    for runner in runners {
        found.tallies.insert(
            runner.version.id,
            RunTally {
                model_id: runner.model.id,
                number: runner.version.number,
                shadow: runner.shadow,
                ..RunTally::default()
            },
        );
    }

    for object in ids {
        let facts: Vec<_> = rows.get(&object).into_iter().flatten().map(fact).collect();
        let traces: Vec<_> = runners.iter().map(|runner| runner.compiled.evaluate(&facts, ctx.today())).collect();
        for (at, trace) in traces.iter().enumerate() {
            let Some(tally) = found.tallies.get_mut(&runners[at].version.id) else { continue };
            tally.evaluated += 1;
            let fires = trace.level.is_some();
            tally.fired += u64::from(fires);
            let other = runners.iter().zip(&traces).find(|(other, _)| {
                other.model.id == runners[at].model.id && other.version.id != runners[at].version.id
            });
            if let Some((_, other)) = other {
                let also = other.level.is_some();
                tally.both += u64::from(fires && also);
                tally.only_this += u64::from(fires && !also);
                tally.only_other += u64::from(!fires && also);
            }
        }
        let fired = traces.into_iter().enumerate().filter(|(_, trace)| trace.level.is_some());
        let told = || rows.get(&object).into_iter().flatten().map(|row| (row.happened_on, row.source_id));
        found.fired.extend(fired.map(|(at, trace)| {
            let records = runners[at].compiled.records(told(), ctx.today());
            (at, object, Trace { records, ..trace })
        }));
    }

    Ok(found)
}

/// Writes hits, clues and figures of a batch, and forgets the notes it was about.
async fn save(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    runners: &[Runner],
    found: &Found,
    notes: &[Note],
) -> Result<Change<()>> {
    // Two runs at once: the second one waits here, and then finds what the first has raised.
    lock_rows::<entity::risks::risk_models::Entity>(tx.conn(), runners.iter().map(|runner| runner.model.id)).await?;
    let mut tallies = found.tallies.clone();
    let mut events = Vec::new();

    for (at, runner) in runners.iter().enumerate() {
        let mine: Vec<_> = found.fired.iter().filter(|(of, ..)| *of == at).collect();
        let fresh = fresh(tx, runner, &mine).await?;
        let mut rows = Vec::new();
        let mut clues = BTreeMap::new();
        if !runner.shadow {
            let known = objects::by_ids(tx.conn(), fresh.iter().map(|(object, _)| *object).collect()).await?;
            let warnings = fresh.iter().filter_map(|(object, trace)| {
                Some(Warning {
                    model: runner.model.clone(),
                    number: runner.version.number,
                    department_id: runner.content.disposal_department_id,
                    object: known.get(object)?.clone(),
                    level: trace.level?,
                    trace: (*trace).clone(),
                })
            });
            for (clue, event) in raise(app, tx, warnings.collect()).await? {
                clues.insert(clue.object_id, clue.id);
                events.push(event);
            }
        }
        for (object, trace) in fresh {
            rows.push(hits::Model {
                id: new_id(),
                model_id: runner.model.id,
                number: runner.version.number,
                shadow: runner.shadow,
                object_id: object,
                fired_on: tx.ctx().today(),
                score: i32::try_from(trace.score).unwrap_or(i32::MAX),
                level: trace.level.map_or("", |level| level.code()).to_owned(),
                trace: trace.clone().into(),
                clue_id: clues.get(&Some(object)).copied(),
                run_id: id,
                created_at: tx.ctx().now,
            });
        }
        if let Some(tally) = tallies.get_mut(&runner.version.id) {
            tally.raised += clues.len() as u64;
        }
        store::insert_hits(tx.conn(), rows).await?;
    }

    risk_facts::settle(tx.conn(), notes).await?;
    let run = add(tx, id, &tallies, notes.len()).await?;

    Ok(Change::new((), Event::new(AuditAction::Recorded, "risk-runs", id).after(&run)).and_all(events))
}

/// Hits that are new: not within the cool-down of the last one, and without an open clue of the model.
async fn fresh<'a>(
    tx: &WriteTx,
    runner: &Runner,
    fired: &[&'a (usize, Uuid, Trace)],
) -> Result<Vec<(Uuid, &'a Trace)>> {
    let ids: Vec<_> = fired.iter().map(|(_, object, _)| *object).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let days = u64::from(runner.content.cooldown_days.max(1));
    let since = tx.ctx().today().checked_sub_days(Days::new(days)).unwrap_or_else(|| tx.ctx().today());
    let version = (runner.model.id, runner.version.number, runner.shadow);
    let mut known: BTreeSet<_> = store::hit_since(tx.conn(), version, ids.clone(), since).await?;
    if !runner.shadow {
        known.extend(risk_clues::with_open_clue(tx.conn(), runner.model.id, ids).await?);
    }
    let fresh = fired.iter().filter(|(_, object, _)| !known.contains(object));

    Ok(fresh.map(|(_, object, trace)| (*object, trace)).collect())
}

/// Ends the run; each version in shadow keeps the sum of its comparisons.
async fn finish(app: &App, ctx: &Ctx, id: Uuid) -> Result<Run> {
    let runners = runners(app, ctx).await?;
    write(&app.db, &Ctx { now: now(), ..ctx.clone() }, async |tx| {
        let before = store::run(tx.conn(), id).await?;
        let tallies = before.models.0.clone();
        let after = Run { finished_at: Some(tx.ctx().now), ..before.clone() };
        let run = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
        let mut events = Vec::new();
        for runner in runners.iter().filter(|runner| runner.shadow) {
            let (version, model) = store::version(tx.conn(), tx.ctx(), runner.version.id).await?;
            let none = RunTally::default();
            let tally = tallies.get(&version.id).unwrap_or(&none);
            let sum = |name: &str, more: u64| {
                version.shadow.as_ref().and_then(|shadow| shadow[name].as_u64()).unwrap_or(0) + more
            };
            // A run that looked at nothing proves nothing.
            let shadow = json!({
                "runs": sum("runs", u64::from(tally.evaluated > 0)), "evaluated": sum("evaluated", tally.evaluated), "fired": sum("fired", tally.fired),
                "both": sum("both", tally.both), "only_shadow": sum("only_shadow", tally.only_this),
                "only_active": sum("only_active", tally.only_other)
            });
            let after = versions::Model { shadow: Some(shadow), ..version.clone() };
            let saved = replace::<versions::Entity>(tx, &version, after).await.map_err(AppError::again)?;
            let event = Event::new(AuditAction::Recorded, "risk-model-versions", version.id);
            events.push(event.department(model.department_id).before(&version).after(&saved));
        }
        let event = Event::new(AuditAction::Finished, "risk-runs", id).before(&before).after(&run);
        Ok(Change::new(run, event).and_all(events))
    })
    .await
}
