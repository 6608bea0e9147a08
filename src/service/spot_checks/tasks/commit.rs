//! Committing to a secret before the freeze and revealing it after.

use super::{Task, decision_facts, with_parts};
use crate::app::App;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::{draws, tasks};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::commitment;
use domain::spot_checks::draws::parse_digest;
use domain::spot_checks::tasks::TaskAction;
use entity::spot_checks::commitments;
use entity::spot_checks::tasks::{Entity, Model};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 封存: SHA-256 over the task, the epoch, the party and a secret of 32 random bytes (docs/verifiable-draw.md §2).
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"commitment": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})))]
pub struct CommitBody {
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub commitment: String,
}

/// 随机数: the 32 bytes committed to, hexadecimal.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"secret": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"})))]
pub struct RevealBody {
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub secret: String,
}

pub async fn commit(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: CommitBody) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;

    decision_facts(app, &before, &parts).decide(&tx.ctx().actor, TaskAction::Commit)?;

    let row = commitments::Model {
        id: new_id(),
        task_id: id,
        epoch: before.epoch,
        department_id: tx.ctx().actor.department_id,
        commitment: body.commitment,
        secret: None,
        committed_by: tx.ctx().actor.id,
        committed_at: tx.ctx().now,
        revealed_at: None,
    };
    let row = insert(tx, row).await?;
    touch(tx, &before, AuditAction::Committed, &row).await
}

pub async fn reveal(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: RevealBody) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;
    let party = tx.ctx().actor.department_id;

    decision_facts(app, &before, &parts).decide(&tx.ctx().actor, TaskAction::Reveal)?;
    let mut made = parts.commitments.into_iter();
    let row = made.find(|made| made.epoch == before.epoch && made.department_id == party);
    let row = row.ok_or_else(|| AppError::internal("decided without a commitment"))?;
    let secret = parse_digest(&body.secret).ok_or_else(|| AppError::internal("the schema lets no other text in"))?;
    let epoch = u32::try_from(before.epoch).map_err(AppError::internal)?;
    if hex::encode(commitment::commit(id, epoch, party, &secret)) != row.commitment {
        return Err(Refusal::new(
            Code::SecretMismatch,
            text!("随机数与封存值不符。", "The secret does not match the commitment."),
        )
        .into());
    }
    let frozen = draws::of_epoch(tx.conn(), id, before.epoch).await?;
    let frozen_at = frozen.ok_or_else(|| AppError::internal("frozen task without draw"))?.frozen_at;
    let revealed =
        commitments::Model { secret: Some(body.secret), revealed_at: Some(tx.ctx().now.max(frozen_at)), ..row };
    let active = revealed.clone().into_active_model().reset_all();
    commitments::Entity::update(active).exec(tx.conn()).await.or_app()?;
    touch(tx, &before, AuditAction::Revealed, &revealed).await
}

/// The task's representation changed, so its version does.
async fn touch(tx: &WriteTx, before: &Model, action: AuditAction, row: &commitments::Model) -> Result<Change<Task>> {
    let task = replace::<Entity>(tx, before, before.clone()).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(action, "tasks", before.id).department(row.department_id).after(row);
    Ok(Change::new(task, event))
}
