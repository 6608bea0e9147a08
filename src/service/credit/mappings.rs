//! 等级映射表: drafted by the lead, put in force by the county office, kept revision by revision.
//!
//! A table in force is for what is received from then on; what was received before keeps the class it was given.

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::credit as store;
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::{Change, Event, WriteTx};
use domain::credit::{CreditClass, CreditScheme, Entry, PolicyAction, PolicyState, apply, check_entries};
use domain::kernel::stored::Stored;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::plans::check_reviewer;
use entity::credit::credit_mappings::{Entity, Model};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 等级映射表
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "scheme": "MARKET_REGULATION", "reason": "按省局 2026 年工作要求",
    "entries": [
        {"level": "A", "class": "TRUSTWORTHY"}, {"level": "B", "class": "GENERAL"}, {"level": "C", "class": "KEY"},
        {"level": "D", "class": "DISHONEST"}
    ]
})))]
pub struct MappingBody {
    pub scheme: CreditScheme,
    /// One line a level of the scheme, none twice.
    #[schema(min_items = 1, max_items = 9)]
    pub entries: Vec<EntryBody>,
    /// 制定依据
    #[schema(min_length = 2, max_length = 1000, pattern = "\\S.*\\S")]
    pub reason: String,
}

/// 一个等级的本地类别
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct EntryBody {
    #[schema(pattern = "^[A-E]$")]
    pub level: String,
    pub class: CreditClass,
}

fn entries(body: &MappingBody) -> Result<Stored<Vec<Entry>>> {
    let entries: Vec<_> =
        body.entries.iter().map(|entry| Entry { level: entry.level.clone(), class: entry.class }).collect();
    check_entries(body.scheme, &entries)?;
    Ok(entries.into())
}

pub async fn create_mapping(tx: &WriteTx, body: MappingBody) -> Result<Change<Model>> {
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        scheme: body.scheme.national().to_owned(),
        revision: store::latest_mapping(tx.conn(), body.scheme).await? + 1,
        state: PolicyState::Draft,
        entries: entries(&body)?,
        reason: body.reason,
        created_by: tx.ctx().actor.id,
        activated_by: None,
        activated_at: None,
        retired_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    // Two drafts at once want the same revision: the second one takes the next.
    let saved = insert(tx, model).await.map_err(AppError::again)?;
    let event = Event::new(AuditAction::Created, "credit-mappings", saved.id).after(&saved);
    Ok(Change::new(saved, event))
}

pub async fn update_mapping(tx: &WriteTx, id: Uuid, version: i32, body: MappingBody) -> Result<Change<Model>> {
    let before = store::get::<Entity>(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    apply(before.state, PolicyAction::Update)?;
    if body.scheme.national() != before.scheme {
        return Err(AppError::invalid_field(
            "/scheme",
            "IMMUTABLE",
            domain::kernel::text::text!("映射表的体系不能更改。", "The scheme of a table cannot be changed."),
        ));
    }
    let after = Model { entries: entries(&body)?, reason: body.reason, ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Updated, "credit-mappings", id).before(&before).after(&saved);
    Ok(Change::new(saved, event))
}

/// Puts a table in force and retires the one before it.
pub async fn activate_mapping(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let before = store::get::<Entity>(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let state = apply(before.state, PolicyAction::Activate)?;
    check_reviewer(Some(before.created_by), &tx.ctx().actor.persons())?;
    let scheme = CreditScheme::from_national(&before.scheme).ok_or_else(|| AppError::internal("unknown scheme"))?;
    let mut events = Vec::new();
    store::lock_mappings(tx.conn(), scheme).await?;
    if let Some(old) = store::active_mapping(tx.conn(), scheme).await? {
        events.push(retired(tx, &old, None).await?.1);
    }
    let after =
        Model { state, activated_by: Some(tx.ctx().actor.id), activated_at: Some(tx.ctx().now), ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = Event::new(AuditAction::Activated, "credit-mappings", id).before(&before).after(&saved);
    Ok(Change::new(saved, event).and_all(events))
}

pub async fn retire_mapping(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    let before = store::get::<Entity>(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let (saved, event) = retired(tx, &before, Some(reason)).await?;
    Ok(Change::new(saved, event))
}

async fn retired(tx: &WriteTx, before: &Model, reason: Option<String>) -> Result<(Model, Event)> {
    let state = apply(before.state, PolicyAction::Retire)?;
    let after = Model { state, retired_at: Some(tx.ctx().now), ..before.clone() };
    let saved = replace::<Entity>(tx, before, after).await?;
    let event = Event::new(AuditAction::Retired, "credit-mappings", before.id).reason(reason).before(before);
    let event = event.after(&saved);
    Ok((saved, event))
}
