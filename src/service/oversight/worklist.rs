//! 待办: who waits for what from now on, with deadlines by the working-day calendar.

use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::Result;
use crate::persistence::kernel::noun::Noun;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::worklist::{Wanted, clear, insert_all, sync};
use chrono::NaiveDate;
use domain::kernel::clocks::Flag;
use domain::oversight::worklist::{Waiting, of_item, of_list, of_mapping};
use domain::risks::risk_clues::{ClockKind, ClueStatus, is_open, waiting};
use entity::items::{implementation_lists, items, own_system_items};
use entity::officers::certificates;
use entity::oversight::worklist_entries;
use entity::risks::risk_clues;
use uuid::Uuid;

/// The day by which a kind of work is due.
pub fn due_on(app: &App, today: NaiveDate, kind: Waiting) -> NaiveDate {
    app.db.due_on(today, kind)
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
    let kinds = of_item(item.into(), item.return_reason.is_some());
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
    let kinds = of_list(list.state, list.basis_lost_on.is_some(), list.return_reason.is_some());
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
    let kinds = of_mapping(mapping.state);
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
        kind,
        resource: items::Entity::NAME.to_owned(),
        resource_id: item.id,
        department_id: Some(item.department_id),
        title: format!("{} {}", item.code, item.name),
        due_on,
        not_for: None,
        assigned_to: None,
        created_at: tx.ctx().now,
        escalated_at: None,
    });

    insert_all(tx, entries.collect()).await
}

/// A certificate or its annual examination is about to end: its department renews it, by whichever comes first.
pub async fn certificate_ends(
    tx: &WriteTx,
    certificate: &certificates::Model,
    department_id: Option<Uuid>,
    holder: &str,
) -> Result<()> {
    let ends = [certificate.valid_until, certificate.annual_exam_due_on].into_iter().flatten().min();
    let number = certificate.certificate_no.as_deref().unwrap_or_default();
    let entry = worklist_entries::Model {
        id: new_id(),
        kind: Waiting::CertificateEnding,
        resource: certificates::Entity::NAME.to_owned(),
        resource_id: certificate.id,
        department_id,
        title: format!("{number} {holder}"),
        due_on: ends.unwrap_or_else(|| tx.ctx().today()),
        not_for: None,
        assigned_to: None,
        created_at: tx.ctx().now,
        escalated_at: None,
    };
    insert_all(tx, vec![entry]).await
}

/// What a clue waits for, by its own clocks; each step begins a new entry.
pub async fn clue(app: &App, tx: &WriteTx, clue: &risk_clues::Model) -> Result<()> {
    clear(tx, risk_clues::Entity::NAME, vec![clue.id]).await?;
    let status = clue.status;
    let clocks = crate::service::risks::risk_clues::clocks(clue)?;
    let by_clock = |kind| clocks.clock(&app.settings.rules, kind).due(&app.calendar).map(|due| due.on);
    let entry = |kind: Waiting, due_on, not_for, assigned_to| worklist_entries::Model {
        id: new_id(),
        kind,
        resource: risk_clues::Entity::NAME.to_owned(),
        resource_id: clue.id,
        department_id: clue.department_id,
        title: format!("{} {}", clue.code, clue.name),
        due_on,
        not_for,
        assigned_to,
        created_at: tx.ctx().now,
        escalated_at: None,
    };
    let mut entries = Vec::new();

    if let Some((kind, clock)) = waiting(status) {
        let due = clock.and_then(by_clock).unwrap_or_else(|| due_on(app, tx.ctx().today(), kind));
        let not_for = if matches!(kind, Waiting::ClueToReview | Waiting::ClueToClose) {
            clue.fed_back_by
        } else if kind == Waiting::ClueReturnToDecide {
            clue.return_requested_by
        } else {
            None
        };
        entries.push(entry(kind, due, not_for, clue.assigned_to));
    }

    // Nobody's yet, or given back by who had it: the platform gives it to the department whose it is.
    let unclaimed = status == ClueStatus::Received && clue.department_id.is_none();
    if unclaimed || status == ClueStatus::ReturnPending {
        let signed_by = Some(ClockKind::Sign).filter(|_| unclaimed).and_then(by_clock);
        let due = signed_by.unwrap_or_else(|| due_on(app, tx.ctx().today(), Waiting::ClueToDispatch));
        entries.push(entry(Waiting::ClueToDispatch, due, None, None));
    }
    if clue.flag == Flag::Escalated && is_open(status) {
        let kind = Waiting::ClueEscalated;
        entries.push(entry(kind, due_on(app, tx.ctx().today(), kind), None, None));
    }

    insert_all(tx, entries).await
}
