//! Drawing the objects: the seed from all secrets, then the smallest tickets of each stratum.

use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::tasks::Parts;
use crate::persistence::spot_checks::{draws, tasks};
use crate::service::spot_checks::draws::{digest, recorded};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::commitment::seed;
use domain::spot_checks::draws::selection::select;
use domain::spot_checks::draws::verify::verify_frozen;
use domain::spot_checks::draws::{DrawAction, apply as apply_draw};
use domain::spot_checks::tasks::TaskAction;
use entity::spot_checks::draw_selections;
use entity::spot_checks::tasks::{Entity, Model};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The secrets of the epoch, each with its party; all are public by now.
fn secrets(task: &Model, parts: &Parts) -> Result<Vec<(Uuid, domain::spot_checks::draws::Digest)>> {
    let revealed = parts.commitments.iter().filter(|made| made.epoch == task.epoch);
    let revealed = revealed.filter_map(|made| Some((made.department_id, made.secret.as_deref()?)));
    revealed.map(|(party, secret)| Ok((party, digest(secret)?))).collect()
}

pub async fn draw(app: &App, tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    let status = decision_facts(app, &before, &parts).decide(&tx.ctx().actor, TaskAction::Draw)?;
    super::check_items(tx, &parts).await?;
    let secrets = secrets(&before, &parts)?;
    // The task first: whoever comes second is told that it has changed, and reads no draw that is drawn already.
    let after = Model { status, ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let frozen = draws::of_epoch(tx.conn(), id, before.epoch).await?;
    let frozen = frozen.ok_or_else(|| AppError::internal("frozen task without draw"))?;
    let (transcript, record) = recorded(tx.conn(), &frozen).await?;
    if let Some(changed) = verify_frozen(&transcript).first() {
        let (what, code) = (&changed.pointer, changed.code);
        return Err(Refusal::new(
            Code::FrozenRecordChanged,
            text!(
                "冻结后记录已被改动（{what}，{code}），不得据以抽取；请查明后以理由重抽。",
                "The record was changed after the freeze ({what}, {code}); find out why, then redraw with a reason."
            ),
        )
        .into());
    }
    let seed = seed(&transcript.terms, &secrets);
    let selected = select(&seed, id, &transcript.strata, &transcript.pool);
    let objects: BTreeMap<_, _> = record.pool.iter().map(|row| (row.object_ref.as_str(), row.object_id)).collect();
    let rows = selected.iter().enumerate().map(|(at, drawn)| {
        let object_id = objects.get(hex::encode(drawn.object_ref).as_str()).copied();
        Ok(draw_selections::Model {
            draw_id: frozen.id,
            position: i32::try_from(at).map_err(AppError::internal)?,
            object_id: object_id.ok_or_else(|| AppError::internal("drawn object not in pool"))?,
            object_ref: hex::encode(drawn.object_ref),
            stratum: drawn.stratum.clone(),
            ticket: hex::encode(drawn.ticket),
        })
    });
    let rows = rows.collect::<Result<Vec<_>>>()?;
    let drawn = entity::spot_checks::draws::Model {
        status: apply_draw(frozen.status, DrawAction::Draw)?,
        seed: Some(hex::encode(seed)),
        selected_count: i32::try_from(rows.len()).unwrap_or(i32::MAX),
        // After the last secret, whatever the clocks of two servers say.
        drawn_at: parts.commitments.iter().filter_map(|made| made.revealed_at).chain([tx.ctx().now]).max(),
        ..frozen.clone()
    };
    let drawn = replace::<entity::spot_checks::draws::Entity>(tx, &frozen, drawn).await?;
    draws::insert_all::<draw_selections::Entity>(tx.conn(), rows).await?;
    let task = with_parts(tx, task).await?;
    let lead = before.lead_department_id;
    let event = Event::new(AuditAction::Drawn, "tasks", id).department(lead).before(&before).after(&task.task);
    let of_draw = Event::new(AuditAction::Drawn, "draws", drawn.id).department(lead).before(&frozen).after(&drawn);
    Ok(Change::new(task, event).and(of_draw))
}
