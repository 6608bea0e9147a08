//! The end of a catalogue's file: what it left out is cancelled, in short transactions.

use super::{Report, tell, version_of};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::items::catalogue as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::replace;
use crate::persistence::kernel::tx::{WriteTx, write};
use domain::items::catalogue::{
    CatalogueStatus, CatalogueVersionStatus, ChangeKind, check_accounted, check_cancellations,
};
use domain::oversight::audit::AuditAction;
use entity::items::catalogue_items::{Entity, Model};
use entity::items::catalogue_versions;

/// Cancellations a transaction.
const BATCH: u64 = 200;

/// The end of a whole file: what it left out is cancelled, unless so much is missing that the file cannot be whole.
pub(super) async fn finish(app: &App, ctx: &Ctx, import: &entity::intake::imports::Model) -> Result<()> {
    let ctx = Ctx { now: crate::kernel::ctx::now(), ..ctx.clone() };
    let version = write(&app.db, &ctx, async |tx| {
        let version = version_of(tx, import).await?;
        let event = Event::new(AuditAction::Imported, "catalogue-versions", version.id).after(&version);
        Ok(Change::new(version, event))
    })
    .await?;
    if version.status != CatalogueVersionStatus::Receiving {
        return Ok(());
    }
    let left_out = [
        store::left_out(&app.db, &version.number, true).await?,
        // Where nothing was confirmed yet, what refused files brought is all there is to lose.
        store::left_out(&app.db, &version.number, false).await?,
    ];
    // A restart finds part of it done: what this version cancelled already counts with the rest.
    let cancelled = u64::try_from(version.items_cancelled).unwrap_or(0);
    let ceiling = app.settings.rules.catalogue_cancellation_ceiling_bp;
    let whole = check_accounted(import.rows_rejected).and_then(|()| {
        left_out.iter().try_for_each(|of| check_cancellations(of.published + cancelled, of.absent + cancelled, ceiling))
    });
    if let Err(refusal) = whole {
        close(app, &ctx, import, CatalogueVersionStatus::Refused).await?;
        return Err(refusal.into());
    }

    loop {
        let left =
            write(&app.db, &ctx, async |tx| cancel_absent(app, tx, import).await.map_err(AppError::again)).await?;
        if left == 0 {
            return close(app, &ctx, import, CatalogueVersionStatus::Complete).await;
        }
    }
}

async fn cancel_absent(app: &App, tx: &WriteTx, import: &entity::intake::imports::Model) -> Result<Change<usize>> {
    let version = version_of(tx, import).await?;
    let absent = store::absent(tx.conn(), &version.number, BATCH).await?;
    let mut report = Report::default();
    let mut events = Vec::new();
    let mut touched = Vec::new();

    for before in &absent {
        let after =
            Model { status: CatalogueStatus::Cancelled, last_version: version.number.clone(), ..before.clone() };
        let saved = replace::<Entity>(tx, before, after).await?;
        report.add(tx, version.id, &saved, ChangeKind::Cancelled, &[]);
        events.push(Event::new(AuditAction::Cancelled, "catalogue-items", saved.id).before(before).after(&saved));
        touched.push((saved, false));
    }

    events.extend(tell(app, tx, None, &touched).await?);
    report.save(tx, &version).await?;
    let event = Event::new(AuditAction::Imported, "catalogue-versions", version.id).after(&version);

    Ok(Change::new(absent.len(), event).and_all(events))
}

async fn close(
    app: &App,
    ctx: &Ctx,
    import: &entity::intake::imports::Model,
    status: CatalogueVersionStatus,
) -> Result<()> {
    write(&app.db, ctx, async |tx| {
        let before = store::version_of_import(tx.conn(), import.id).await?;
        let before = before.ok_or_else(|| AppError::internal("a catalogue import without version"))?;
        if status == CatalogueVersionStatus::Complete {
            store::confirm(tx.conn(), &before.number).await?;
        }
        let after = catalogue_versions::Model { status, ..before.clone() };
        let saved = replace::<catalogue_versions::Entity>(tx, &before, after).await?;
        let event = Event::new(AuditAction::Finished, "catalogue-versions", saved.id).before(&before).after(&saved);
        Ok(Change::new((), event))
    })
    .await
}
