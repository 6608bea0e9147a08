//! The yearly list: what of a department's files is due.

use crate::app::App;
use crate::kernel::ctx::{Ctx, new_id};
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{insert, lock_row};
use crate::persistence::kernel::serials;
use crate::persistence::kernel::tx::{WriteTx, write};
use crate::persistence::records::disposal_lists as store;
use crate::persistence::records::due_files::{Due, due, last_changes};
use crate::persistence::register::departments;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::kernel::clocks::calendar::local_date;
use domain::records::disposal::DisposalStatus;
use domain::records::retention::{FileClass, Period, closed_before, due_on};
use entity::records::disposal_lines::Model as Line;
use entity::records::disposal_lists::{Column, Entity, Model};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Draws up the year's lists of all departments; gives how many.
pub async fn draw_up(app: &App) -> Result<usize> {
    let ctx = Ctx::system("archives");
    let mut drawn = 0;
    for department in departments::all(&app.db).await? {
        if is_listed(&app.db, department.id, ctx.today().year()).await? {
            continue;
        }
        // Most departments have nothing that is due: they are not written to.
        if due_files(app, &app.db, department.id, ctx.today(), 1).await?.is_empty() {
            continue;
        }
        let made = write(&app.db, &ctx, async |tx| draw_up_one(app, tx, department.id).await).await?;
        drawn += usize::from(made);
    }

    Ok(drawn)
}

/// A department has the year's list already, or one that is not done; one that was full is followed by another.
async fn is_listed(conn: &impl ConnectionTrait, department: Uuid, year: i32) -> Result<bool> {
    let newest = store::newest_of(conn, department, year).await?;
    Ok(newest.is_some_and(|list| list.status != DisposalStatus::Done || !list.is_cut))
}

/// Files of a department that are due in a year, class by class.
async fn due_files(
    app: &App,
    conn: &impl ConnectionTrait,
    department: Uuid,
    today: NaiveDate,
    most: u64,
) -> Result<Vec<(FileClass, u32, Due)>> {
    let mut all = Vec::new();
    for class in FileClass::ALL.iter().copied() {
        let Period::Years(years) = class.period(&app.settings.rules) else { continue };
        let left = most.saturating_sub(all.len() as u64);
        let before = closed_before(today.year(), years);
        let found = due(conn, (class, department), before, today, left).await?;
        all.extend(found.into_iter().map(|due| (class, years, due)));
    }

    Ok(all)
}

async fn draw_up_one(app: &App, tx: &WriteTx, department: Uuid) -> Result<Change<bool>> {
    // Whoever comes second waits here, and then finds the list.
    lock_row::<entity::register::departments::Entity>(tx.conn(), department).await?;
    let (now, today) = (tx.ctx().now, tx.ctx().today());
    let most = u64::from(app.settings.rules.disposal_list_files);
    if is_listed(tx.conn(), department, today.year()).await? {
        return Ok(Change::unmade(false));
    }
    let mut files = due_files(app, tx.conn(), department, today, most + 1).await?;
    if files.is_empty() {
        return Ok(Change::unmade(false));
    }
    let is_cut = files.len() as u64 > most;
    files.truncate(usize::try_from(most).unwrap_or(usize::MAX));

    let list = blank(app, tx, department, is_cut).await?;
    let list = insert(tx, list).await?;
    let inspections = files.iter().filter(|(class, ..)| *class == FileClass::Inspection);
    let mut last = BTreeMap::new();
    for ids in inspections.map(|(_, _, due)| due.id).collect::<Vec<_>>().chunks(500) {
        last.extend(last_changes(tx.conn(), ids.to_vec()).await?);
    }
    let rows = files.into_iter().map(|(class, years, due)| {
        let closed_at: DateTime<Utc> = last.get(&due.id).copied().unwrap_or(due.updated_at).max(due.updated_at);
        line(&list, (class, years), due, closed_at, now)
    });
    store::add_lines(tx.conn(), rows.collect()).await?;

    let event = Event::created::<Entity>(&list);
    Ok(Change::new(true, event))
}

async fn blank(app: &App, tx: &WriteTx, department: Uuid, is_cut: bool) -> Result<Model> {
    let (now, year) = (tx.ctx().now, tx.ctx().today().year());
    let prefix = format!("DQ{}{year}-", app.settings.county.code);
    Ok(Model {
        id: new_id(),
        code: serials::next::<Entity>(tx, Column::Code, &prefix, 3).await?,
        department_id: department,
        year,
        status: DisposalStatus::Appraising,
        is_cut,
        submitted_by: None,
        submitted_at: None,
        opinion: None,
        approved_by: None,
        approved_at: None,
        handed_over: None,
        supervised_by: None,
        witness: None,
        carried_out_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    })
}

fn line(
    list: &Model,
    (class, years): (FileClass, u32),
    due: Due,
    closed_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Line {
    Line {
        id: new_id(),
        list_id: list.id,
        class,
        record_id: due.id,
        code: due.code,
        object_id: due.object_id,
        closed_on: local_date(closed_at),
        due_on: due_on(closed_at, years),
        decision: None,
        keep_until: None,
        reason: None,
        decided_by: None,
        decided_at: None,
        outcome: None,
        obstacle: None,
        outcome_at: None,
        sha256: None,
        created_at: now,
    }
}
