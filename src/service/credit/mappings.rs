//! 等级映射表: drafted by the lead, put in force by the county office, kept revision by revision.
//!
//! A table in force is for what is received from then on; what was received before keeps the class it was given.

use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::credit as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::Edit;
use crate::persistence::kernel::noun::insert;
use crate::persistence::kernel::tx::WriteTx;
use domain::access::Decide;
use domain::credit::{CreditClass, CreditScheme, Entry, PolicyAction, PolicyFacts, PolicyState, check_entries};
use domain::kernel::stored::Stored;
use domain::oversight::audit::AuditAction;
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
    let event = Event::created::<Entity>(&saved);

    Ok(Change::new(saved, event))
}

pub async fn update_mapping(tx: &WriteTx, id: Uuid, version: i32, body: MappingBody) -> Result<Change<Model>> {
    let mut mapping = tx.edit::<Entity>(id, version).await?;

    mapping.state = PolicyFacts::from(&*mapping).decide(&tx.ctx().actor, PolicyAction::Update)?;

    if body.scheme.national() != mapping.scheme {
        return Err(AppError::invalid_field(
            "/scheme",
            "IMMUTABLE",
            domain::kernel::text::text!("映射表的体系不能更改。", "The scheme of a table cannot be changed."),
        ));
    }

    mapping.entries = entries(&body)?;
    mapping.reason = body.reason;
    mapping.save(AuditAction::Updated, None).await
}

/// Puts a table in force and retires the one before it.
pub async fn activate_mapping(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Model>> {
    let mut mapping = tx.edit::<Entity>(id, version).await?;

    mapping.state = PolicyFacts::from(&*mapping).decide(&tx.ctx().actor, PolicyAction::Activate)?;

    let scheme = CreditScheme::from_national(&mapping.scheme).ok_or_else(|| AppError::internal("unknown scheme"))?;
    let mut events = Vec::new();
    store::lock_mappings(tx.conn(), scheme).await?;
    if let Some(old) = store::active_mapping(tx.conn(), scheme).await? {
        events.push(retire(tx, tx.edit_along::<Entity>(old), None).await?);
    }

    mapping.activated_by = Some(tx.ctx().actor.id);
    mapping.activated_at = Some(tx.ctx().now);
    let change = mapping.save(AuditAction::Activated, None).await?;
    Ok(events.into_iter().fold(change, Change::with))
}

pub async fn retire_mapping(tx: &WriteTx, id: Uuid, version: i32, reason: String) -> Result<Change<Model>> {
    retire(tx, tx.edit::<Entity>(id, version).await?, Some(reason)).await
}

async fn retire(tx: &WriteTx, mut mapping: Edit<'_, Entity>, reason: Option<String>) -> Result<Change<Model>> {
    // The one that goes when another comes is not retired by anybody's own decision.
    mapping.state = PolicyFacts::from(&*mapping).judge(&tx.ctx().actor, PolicyAction::Retire)?;
    mapping.retired_at = Some(tx.ctx().now);

    mapping.save(AuditAction::Retired, reason).await
}
