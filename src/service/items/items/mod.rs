//! 监管事项: claimed, completed, reviewed, changed and cancelled; what follows for lists, worklists and mappings.

mod act;
mod batch;
mod body;
mod draft;
mod guards;

pub use act::{Act, act};
pub use batch::{BatchBody, BatchItem, BatchOutcome, batch};
pub use body::{ApproveBody, CancelBody, ItemBody, ItemContentBody, StatementBody};
pub use draft::{create, update};
pub(super) use guards::check_not_in_use;

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::{catalogue, implementation_lists, legal_clauses};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions as version_store;
use crate::persistence::kernel::versions::Asked;
use crate::service::kernel::versions::content;
use chrono::NaiveDate;
use domain::items::items::{ItemContent, ItemOrigin, ItemState, Upstream, check};
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::elements::Check;
use entity::items::implementation_lists as lists;
use entity::items::items::{Entity, Model};
use entity::kernel::versions;
use sea_orm::ConnectionTrait;
use uuid::Uuid;

/// An item with the version that is shown, and its implementation list.
pub struct Item {
    pub item: Model,
    /// The draft or the last approved version; none while it is still to be claimed.
    pub version: Option<versions::Model>,
    pub content: ItemContent,
    pub list: Option<lists::Model>,
}

/// A new item of a department, in its first state.
pub(crate) fn blank(tx: &WriteTx, department_id: Uuid, code: String, origin: ItemOrigin, state: ItemState) -> Model {
    let now = tx.ctx().now;
    Model {
        id: new_id(),
        department_id,
        code,
        catalogue_item_id: None,
        origin,
        state,
        name: String::new(),
        administrative_type: String::new(),
        approved_version: None,
        upheld_version: None,
        upstream: Upstream::None,
        upstream_due_on: None,
        basis_lost_on: None,
        statement: None,
        return_reason: None,
        submitted_by: None,
        successor_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// Items with what is shown of them; `asked`: as they were on a day. A constant number of statements.
pub async fn with_parts(conn: &impl ConnectionTrait, items: Vec<Model>, asked: Option<Asked>) -> Result<Vec<Item>> {
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let mut shown = match asked {
        None => version_store::newest::<Entity>(conn, &ids).await?,
        Some(asked) => version_store::known_in_force::<Entity>(conn, &ids, asked).await?,
    };
    let unclaimed = items.iter().filter(|item| !shown.contains_key(&item.id)).filter_map(|item| item.catalogue_item_id);
    let published = catalogue::by_ids(conn, unclaimed.collect()).await?;
    let mut lists = implementation_lists::of_items(conn, &ids).await?;
    let mut whole = Vec::with_capacity(items.len());

    for item in items {
        let version = shown.remove(&item.id);
        let content = match (&version, item.catalogue_item_id.and_then(|id| published.get(&id))) {
            (None, Some(published)) => published.content.0.clone(),
            (version, _) => content(version.as_ref())?,
        };
        // What was not there yet was not known.
        let known = asked.and_then(|asked| asked.known);
        let list = lists.remove(&item.id).filter(|list| known.is_none_or(|day| local_date(list.created_at) <= day));
        whole.push(Item { item, version, content, list });
    }

    Ok(whole)
}

pub async fn with_part(conn: &impl ConnectionTrait, item: Model) -> Result<Item> {
    let found = with_parts(conn, vec![item], None).await?.pop();
    found.ok_or_else(|| AppError::internal("an item without itself"))
}

/// The element check of a draft: its clauses may come into force later, but must not be repealed.
pub async fn check_elements(conn: &impl ConnectionTrait, content: &ItemContent, day: NaiveDate) -> Result<Check> {
    let standing = legal_clauses::standing_of(conn, content.clause_ids.clone(), day).await?;
    Ok(check(content, &|clause| standing.contains(&clause)))
}

/// What follows from a changed item for the records that hang on it, from a day on.
pub(super) async fn follow_up(app: &App, tx: &WriteTx, item: &Model, day: NaiveDate) -> Result<Vec<Event>> {
    follow(app, tx, item, day).await.map_err(AppError::again)
}

async fn follow(app: &App, tx: &WriteTx, item: &Model, day: NaiveDate) -> Result<Vec<Event>> {
    crate::service::oversight::worklist::item(app, tx, item).await?;
    let mut events = super::implementation_lists::follow(app, tx, item, day).await?;
    let state = item.state;

    if state == ItemState::Effective {
        let list = implementation_lists::of_items(tx.conn(), &[item.id]).await?.remove(&item.id);
        if let Some(list) = list.filter(|list| list.approved_version.is_some()) {
            events.extend(crate::service::spot_checks::spot_check_items::derive(app, tx, &list).await?);
        }
    }

    if matches!(state, ItemState::Effective | ItemState::Cancelled) {
        events.extend(super::mappings::rematch(app, tx, item).await?);
    }
    // Cancelled from a later day on, it may be used until then: its versions say so.
    if state == ItemState::Cancelled && item.successor_id.is_none() && day <= tx.ctx().today() {
        events.extend(crate::service::spot_checks::spot_check_items::retire_of(tx, item.id).await?);
    }

    Ok(events)
}
