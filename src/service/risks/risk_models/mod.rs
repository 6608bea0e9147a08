//! 风险模型: written, tested, backtested, run in shadow, put in force by somebody else, and stopped — by hand or by itself.

mod backtest;
mod bodies;
mod life;
mod queue;
mod run;
mod tallies;
mod templates;

pub use backtest::{backtest, queue_backtest};
pub use bodies::{
    BacktestBody, BandBody, CaseBody, ConditionBody, ContentBody, IndicatorBody, ModelBody, RunBody, StopBody,
    VersionBody,
};
pub use life::{activate, after_verdict, expire, retire, shadow, test};
pub use queue::{queue_run, run_if_changed};
pub use run::run;
pub use templates::{Template, templates};

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::persistence::risks::{risk_clues, risk_models as store};
use chrono::NaiveDate;
use domain::access::Decide;
use domain::kernel::elements::Check;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::risks::risk_clues::Verdict;
use domain::risks::risk_models::{Content, ModelAction, ModelFacts, ModelState, check};
use entity::risks::risk_model_versions as versions;
use entity::risks::risk_models::{Entity, Model};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// Whether a finished backtest stands beside the version.
fn is_backtested(version: &versions::Model) -> bool {
    version.backtest.as_ref().is_some_and(|backtest| backtest["report"].is_object())
}

/// A version, as far as deciding about it needs.
pub fn decision_facts(app: &App, version: &versions::Model, department_id: Uuid) -> ModelFacts {
    ModelFacts {
        state: version.state,
        department_id,
        created_by: version.created_by,
        shadow_runs: version.shadow.as_ref().and_then(|shadow| shadow["runs"].as_u64()).unwrap_or(0),
        shadow_runs_needed: app.settings.rules.shadow_runs,
    }
}

/// The element check of a version.
pub fn elements(version: &versions::Model, today: NaiveDate) -> Result<Check> {
    Ok(check(&version.content, is_backtested(version), today))
}

/// Writes down how complete a version is; name, domain and owner count too.
fn put_elements(version: &mut versions::Model, today: NaiveDate) -> Result<()> {
    const OF_THE_MODEL: usize = 3;
    let check = elements(version, today)?;
    let count = |number: usize| i32::try_from(number + OF_THE_MODEL).unwrap_or(i32::MAX);
    version.elements_required = count(check.required());
    version.elements_filled = count(check.filled());
    Ok(())
}

/// A new model with its first draft.
pub async fn create(tx: &WriteTx, body: ModelBody) -> Result<Change<(Model, versions::Model)>> {
    check_department(tx, body.department_id).await?;
    check_disposal(tx, &body.content).await?;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        code: body.code,
        name: body.name,
        domain: body.domain,
        department_id: body.department_id,
        latest_number: 1,
        shadow_number: None,
        active_number: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let model = insert(tx, model).await?;
    let version = insert(tx, draft(tx, model.id, 1, &body.content)?).await?;
    let department = model.department_id;
    let of_model = Event::new(AuditAction::Created, "risk-models", model.id).department(department).after(&model);
    let of_version = Event::new(AuditAction::Created, "risk-model-versions", version.id).department(department);
    let of_version = of_version.after(&version);

    Ok(Change::new((model, version), of_model).and(of_version))
}

/// A further draft; the versions in shadow and in force go on meanwhile.
pub async fn create_version(tx: &WriteTx, model: Uuid, body: VersionBody) -> Result<Change<versions::Model>> {
    let before = store::get(tx.conn(), tx.ctx(), model).await?;
    check_disposal(tx, &body.content).await?;
    let after = Model { latest_number: before.latest_number + 1, ..before.clone() };
    // Two new drafts at once: the second one takes the next number.
    let model = replace::<Entity>(tx, &before, after).await.map_err(AppError::again)?;
    let version = insert(tx, draft(tx, model.id, model.latest_number, &body.content)?).await?;
    let event = Event::new(AuditAction::Created, "risk-model-versions", version.id).department(model.department_id);
    Ok(Change::new(version.clone(), event.after(&version)))
}

fn draft(tx: &WriteTx, model_id: Uuid, number: i32, content: &ContentBody) -> Result<versions::Model> {
    let now = tx.ctx().now;
    let mut version = versions::Model {
        id: new_id(),
        model_id,
        number,
        state: ModelState::Draft,
        content: content.domain()?.into(),
        elements_required: 0,
        elements_filled: 0,
        test: None,
        backtest: None,
        shadow: None,
        created_by: tx.ctx().actor.id,
        tested_at: None,
        shadow_at: None,
        activated_by: None,
        activated_at: None,
        retired_at: None,
        retired_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    put_elements(&mut version, tx.ctx().today())?;

    Ok(version)
}

/// Replaces a draft's content; what was tested has to be tested again.
pub async fn update(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: VersionBody,
) -> Result<Change<versions::Model>> {
    let (before, model) = store::version(tx.conn(), tx.ctx(), id).await?;
    check_version::<versions::Entity>(&before, version)?;
    let state = decision_facts(app, &before, model.department_id).decide(&tx.ctx().actor, ModelAction::Update)?;
    check_disposal(tx, &body.content).await?;
    let mut after = versions::Model {
        state,
        content: body.content.domain()?.into(),
        test: None,
        backtest: None,
        tested_at: None,
        ..before.clone()
    };
    put_elements(&mut after, tx.ctx().today())?;
    let saved = replace::<versions::Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Updated, "risk-model-versions", id).department(model.department_id);

    Ok(Change::new(saved.clone(), event.before(&before).after(&saved)))
}

/// A condition that is refused is refused when it is saved, whatever else is missing. Reading one that means harm may take
/// milliseconds: that is done before the transaction begins, away from the threads that answer, a few at a time.
pub async fn accept(app: &App, content: &ContentBody) -> Result<()> {
    let content = content.domain()?;
    let _turn = app.heavy.acquire().await.map_err(AppError::internal)?;
    tokio::task::spawn_blocking(move || check_conditions(&content)).await.map_err(AppError::internal)?
}

fn check_conditions(content: &Content) -> Result<()> {
    let Err(problems) = domain::risks::risk_models::Compiled::new(content) else { return Ok(()) };
    let errors = problems.into_iter().map(|problem| {
        crate::kernel::error::FieldError::new(format!("/content{}", problem.pointer), problem.rule, problem.message)
    });
    Err(AppError::new(
        domain::kernel::refusal::Code::ConditionRefused,
        text!("有条件表达式不被接受，见 errors。", "A condition is not accepted; see errors."),
    )
    .with_errors(errors.collect()))
}

async fn check_department(tx: &WriteTx, department: Uuid) -> Result<()> {
    departments::get(tx.conn(), department).await.map_err(|error| error.or_no_such("/department_id"))?;
    tx.ctx().check_own(department, "/department_id")
}

async fn check_disposal(tx: &WriteTx, content: &ContentBody) -> Result<()> {
    let Some(department) = content.disposal_department_id else { return Ok(()) };
    let found = departments::get(tx.conn(), department).await;
    found.map(|_| ()).map_err(|error| error.or_no_such("/content/disposal_department_id"))
}

/// How the clues of a version were judged.
#[derive(Clone, Debug, Default)]
pub struct Precision {
    pub verdicts: Vec<(Verdict, u64)>,
}

impl Precision {
    pub fn judged(&self) -> u64 {
        self.verdicts.iter().map(|(_, count)| count).sum()
    }

    /// Share of the judged clues that pointed at something, basis points.
    pub fn basis_points(&self) -> Option<u64> {
        let hits: u64 = self.verdicts.iter().filter(|(verdict, _)| verdict.is_hit()).map(|(_, count)| count).sum();
        (hits * 10_000).checked_div(self.judged())
    }
}

pub async fn precision(conn: &impl ConnectionTrait, model: Uuid, number: i32) -> Result<Precision> {
    Ok(Precision { verdicts: risk_clues::verdicts(conn, model, number).await? })
}
