//! 检查实施清单: made when an item of type 行政检查 comes into force, completed, reviewed, changed.

mod act;
mod body;

pub use act::{Act, act, update};
pub use body::{CheckPointBody, ElementsBody};

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::{implementation_lists as store, legal_clauses};
use crate::persistence::kernel::change::Event;
use crate::persistence::kernel::noun::{insert, replace};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::versions as version_store;
use crate::persistence::kernel::versions::Asked;
use crate::persistence::register::departments;
use crate::service::kernel::versions::{History, content};
use chrono::NaiveDate;
use domain::items::implementation_lists::{Elements, ListAction, ListState, check, list_series, next};
use domain::items::items::{INSPECTION, ItemState};
use domain::kernel::elements::Check;
use domain::oversight::audit::AuditAction;
use entity::items::implementation_lists::{Column, Entity, Model};
use entity::items::items;
use entity::kernel::versions;
use sea_orm::ConnectionTrait;

/// A list with the version that is shown.
pub struct List {
    pub list: Model,
    pub version: Option<versions::Model>,
    pub elements: Elements,
}

/// Lists with what is shown of them; `asked`: as they were on a day.
pub async fn with_parts(conn: &impl ConnectionTrait, lists: Vec<Model>, asked: Option<Asked>) -> Result<Vec<List>> {
    let ids: Vec<_> = lists.iter().map(|list| list.id).collect();
    let mut shown = match asked {
        None => version_store::newest::<Entity>(conn, &ids).await?,
        Some(asked) => version_store::known_in_force::<Entity>(conn, &ids, asked).await?,
    };
    lists
        .into_iter()
        .map(|list| {
            let version = shown.remove(&list.id);
            Ok(List { elements: content(version.as_ref())?, version, list })
        })
        .collect()
}

pub async fn with_part(conn: &impl ConnectionTrait, list: Model) -> Result<List> {
    let found = with_parts(conn, vec![list], None).await?.pop();
    found.ok_or_else(|| AppError::internal("a list without itself"))
}

/// The element check of a draft: its clauses may come into force later, but must not be repealed.
pub async fn check_elements(
    app: &App,
    conn: &impl ConnectionTrait,
    elements: &Elements,
    day: NaiveDate,
) -> Result<Check> {
    let cited = elements.citations().into_iter().map(|(clause, _)| clause).collect();
    let standing = legal_clauses::standing_of(conn, cited, day).await?;
    Ok(check(elements, &app.settings.rules, &|clause| standing.contains(&clause)))
}

/// The same for the day on which the list takes effect: then its clauses are in force.
async fn check_in_force(app: &App, conn: &impl ConnectionTrait, elements: &Elements, day: NaiveDate) -> Result<Check> {
    let cited = elements.citations().into_iter().map(|(clause, _)| clause).collect();
    let holding = legal_clauses::in_force_of(conn, cited, day).await?;
    Ok(check(elements, &app.settings.rules, &|clause| holding.contains(&clause)))
}

/// What a changed item asks of its list: a new one, none any more, or its end.
/// What ends, ends on `day`.
pub(super) async fn follow(app: &App, tx: &WriteTx, item: &items::Model, day: NaiveDate) -> Result<Vec<Event>> {
    let state = item.state;
    let mut lists = store::of_items(tx.conn(), &[item.id]).await?;
    let needed = state.is_claimed() && item.administrative_type == INSPECTION;
    let (Some(list), needed) = (lists.remove(&item.id), needed) else {
        return if needed { Ok(vec![make(app, tx, item).await?]) } else { Ok(Vec::new()) };
    };
    let known = list.state;
    let action = match (needed, state) {
        (true, _) if matches!(known, ListState::NotRequired | ListState::Retired) => ListAction::Require,
        (true, _) => return Ok(renamed(tx, &list, item).await?.into_iter().collect()),
        (false, ItemState::Cancelled) => ListAction::Retire,
        (false, _) => ListAction::Unrequire,
    };
    let Some(next) = next(known, list.basis_lost_on.is_some(), action) else { return Ok(Vec::new()) };

    if action != ListAction::Require {
        let history = History::<Entity>::load(tx, list.id).await?;
        history.discard(tx).await?;
        history.end(tx, day).await?;
    }
    let after = Model { state: next, name: item.name.clone(), return_reason: None, ..list.clone() };
    let saved = replace::<Entity>(tx, &list, after).await?;
    crate::service::oversight::worklist::list(app, tx, &saved).await?;
    let audit = if action == ListAction::Require { AuditAction::Reopened } else { AuditAction::Retired };
    let event = Event::new(audit, "implementation-lists", saved.id).department(saved.department_id);

    Ok(vec![event.before(&list).after(&saved)])
}

async fn renamed(tx: &WriteTx, list: &Model, item: &items::Model) -> Result<Option<Event>> {
    if list.name == item.name {
        return Ok(None);
    }
    let saved = replace::<Entity>(tx, list, Model { name: item.name.clone(), ..list.clone() }).await?;
    let event = Event::new(AuditAction::Updated, "implementation-lists", saved.id).department(saved.department_id);
    Ok(Some(event.before(list).after(&saved)))
}

async fn make(app: &App, tx: &WriteTx, item: &items::Model) -> Result<Event> {
    let department = departments::get(tx.conn(), item.department_id).await?;
    let body = department.uscc.unwrap_or_else(|| format!("{:0>18}", department.code));
    let code = serials::next::<Entity>(tx, Column::Code, &list_series(&body, '4'), 5).await?;
    let now = tx.ctx().now;
    let model = Model {
        id: new_id(),
        item_id: item.id,
        department_id: item.department_id,
        code,
        name: item.name.clone(),
        state: ListState::Missing,
        approved_version: None,
        upheld_version: None,
        basis_lost_on: None,
        return_reason: None,
        submitted_by: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await.map_err(AppError::again)?;
    crate::service::oversight::worklist::list(app, tx, &saved).await?;

    Ok(Event::new(AuditAction::Created, "implementation-lists", saved.id).department(saved.department_id).after(&saved))
}
