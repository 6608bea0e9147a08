//! 批量认领: up to 1,000 items in one request, all or none, or each for itself.

use crate::app::App;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::kernel::seeded;
use crate::persistence::items::{catalogue, items};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::history;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions;
use crate::persistence::oversight::worklist;
use crate::service::kernel::versions::draft;
use crate::service::oversight::worklist::items_wait;
use domain::access::Decide;
use domain::items::items::ItemFacts;
use domain::items::items::{BatchAction, BatchMode, ItemAction, ItemState};
use domain::kernel::refusal::Code;
use domain::kernel::text::{Text, text};
use domain::oversight::audit::AuditAction;
use domain::oversight::worklist::Waiting;
use entity::items::items::{Column, Entity, Model};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 批量认领
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "action": "CLAIM", "mode": "PARTIAL", "items": [{"id": "01930000-0000-7000-8000-000000000009", "version": 1}]
})))]
pub struct BatchBody {
    pub action: BatchAction,
    pub mode: BatchMode,
    #[schema(min_items = 1, max_items = 1000)]
    pub items: Vec<BatchItem>,
}

/// 批量中的一项: a record and the version that was read.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct BatchItem {
    pub id: Uuid,
    #[schema(minimum = 1)]
    pub version: i32,
}

/// What became of one item: its new version, or why not.
pub type Verdict = std::result::Result<i32, (Code, Text)>;

/// What became of each, in the order of the request.
pub struct BatchOutcome {
    pub results: Vec<(Uuid, Verdict)>,
}

pub async fn batch(app: &App, tx: &WriteTx, body: BatchBody) -> Result<Change<BatchOutcome>> {
    let ids: Vec<_> = body.items.iter().map(|item| item.id).collect();
    if ids.iter().collect::<BTreeSet<_>>().len() != ids.len() {
        let detail = text!("同一事项重复出现。", "An item is named twice.");
        return Err(AppError::invalid_field("/items", "DUPLICATE", detail));
    }
    let found: BTreeMap<_, _> =
        items::get_many(tx.conn(), tx.ctx(), &ids).await?.into_iter().map(|item| (item.id, item)).collect();
    let mut results = Vec::with_capacity(ids.len());
    let mut claimed = Vec::new();

    for wanted in &body.items {
        let verdict = judge(tx, found.get(&wanted.id), wanted.version);
        if let Ok(item) = &verdict {
            claimed.push((*item).clone());
        }
        results.push((wanted.id, verdict.map(|item| item.version + 1).map_err(|error| (error.code, error.detail))));
    }

    if body.mode == BatchMode::Atomic && claimed.len() < results.len() {
        return Err(refused(&results));
    }
    let events = claim(app, tx, &claimed).await?;
    let mut events = events.into_iter();
    let count = claimed.len();
    let first = Event::new(AuditAction::Claimed, "departments", tx.ctx().actor.department_id)
        .after(&serde_json::json!({ "batch": count, "mode": body.mode }));
    let first = events.next().unwrap_or(first);

    Ok(Change::new(BatchOutcome { results }, first).and_all(events))
}

fn judge<'a>(tx: &WriteTx, item: Option<&'a Model>, version: i32) -> Result<&'a Model> {
    let item = item.ok_or_else(AppError::not_found)?;
    if item.version != version && !seeded::bug("version") {
        return Err(AppError::stale());
    }
    ItemFacts::from(item).decide(&tx.ctx().actor, ItemAction::Claim)?;
    Ok(item)
}

fn refused(results: &[(Uuid, Verdict)]) -> AppError {
    let errors = results.iter().enumerate().filter_map(|(at, (_, outcome))| {
        let (code, detail) = outcome.as_ref().err()?;
        Some(FieldError::new(format!("/items/{at}"), code.code(), detail.clone()))
    });
    let detail = text!("有事项不能认领，全部未执行。", "Some items cannot be claimed; none was.");
    AppError::new(Code::BatchRefused, detail).with_errors(errors.collect())
}

/// A few statements for all: the drafts, the states by version, the worklist.
async fn claim(app: &App, tx: &WriteTx, claimed: &[Model]) -> Result<Vec<Event>> {
    let state = ItemState::ClaimedDraft;
    let ids: Vec<_> = claimed.iter().map(|item| item.id).collect();
    let published = catalogue::by_ids(tx.conn(), claimed.iter().filter_map(|item| item.catalogue_item_id).collect());
    let published = published.await?;
    let numbers: BTreeMap<Uuid, i32> = numbers(tx, &ids).await?;
    let mut drafts = Vec::with_capacity(claimed.len());

    for item in claimed {
        let known = item.catalogue_item_id.and_then(|id| published.get(&id));
        let known = known.ok_or_else(|| AppError::internal("an item to claim without catalogue item"))?;
        let content = &known.content.0;
        drafts.push(draft::<Entity>(tx, item.id, numbers.get(&item.id).copied().unwrap_or(0) + 1, &content)?);
    }

    let mut by_version: BTreeMap<i32, Vec<Uuid>> = BTreeMap::new();
    for item in claimed {
        by_version.entry(item.version).or_default().push(item.id);
    }
    for (version, ids) in by_version {
        for ids in ids.chunks(500) {
            let mut update = Entity::update_many()
                .col_expr(Column::State, Expr::value(state))
                .col_expr(Column::ReturnReason, Expr::value(Option::<String>::None))
                .col_expr(Column::Version, Expr::col(Column::Version).add(1))
                .col_expr(Column::UpdatedAt, Expr::value(tx.ctx().now))
                .filter(Column::Id.is_in(ids.to_vec()));
            if !seeded::bug("version") {
                update = update.filter(Column::Version.eq(version));
            }
            let done = update.exec(tx.conn()).await.or_app()?;
            if done.rows_affected != ids.len() as u64 {
                // Somebody was faster: judge all of them again.
                return Err(AppError::stale().again());
            }
        }
    }

    for item in claimed {
        history::keep::<Entity>(tx, item, item.version)?;
    }
    // After the guarded update, so that whoever was faster is met there and not at the drafts' key.
    versions::insert_all(tx, drafts).await.map_err(AppError::again)?;
    worklist::clear(tx, "items", ids).await?;
    items_wait(app, tx, claimed, Waiting::ToComplete).await?;
    let now = tx.ctx().now;

    Ok(claimed
        .iter()
        .map(|item| {
            let after =
                Model { state, return_reason: None, version: item.version + 1, updated_at: now, ..item.clone() };
            Event::new(AuditAction::Claimed, "items", item.id).department(item.department_id).before(item).after(&after)
        })
        .collect())
}

/// The highest version number that each item ever had.
async fn numbers(tx: &WriteTx, ids: &[Uuid]) -> Result<BTreeMap<Uuid, i32>> {
    use entity::kernel::versions::{Column, Entity as Versions};
    let mut found = BTreeMap::new();
    for ids in ids.chunks(500) {
        let rows: Vec<(Uuid, i32)> = Versions::find()
            .select_only()
            .column(Column::ResourceId)
            .column_as(Column::Number.max(), "number")
            .filter(Column::Resource.eq("items"))
            .filter(Column::ResourceId.is_in(ids.to_vec()))
            .group_by(Column::ResourceId)
            .into_tuple()
            .all(tx.conn())
            .await
            .or_app()?;
        found.extend(rows);
    }

    Ok(found)
}
