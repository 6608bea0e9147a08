//! Drawing the objects: the seed from all secrets, then the smallest tickets of each stratum.

use super::{Task, with_parts};
use crate::domain::audit::AuditAction;
use crate::domain::draws::DrawStatus;
use crate::domain::draws::commitment::{FrozenRoots, seed};
use crate::domain::draws::pool::Leaf;
use crate::domain::draws::selection::select;
use crate::domain::draws::strata::Stratum;
use crate::domain::refusal::{Code, Refusal};
use crate::domain::tasks::{TaskAction, TaskStatus, apply};
use crate::domain::text::text;
use crate::error::{AppError, Result};
use crate::persistence::noun::{check_version, replace};
use crate::persistence::tasks::Parts;
use crate::persistence::tx::{Change, Event, WriteTx};
use crate::persistence::{draws, tasks};
use crate::service::draws::digest;
use entity::draw_selections;
use entity::tasks::{Entity, Model};
use std::collections::BTreeMap;
use uuid::Uuid;

fn secrets(task: &Model, parts: &Parts) -> Result<Vec<(Uuid, crate::domain::draws::Digest)>> {
    let epoch = parts.commitments.iter().filter(|made| made.epoch == task.epoch);
    let mut secrets = Vec::new();
    let mut missing = Vec::new();
    for made in epoch {
        match &made.secret {
            Some(secret) => secrets.push((made.department_id, digest(secret)?)),
            None => missing.push(made.department_id.to_string()),
        }
    }
    if missing.is_empty() {
        return Ok(secrets);
    }
    let who = missing.join(", ");
    Err(Refusal::new(
        Code::SecretsMissing,
        text!(
            "以下承诺方尚未公开秘密值：{who}。拒不公开的，应以理由重抽，开启新一轮。",
            "These parties have not revealed: {who}. If one refuses, redraw with a reason: a new epoch begins."
        ),
    )
    .into())
}

pub async fn draw(tx: &WriteTx, id: Uuid, version: i32) -> Result<Change<Task>> {
    let before = tasks::get_led(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let status = apply(TaskStatus::of(&before.status)?, TaskAction::Draw)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;
    super::check_items(tx, &parts).await?;
    let secrets = secrets(&before, &parts)?;
    let frozen = draws::of_epoch(tx.conn(), id, before.epoch).await?;
    let frozen = frozen.ok_or_else(|| AppError::internal("frozen task without draw"))?;
    let record = draws::record(tx.conn(), frozen.id, true).await?;
    let mut objects = BTreeMap::new();
    let mut pool = Vec::with_capacity(record.pool.len());
    for row in record.pool {
        let object_ref = digest(&row.object_ref)?;
        objects.insert(object_ref, row.object_id);
        pool.push(Leaf { object_ref, stratum: row.stratum });
    }
    let roots = FrozenRoots {
        pool: digest(&frozen.pool_root)?,
        roster: digest(&frozen.roster_root)?,
        recusals: digest(&frozen.recusal_root)?,
    };
    let epoch = u32::try_from(before.epoch).map_err(AppError::internal)?;
    let seed = seed(id, epoch, &roots, &secrets);
    let strata: Vec<Stratum> = serde_json::from_value(frozen.strata.clone())?;
    let selected = select(&seed, id, &strata, &pool);
    let rows = selected.iter().enumerate().map(|(at, drawn)| {
        let object_id = objects.get(&drawn.object_ref).copied();
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
    let drawn = entity::draws::Model {
        status: DrawStatus::Drawn.code().to_owned(),
        seed: Some(hex::encode(seed)),
        selected_count: i32::try_from(rows.len()).unwrap_or(i32::MAX),
        drawn_at: Some(tx.ctx().now),
        ..frozen.clone()
    };
    let after = Model { status: status.code().to_owned(), ..before.clone() };
    let task = replace::<Entity>(tx, &before, after).await?;
    let drawn = replace::<entity::draws::Entity>(tx, &frozen, drawn).await?;
    draws::insert_all::<draw_selections::Entity>(tx.conn(), rows).await?;
    let task = with_parts(tx, task).await?;
    let lead = before.lead_department_id;
    let event = Event::new(AuditAction::Drawn, "tasks", id).department(lead).before(&before).after(&task.task);
    let of_draw = Event::new(AuditAction::Drawn, "draws", drawn.id).department(lead).before(&frozen).after(&drawn);
    Ok(Change::new(task, event).and(of_draw))
}
