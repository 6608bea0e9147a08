//! 自建系统事项对应: suggested by code and name, confirmed by people, compared again on every change of either side.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::{items, mappings as store};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions;
use crate::service::kernel::versions::content;
use domain::access::Decide;
use domain::items::items::ItemContent;
use domain::items::mappings::{Compared, Difference, MappingAction, MappingFacts, MappingState, differences, suggest};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use entity::items::items as item_entity;
use entity::items::own_system_items::{Entity, Model};
use entity::kernel::versions as version_entity;
use sea_orm::ConnectionTrait;
use serde::Deserialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 确认对应
#[derive(Clone, Default, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct ConfirmBody {
    /// 统一事项; the suggested one where it is left out.
    #[serde(default)]
    pub item_id: Option<Uuid>,
}

/// The unified items of a department, as they are compared.
pub struct Unified(BTreeMap<Uuid, Compared>);

impl Unified {
    pub async fn of(conn: &impl ConnectionTrait, department: Uuid) -> Result<Self> {
        let known = items::claimed_of(conn, department).await?;
        let ids: Vec<_> = known.iter().map(|item| item.id).collect();
        let versions = versions::newest_approved::<item_entity::Entity>(conn, &ids).await?;
        let pairs = known.into_iter().map(|item| Ok((item.id, compared(&item, versions.get(&item.id))?)));
        pairs.collect::<Result<_>>().map(Self)
    }

    /// Looks again: a confirmed mapping is compared, an open one gets its suggestion; nobody is overruled.
    pub fn match_up(&self, own: &Model) -> Result<Model> {
        let state = own.state;
        let here = own_side(own);
        let mut after = own.clone();

        match state {
            MappingState::Rejected => {}
            MappingState::Confirmed => {
                let unified = own.item_id.and_then(|id| self.0.get(&id));
                let found = unified.map_or_else(Vec::new, |unified| differences(&here, unified));
                set_differences(&mut after, &found);
                if unified.is_none() {
                    // The unified item is gone: a person has to look again.
                    after.item_id = None;
                    after.confirmed_by = None;
                    self.suggest(&here, &mut after);
                }
            }
            MappingState::Unmatched | MappingState::Suggested => self.suggest(&here, &mut after),
        }

        Ok(after)
    }

    fn suggest(&self, own: &Compared, after: &mut Model) {
        let found = suggest(own, self.0.iter().map(|(id, unified)| (*id, unified)));
        after.suggested_item_id = found.map(|(id, _)| id);
        after.score = found.and_then(|(_, score)| i32::try_from(score).ok());
        let state = if found.is_some() { MappingState::Suggested } else { MappingState::Unmatched };
        after.state = state;
    }
}

fn compared(item: &item_entity::Model, version: Option<&version_entity::Model>) -> Result<Compared> {
    let content: ItemContent = content(version)?;
    Ok(Compared {
        code: item.code.clone(),
        name: item.name.clone(),
        legal_basis: content.legal_basis,
        administrative_type: Some(item.administrative_type.clone()),
        supervise_form: content.supervise_form,
    })
}

pub fn own_side(own: &Model) -> Compared {
    Compared {
        code: own.code.clone(),
        name: own.name.clone(),
        legal_basis: own.legal_basis.clone(),
        administrative_type: own.administrative_type.clone(),
        supervise_form: own.supervise_form.clone(),
    }
}

fn set_differences(after: &mut Model, found: &[Difference]) {
    after.differences = found.to_vec().into();
    after.differences_count = i32::try_from(found.len()).unwrap_or(i32::MAX);
}

/// Compares again what a changed item touches.
pub async fn rematch(app: &App, tx: &WriteTx, item: &item_entity::Model) -> Result<Vec<Event>> {
    let touched = store::touched_by(tx.conn(), item.department_id, item.id).await?;
    if touched.is_empty() {
        return Ok(Vec::new());
    }
    let unified = Unified::of(tx.conn(), item.department_id).await?;
    let mut events = Vec::new();

    for before in touched {
        let after = unified.match_up(&before)?;
        if after != before {
            let saved = replace::<Entity>(tx, &before, after).await?;
            crate::service::oversight::worklist::mapping(app, tx, &saved).await?;
            let event = Event::new(AuditAction::Updated, "item-mappings", saved.id).department(saved.department_id);
            events.push(event.before(&before).after(&saved));
        }
    }

    Ok(events)
}

pub async fn act(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    action: MappingAction,
    chosen: Option<Uuid>,
    reason: Option<String>,
) -> Result<Change<Model>> {
    let mut mapping = tx.edit::<Entity>(id, version).await?;
    let unified = Unified::of(tx.conn(), mapping.department_id).await?;

    mapping.state = MappingFacts::from(&*mapping).decide(&tx.ctx().actor, action)?;
    let after: &mut Model = &mut mapping;
    let audit = match action {
        MappingAction::Confirm => {
            let item = chosen.or(after.suggested_item_id).ok_or_else(|| {
                let detail = text!("没有建议的事项，请指定 item_id。", "There is no suggestion; name the item.");
                AppError::invalid_field("/item_id", "REQUIRED", detail)
            })?;
            if !unified.0.contains_key(&item) {
                return Err(AppError::no_such("/item_id"));
            }
            after.item_id = Some(item);
            after.confirmed_by = Some(tx.ctx().actor.id);
            *after = unified.match_up(after)?;
            AuditAction::Confirmed
        }
        MappingAction::Reject => AuditAction::Denied,
        MappingAction::Reopen => {
            after.item_id = None;
            after.confirmed_by = None;
            set_differences(after, &[]);
            *after = unified.match_up(after)?;
            AuditAction::Reopened
        }
    };

    let change = mapping.save(audit, reason).await?;
    crate::service::oversight::worklist::mapping(app, tx, &change.value).await?;
    Ok(change)
}
