//! 信用分类抽查策略: named, revision by revision; one revision of a name is in force.

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::credit as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use domain::access::Decide;
use domain::credit::{CreditClass, PolicyAction, PolicyFacts, PolicyState, StrategyRow, Visit, check_strategy};
use domain::kernel::stored::Stored;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::tasks::TaskKind;
use entity::credit::credit_strategies::{Entity, Model};
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 信用分类抽查策略
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "code": "COUNTY-STANDARD", "name": "旺苍县信用风险分类差异化抽查策略", "reason": "国发〔2019〕5号",
    "kinds": ["DOUBLE_RANDOM", "SPECIAL"],
    "rows": [
        {"class": "TRUSTWORTHY", "rate_bp": 100, "minimum": 1, "max_per_year": 1, "visit": "ON_CLUE_ONLY"},
        {"class": "GENERAL", "rate_bp": 500, "minimum": 1, "max_per_year": 1, "visit": "OFF_SITE_FIRST"},
        {"class": "KEY", "rate_bp": 2500, "minimum": 1, "max_per_year": 2, "visit": "ON_SITE"},
        {"class": "DISHONEST", "rate_bp": 10000, "minimum": 1, "visit": "ON_SITE"}
    ]
})))]
pub struct StrategyBody {
    /// 策略编号: the revisions of a strategy share it.
    #[schema(pattern = "^[A-Z0-9-]{2,32}$")]
    pub code: String,
    #[schema(min_length = 2, max_length = 200, pattern = "\\S.*\\S")]
    pub name: String,
    /// 适用的任务类别
    #[schema(min_items = 1, max_items = 2)]
    pub kinds: Vec<TaskKind>,
    #[schema(min_items = 4, max_items = 5)]
    pub rows: Vec<StrategyRowBody>,
    /// 制定依据
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 一类对象的抽查要求
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct StrategyRowBody {
    pub class: CreditClass,
    /// 抽查比例, basis points
    #[schema(minimum = 0, maximum = 10000)]
    pub rate_bp: u32,
    #[schema(minimum = 0, maximum = 10000)]
    pub minimum: u32,
    /// 年度检查频次上限: objects inspected so often this year are left out of the pool; null: as needed.
    #[schema(minimum = 1, maximum = 366)]
    #[serde(default)]
    pub max_per_year: Option<u32>,
    /// 到户方式
    pub visit: Visit,
}

fn put(app: &App, strategy: &mut Model, body: StrategyBody) -> Result<()> {
    let row = |row: &StrategyRowBody| StrategyRow {
        class: row.class,
        rate_bp: row.rate_bp,
        minimum: row.minimum,
        max_per_year: row.max_per_year,
        visit: row.visit,
    };
    let rows: Vec<_> = body.rows.iter().map(row).collect();
    check_strategy(&app.settings.rules, &rows)?;
    strategy.name = body.name;
    strategy.kinds = body.kinds.into();
    strategy.rows = rows.into();
    strategy.reason = body.reason;

    Ok(())
}

pub async fn create_strategy(app: &App, tx: &WriteTx, body: StrategyBody) -> Result<Change<Model>> {
    let now = tx.ctx().now;
    let mut model = Model {
        id: new_id(),
        code: body.code.clone(),
        revision: store::latest_strategy(tx.conn(), &body.code).await? + 1,
        name: String::new(),
        state: PolicyState::Draft,
        kinds: Stored::default(),
        rows: Stored::default(),
        reason: String::new(),
        created_by: tx.ctx().actor.id,
        activated_by: None,
        activated_at: None,
        retired_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    put(app, &mut model, body)?;
    let saved = insert(tx, model).await.map_err(AppError::again)?;
    let event = Event::created::<Entity>(&saved);

    Ok(Change::new(saved, event))
}

pub async fn update_strategy(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    body: StrategyBody,
) -> Result<Change<Model>> {
    let mut strategy = tx.edit::<Entity>(id, version).await?;

    strategy.state = PolicyFacts::from(&*strategy).decide(&tx.ctx().actor, PolicyAction::Update)?;

    if body.code != strategy.code {
        let detail = text!("策略编号不能更改。", "The code of a strategy cannot be changed.");
        return Err(AppError::invalid_field("/code", "IMMUTABLE", detail));
    }

    put(app, &mut strategy, body)?;
    strategy.save(AuditAction::Updated, None).await
}

/// Puts a revision in force and retires the one before it; tasks keep the revision that they were made with.
pub async fn activate_strategy(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let mut strategy = tx.edit::<Entity>(id, version).await?;

    strategy.state = PolicyFacts::from(&*strategy).decide(&tx.ctx().actor, PolicyAction::Activate)?;

    let mut events = Vec::new();
    store::lock_strategies(tx.conn(), &strategy.code).await?;
    if let Some(old) = store::active_strategy(tx.conn(), &strategy.code).await? {
        events.push(retire(tx, tx.edit_along::<Entity>(old), None).await?);
    }

    strategy.activated_by = Some(tx.ctx().actor.id);
    strategy.activated_at = Some(tx.ctx().now);
    let change = strategy.save(AuditAction::Activated, None).await?;
    Ok(events.into_iter().fold(change, Change::with))
}

pub async fn retire_strategy(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    retire(tx, tx.edit::<Entity>(id, version).await?, Some(reason)).await
}

async fn retire(tx: &WriteTx, mut strategy: Edit<'_, Entity>, reason: Option<String>) -> Result<Change<Model>> {
    // The one that goes when another comes is not retired by anybody's own decision.
    strategy.state = PolicyFacts::from(&*strategy).judge(&tx.ctx().actor, PolicyAction::Retire)?;
    strategy.retired_at = Some(tx.ctx().now);

    strategy.save(AuditAction::Retired, reason).await
}

/// A strategy that a task of this kind may be made with: in force, and meant for the kind.
pub async fn usable(conn: &impl ConnectionTrait, id: Uuid, kind: TaskKind) -> Result<Model> {
    let refuse = |code, detail| AppError::invalid_field("/strategy_id", code, detail);
    let strategy = store::get::<Entity>(conn, id).await.map_err(|error| error.or_no_such("/strategy_id"))?;
    if strategy.state != PolicyState::Active {
        return Err(refuse("NOT_ACTIVE", text!("该策略未启用。", "The strategy is not in force.")));
    }
    let kinds = &strategy.kinds.0;
    if !kinds.contains(&kind) {
        let label = kind.label();
        return Err(refuse("NOT_FOR_KIND", text!("该策略不适用于{label}。", "The strategy is not for such tasks.")));
    }
    Ok(strategy)
}
