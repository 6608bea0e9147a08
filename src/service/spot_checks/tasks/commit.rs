//! Committing to a secret before the freeze and revealing it after.

use super::{Task, with_parts};
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::{Change, Event, WriteTx};
use crate::persistence::register::departments;
use crate::persistence::spot_checks::{draws, tasks};
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::rules::SEPARATION_OF_DUTIES;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::commitment;
use domain::spot_checks::draws::parse_digest;
use domain::spot_checks::tasks::{TaskAction, apply};
use entity::spot_checks::commitments;
use entity::spot_checks::tasks::{Entity, Model};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 承诺: SHA-256 over the task, the epoch, the party and a secret of 32 random bytes (docs/verifiable-draw.md §2).
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"commitment": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"})))]
pub struct CommitBody {
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub commitment: String,
}

/// 秘密值: the 32 bytes committed to, hexadecimal.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"secret": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"})))]
pub struct RevealBody {
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub secret: String,
}

/// The caller's department, if it is a party to the task: lead, cooperating, or the justice bureau as witness.
async fn party(tx: &WriteTx, task: &Model) -> Result<Uuid> {
    let own = tx.ctx().actor.department_id;
    let parts = tasks::parts_of(tx.conn(), task.id).await?;
    let witness = departments::of_kind(tx.conn(), "JUSTICE").await?.map(|department| department.id);
    if parts.departments.iter().any(|department| department.department_id == own) || witness == Some(own) {
        return Ok(own);
    }
    Err(Refusal::new(
        Code::PartyNotOfTask,
        text!(
            "只有发起部门、配合部门和司法行政部门可以参加承诺。",
            "Only the lead, the cooperating departments and the justice bureau take part."
        ),
    )
    .into())
}

pub async fn commit(tx: &WriteTx, id: Uuid, version: i32, body: CommitBody) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    apply(before.status, TaskAction::Commit)?;
    let party = party(tx, &before).await?;
    let made = tasks::parts_of(tx.conn(), id).await?.commitments;
    if made.iter().any(|made| made.epoch == before.epoch && made.department_id == party) {
        return Err(Refusal::new(
            Code::CommitmentExists,
            text!(
                "本部门在本轮已提交承诺，不能更改。",
                "Your department has committed for this epoch; it cannot be changed."
            ),
        )
        .into());
    }
    let persons = tx.ctx().actor.persons();
    if made.iter().any(|made| made.epoch == before.epoch && persons.contains(&made.committed_by)) {
        return Err(Refusal::new(
            Code::SelfReview,
            text!(
                "同一人不得代表两个承诺方，请由本部门其他人员提交。",
                "One person is not two parties: somebody else has to commit for your department."
            ),
        )
        .under(SEPARATION_OF_DUTIES)
        .into());
    }
    let row = commitments::Model {
        id: new_id(),
        task_id: id,
        epoch: before.epoch,
        department_id: party,
        commitment: body.commitment,
        secret: None,
        committed_by: tx.ctx().actor.id,
        committed_at: tx.ctx().now,
        revealed_at: None,
    };
    let row = insert(tx, row).await?;
    touch(tx, &before, AuditAction::Committed, &row).await
}

pub async fn reveal(tx: &WriteTx, id: Uuid, version: i32, body: RevealBody) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    apply(before.status, TaskAction::Reveal)?;
    let party = party(tx, &before).await?;
    let made = tasks::parts_of(tx.conn(), id).await?.commitments;
    let row = made.into_iter().find(|made| made.epoch == before.epoch && made.department_id == party);
    let row = row.ok_or_else(|| {
        AppError::from(Refusal::new(
            Code::SecretMismatch,
            text!("本部门在本轮没有承诺。", "Your department did not commit for this epoch."),
        ))
    })?;
    let secret = parse_digest(&body.secret).ok_or_else(|| AppError::internal("the schema lets no other text in"))?;
    let epoch = u32::try_from(before.epoch).map_err(AppError::internal)?;
    if hex::encode(commitment::commit(id, epoch, party, &secret)) != row.commitment {
        return Err(Refusal::new(
            Code::SecretMismatch,
            text!("秘密值与承诺不符。", "The secret does not match the commitment."),
        )
        .into());
    }
    if row.secret.is_some() {
        return Err(Refusal::new(
            Code::SecretRevealed,
            text!("本部门的秘密值已公开。", "Your department's secret is public already."),
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
