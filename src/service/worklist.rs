//! 待办: who waits for what from now on, with deadlines by the working-day calendar.

use crate::app::App;
use crate::ctx::new_id;
use crate::domain::implementation_lists::ListState;
use crate::domain::mappings::MappingState;
use crate::domain::worklist::{Waiting, of_item, of_list, of_mapping};
use crate::error::Result;
use crate::persistence::noun::Noun;
use crate::persistence::tx::WriteTx;
use crate::persistence::worklist::{Wanted, insert_all, sync};
use chrono::NaiveDate;
use entity::{implementation_lists, items, own_system_items, worklist_entries};
use uuid::Uuid;

/// The day by which a kind of work is due.
pub fn due_on(app: &App, today: NaiveDate, kind: Waiting) -> NaiveDate {
    app.calendar.deadline(today, kind.working_days(&app.settings.rules)).due_on
}

fn deadlines(
    app: &App,
    today: NaiveDate,
    kinds: Vec<Waiting>,
    submitted_by: Option<Uuid>,
) -> Vec<(Waiting, NaiveDate, Option<Uuid>)> {
    let not_for = |kind| submitted_by.filter(|_| kind == Waiting::ToReview);
    kinds.into_iter().map(|kind| (kind, due_on(app, today, kind), not_for(kind))).collect()
}

pub async fn item(app: &App, tx: &WriteTx, item: &items::Model) -> Result<()> {
    let kinds = of_item(crate::persistence::items::life(item)?, item.return_reason.is_some());
    sync(
        tx,
        Wanted {
            resource: items::Entity::NAME,
            resource_id: item.id,
            department_id: item.department_id,
            title: &format!("{} {}", item.code, item.name),
            kinds: deadlines(app, tx.ctx().today(), kinds, item.submitted_by),
        },
    )
    .await
}

pub async fn list(app: &App, tx: &WriteTx, list: &implementation_lists::Model) -> Result<()> {
    let kinds = of_list(ListState::of(&list.state)?, list.basis_lost_on.is_some(), list.return_reason.is_some());
    sync(
        tx,
        Wanted {
            resource: implementation_lists::Entity::NAME,
            resource_id: list.id,
            department_id: list.department_id,
            title: &format!("{} {}", list.code, list.name),
            kinds: deadlines(app, tx.ctx().today(), kinds, list.submitted_by),
        },
    )
    .await
}

pub async fn mapping(app: &App, tx: &WriteTx, mapping: &own_system_items::Model) -> Result<()> {
    let kinds = of_mapping(MappingState::of(&mapping.state)?);
    sync(
        tx,
        Wanted {
            resource: own_system_items::Entity::NAME,
            resource_id: mapping.id,
            department_id: mapping.department_id,
            title: &format!("{} {}", mapping.code, mapping.name),
            kinds: deadlines(app, tx.ctx().today(), kinds, None),
        },
    )
    .await
}

/// Many items that begin to wait for the same thing.
pub async fn items_wait(app: &App, tx: &WriteTx, waiting: &[items::Model], kind: Waiting) -> Result<()> {
    let due_on = due_on(app, tx.ctx().today(), kind);
    let entries = waiting.iter().map(|item| worklist_entries::Model {
        id: new_id(),
        kind: kind.code().to_owned(),
        resource: items::Entity::NAME.to_owned(),
        resource_id: item.id,
        department_id: item.department_id,
        title: format!("{} {}", item.code, item.name),
        due_on,
        not_for: None,
        created_at: tx.ctx().now,
    });
    insert_all(tx, entries.collect()).await
}
