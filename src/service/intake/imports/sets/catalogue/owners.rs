//! What a publication means for the departments: new items to claim, and notice of what changed under theirs.

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::items::{catalogue as store, items};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::items::items::blank;
use crate::service::oversight::worklist;
use domain::items::catalogue::CatalogueStatus;
use domain::items::items::ItemLife;
use domain::items::items::{ItemAction, ItemOrigin, ItemState, Upstream};
use domain::oversight::audit::AuditAction;
use domain::oversight::worklist::Waiting;
use entity::items::catalogue_items::Model;
use entity::items::items as item_entity;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Departments by the national code of their duty.
type Duties = BTreeMap<String, Vec<Uuid>>;

/// Items handed over a statement.
const BATCH: u64 = 200;

/// New items go to every department of the county whose duty they are.
pub(super) async fn hand_out(app: &App, tx: &WriteTx, duties: &Duties, new: &[Model]) -> Result<Vec<Event>> {
    let mut rows = Vec::new();
    for item in new.iter().filter(|item| item.status == CatalogueStatus::Published && item.county_level) {
        for department in duties.get(&item.duty_code).into_iter().flatten() {
            rows.push(to_claim(tx, item, *department));
        }
    }
    hand_to(app, tx, rows).await
}

/// Writes items to be claimed, with their worklist entries.
/// A department that set up an item of the same code itself keeps it; it is told of the catalogue's.
async fn hand_to(app: &App, tx: &WriteTx, rows: Vec<item_entity::Model>) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    if rows.is_empty() {
        return Ok(events);
    }
    let taken = items::of_codes(tx.conn(), rows.iter().map(|row| row.code.clone()).collect()).await?;
    let (known, rows): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| taken.iter().any(|own| own.department_id == row.department_id && own.code == row.code));

    for row in known {
        let own = taken.iter().find(|own| own.department_id == row.department_id && own.code == row.code);
        let Some(before) = own.filter(|own| own.catalogue_item_id.is_none()) else { continue };
        // What was drafted as a local item is a claim now; what was given up is to be claimed.
        let state = match before.state {
            ItemState::LocalDraft => ItemState::ClaimedDraft,
            ItemState::Cancelled => ItemState::ToClaim,
            ItemState::ToClaim
            | ItemState::ClaimedDraft
            | ItemState::Submitted
            | ItemState::Effective
            | ItemState::ChangeDraft
            | ItemState::ChangeSubmitted
            | ItemState::CancelPending
            | ItemState::WriteOffPending
            | ItemState::WrittenOff => before.state,
        };
        let after = item_entity::Model {
            state,
            catalogue_item_id: row.catalogue_item_id,
            origin: row.origin,
            upstream: Upstream::Changed,
            upstream_due_on: Some(worklist::due_on(app, tx.ctx().today(), Waiting::UpstreamChanged)),
            ..before.clone()
        };
        let saved = replace::<item_entity::Entity>(tx, before, after).await?;
        worklist::item(app, tx, &saved).await?;
        let event = Event::new(AuditAction::Notified, "items", saved.id).department(saved.department_id);
        events.push(event.before(before).after(&saved));
    }

    events.extend(save_new(app, tx, rows).await?);
    Ok(events)
}

async fn save_new(app: &App, tx: &WriteTx, rows: Vec<item_entity::Model>) -> Result<Vec<Event>> {
    items::insert_all(tx.conn(), rows.clone()).await?;
    worklist::items_wait(app, tx, &rows, Waiting::ToClaim).await?;
    let created = |item: item_entity::Model| {
        Event::new(AuditAction::Imported, "items", item.id).department(item.department_id).after(&item)
    };
    Ok(rows.into_iter().map(created).collect())
}

fn to_claim(tx: &WriteTx, published: &Model, department: Uuid) -> item_entity::Model {
    let kind = published.content.administrative_type.as_deref().unwrap_or_default();
    item_entity::Model {
        catalogue_item_id: Some(published.id),
        name: published.name.clone(),
        administrative_type: kind.to_owned(),
        ..blank(tx, department, published.code.clone(), ItemOrigin::Upstream, ItemState::ToClaim)
    }
}

/// A department took a duty over: it gets what is published for that duty and what it does not have yet.
pub async fn hand_over(app: &App, tx: &WriteTx, department: Uuid, duty_code: &str) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    let mut after = String::new();
    loop {
        let page = store::claimable(tx.conn(), duty_code, &after, BATCH).await?;
        let Some(last) = page.last() else { return Ok(events) };
        after.clone_from(&last.code);
        let known = items::of_catalogue(tx.conn(), page.iter().map(|item| item.id).collect()).await?;
        let has = |item: &&Model| {
            known.iter().any(|own| own.department_id == department && own.catalogue_item_id == Some(item.id))
        };
        let rows = page.iter().filter(|item| !has(item)).map(|item| to_claim(tx, item, department)).collect();
        events.extend(hand_to(app, tx, rows).await?);
    }
}

/// Tells the departments what changed under their items; what nobody claimed yet follows silently.
pub(super) async fn tell(
    app: &App,
    tx: &WriteTx,
    duties: Option<&Duties>,
    touched: &[(Model, bool)],
) -> Result<Vec<Event>> {
    let known = items::of_catalogue(tx.conn(), touched.iter().map(|(item, _)| item.id).collect()).await?;
    let mut by_item: BTreeMap<Uuid, Vec<item_entity::Model>> = BTreeMap::new();
    for item in known {
        by_item.entry(item.catalogue_item_id.unwrap_or_default()).or_default().push(item);
    }
    let mut events = Vec::new();

    for (published, returned) in touched {
        let owners = by_item.remove(&published.id).unwrap_or_default();
        let gone = published.status == CatalogueStatus::Cancelled || !published.county_level;
        if let (Some(duties), false) = (duties, gone) {
            let fresh = duties.get(&published.duty_code).into_iter().flatten();
            let fresh = fresh.filter(|department| !owners.iter().any(|own| own.department_id == **department));
            let rows = fresh.map(|department| to_claim(tx, published, *department)).collect();
            events.extend(hand_to(app, tx, rows).await?);
        }
        for before in owners {
            let duty = duties.is_none_or(|duties| {
                duties.get(&published.duty_code).is_some_and(|ids| ids.contains(&before.department_id))
            });
            events.extend(tell_one(app, tx, published, &before, gone || !duty, *returned).await?);
        }
    }

    Ok(events)
}

async fn tell_one(
    app: &App,
    tx: &WriteTx,
    published: &Model,
    before: &item_entity::Model,
    gone: bool,
    returned: bool,
) -> Result<Option<Event>> {
    let mut after = before.clone();
    let state = before.state;
    match (state, gone) {
        // What the department cancelled itself stays so, unless the catalogue took it back and published it anew.
        (ItemState::Cancelled, false) if returned => {
            after.state = ItemLife::from(before).apply(ItemAction::UpstreamPublish)?;
            after.name.clone_from(&published.name);
            after.upstream = Upstream::None;
            after.upstream_due_on = None;
            let kind = published.content.administrative_type.as_deref().unwrap_or_default();
            kind.clone_into(&mut after.administrative_type);
            after.approved_version = None;
            after.upheld_version = None;
            after.basis_lost_on = None;
            after.successor_id = None;
            after.submitted_by = None;
            after.statement = None;
            after.return_reason = None;
        }
        (ItemState::Cancelled | ItemState::WrittenOff, _) => return Ok(None),
        (ItemState::ToClaim | ItemState::WriteOffPending, true) => {
            after.state = ItemLife::from(before).apply(ItemAction::UpstreamCancel)?;
        }
        (ItemState::ToClaim | ItemState::WriteOffPending, false) => {
            after.name.clone_from(&published.name);
            let kind = published.content.administrative_type.as_deref().unwrap_or_default();
            kind.clone_into(&mut after.administrative_type);
        }
        (
            ItemState::ClaimedDraft
            | ItemState::LocalDraft
            | ItemState::Submitted
            | ItemState::Effective
            | ItemState::ChangeDraft
            | ItemState::ChangeSubmitted
            | ItemState::CancelPending,
            _,
        ) => {
            let notice = if gone { Upstream::Cancelled } else { Upstream::Changed };
            after.upstream = notice;
            after.upstream_due_on = Some(worklist::due_on(app, tx.ctx().today(), Waiting::UpstreamChanged));
        }
    }

    let saved = replace::<item_entity::Entity>(tx, before, after).await?;
    worklist::item(app, tx, &saved).await?;
    let event = Event::new(AuditAction::Notified, "items", saved.id).department(saved.department_id);

    Ok(Some(event.before(before).after(&saved)))
}
