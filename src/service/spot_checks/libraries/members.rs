//! Who is in a library: looked up in the register, compared with what was kept, kept as an edition where it differs.

use super::store;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::{WriteTx, keep as keep_note, write};
use crate::persistence::officers::personnel;
use crate::persistence::register::{library_members, objects};
use crate::persistence::spot_checks::spot_check_items;
use crate::service::officers::personnel::certified;
use crate::service::spot_checks::spot_check_items::used_versions;
use chrono::NaiveDate;
use domain::kernel::refusal::Code;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::libraries::{EditionCause, LibraryKind, LibraryProblem, LibraryStatus, difference, digest};
use entity::spot_checks::libraries::{Entity, Model};
use entity::spot_checks::library_editions;
use sea_orm::ConnectionTrait;
use std::collections::BTreeSet;
use uuid::Uuid;

/// An edition that is to be kept, with who came and who went.
pub(super) struct Turned {
    edition: library_editions::Model,
    entered: Vec<Uuid>,
    gone: Vec<Uuid>,
}

/// Who should be in a library on a day, ascending, and what is wrong with it.
pub(super) async fn wanted(
    conn: &impl ConnectionTrait,
    library: &Model,
    maximum: u32,
    today: NaiveDate,
) -> Result<(Vec<Uuid>, Option<LibraryProblem>)> {
    let (members, problem) = match library.kind {
        LibraryKind::Objects => {
            let which = objects::matching(&library.pool_filter, &library.tag_rules);
            let found = objects::active_ids(conn, which, u64::from(maximum) + 1).await?;
            let problem = (found.len() > maximum as usize).then_some(LibraryProblem::TooLarge);
            (found, problem)
        }
        LibraryKind::Officers => officers(conn, library, today).await?,
    };

    let empty = members.is_empty().then_some(LibraryProblem::Empty);
    Ok((members, problem.or(empty)))
}

async fn officers(
    conn: &impl ConnectionTrait,
    library: &Model,
    today: NaiveDate,
) -> Result<(Vec<Uuid>, Option<LibraryProblem>)> {
    let filter = &library.officer_filter;
    let items = spot_check_items::by_ids(conn, filter.spot_check_item_ids.clone()).await?;
    let used = used_versions(conn, &items, today).await?;
    let problem = used.values().any(|(unusable, _)| unusable.is_some()).then_some(LibraryProblem::ItemNotInForce);
    let of_items = used.values().filter_map(|(_, used)| used.qualification.as_ref());
    let asked: BTreeSet<_> = of_items.chain(&filter.qualifications).collect();

    let mut officers = personnel::roster(conn, vec![library.department_id]).await?;
    officers.retain(|officer| asked.iter().all(|wanted| officer.qualifications.contains(wanted)));
    let holders = certified(conn, officers, today).await?;
    let mut ids: Vec<_> = holders.into_iter().map(|officer| officer.id).collect();
    ids.sort_unstable();
    Ok((ids, problem))
}

/// What a library is looked up with, as JSON on one line.
fn filter_text(library: &Model) -> Result<String> {
    Ok(match library.kind {
        LibraryKind::Objects => serde_json::to_string(&(&library.pool_filter, &library.tag_rules))?,
        LibraryKind::Officers => serde_json::to_string(&(library.department_id, &library.officer_filter))?,
    })
}

/// Looks up who is in a library. Where that is not as it was, or its filter is not, there is an edition to be kept.
pub(super) async fn look_up(
    app: &App,
    tx: &WriteTx,
    library: &mut Model,
    cause: EditionCause,
) -> Result<Option<Turned>> {
    let ctx = tx.ctx();
    let (members, problem) = wanted(tx.conn(), library, app.settings.rules.maximum_pool, ctx.today()).await?;
    library.refreshed_on = ctx.today();
    library.problem = problem;
    if matches!(problem, Some(LibraryProblem::TooLarge | LibraryProblem::ItemNotInForce)) {
        // It stays as it was: part of it, or those whom nothing has asked for a qualification, would be nobody's library.
        return Ok(None);
    }

    let kept = library_members::now(tx.conn(), library.id).await?;
    let (entered, gone) = difference(&kept, &members);
    if entered.is_empty() && gone.is_empty() && cause == EditionCause::Register {
        return Ok(None);
    }
    let count = |ids: &[Uuid]| i32::try_from(ids.len()).unwrap_or(i32::MAX);
    library.edition += 1;
    library.members = count(&members);
    let filter = filter_text(library)?;
    let edition = library_editions::Model {
        library_id: library.id,
        edition: library.edition,
        cause,
        members: library.members,
        entered: count(&entered),
        gone: count(&gone),
        digest: hex::encode(digest(&library.code, library.edition, &filter, &members)),
        filter,
        made_by: ctx.actor.id,
        made_at: ctx.now,
    };
    Ok(Some(Turned { edition, entered, gone }))
}

/// Keeps an edition of a library that is written already.
pub(super) async fn keep(tx: &WriteTx, turned: Option<Turned>) -> Result<()> {
    let Some(Turned { edition, entered, gone }) = turned else { return Ok(()) };
    library_members::turn(tx.conn(), edition.library_id, edition.edition, &entered, &gone).await?;
    store::keep_edition(tx.conn(), edition).await
}

/// Looks up a library that is held, for somebody else's change or the day's round; its line of the trail where it changed.
pub(super) async fn refresh(app: &App, tx: &WriteTx, library: Model) -> Result<(Model, Option<Event>)> {
    let mut library = tx.edit_along::<Entity>(library);
    let turned = look_up(app, tx, &mut library, EditionCause::Register).await?;
    if turned.is_none() && library.problem == library.before().problem {
        // Nothing that anybody would read in the trail.
        store::looked_up(tx.conn(), library.id, library.refreshed_on).await?;
        return Ok((library.clone(), None));
    }

    let before = library.before().clone();
    let saved = library.write().await?;
    keep(tx, turned).await?;
    let event = Event::of::<Entity>(AuditAction::Refreshed, &saved).before(&before).after(&saved);
    Ok((saved, Some(event)))
}

/// The round of the day; how many libraries have changed. Whoever has not changed takes no writer's turn but for a note.
pub async fn refresh_all(app: &App) -> Result<usize> {
    let ctx = Ctx::system("libraries");
    let mut changed = 0;

    for id in store::to_refresh(&app.db, ctx.today()).await? {
        if app.is_stopping() {
            break;
        }
        match refresh_one(app, &ctx, id).await {
            Ok(made) => changed += usize::from(made),
            // Somebody else has it in hand; it is looked at again in the next round.
            Err(error) if matches!(error.code, Code::Unavailable | Code::Stale) => {
                tracing::info!(%error, library = %id, "not refreshed now");
            }
            // One that cannot be looked up must not keep the others from it.
            Err(error) => tracing::error!(%error, library = %id, "not refreshed"),
        }
    }
    Ok(changed)
}

async fn refresh_one(app: &App, ctx: &Ctx, id: Uuid) -> Result<bool> {
    let due = |library: &Model| library.status == LibraryStatus::Active && library.refreshed_on < ctx.today();
    let found = store::by_ids(&app.db, vec![id]).await?.remove(&id);
    let Some(library) = found.filter(due) else { return Ok(false) };
    let (members, problem) = wanted(&app.db, &library, app.settings.rules.maximum_pool, ctx.today()).await?;

    if problem == library.problem && members == library_members::now(&app.db, id).await? {
        keep_note(&app.db, async |tx| store::looked_up(tx, id, ctx.today()).await).await?;
        return Ok(false);
    }

    write(&app.db, ctx, async |tx| {
        lock_row::<Entity>(tx.conn(), id).await?;
        // Another process was faster.
        let found = store::by_ids(tx.conn(), vec![id]).await?.remove(&id);
        let Some(library) = found.filter(due) else { return Ok(Change::unmade(false)) };
        let (_, event) = refresh(app, tx, library).await?;
        Ok(event.map_or_else(|| Change::unmade(false), |event| Change::new(true, event)))
    })
    .await
}
