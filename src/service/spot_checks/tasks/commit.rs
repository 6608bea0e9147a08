//! Committing to a secret before the freeze and revealing it after.

use super::{Task, changes, decision_facts, parties, with_parts};
use crate::app::App;
use crate::kernel::ctx::{new_id, now};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::tasks;
use crate::service::spot_checks::draws::{acts, algorithm, receipted, time};
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::signature::verifies;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::spot_checks::draws::commitment;
use domain::spot_checks::draws::parse_digest;
use domain::spot_checks::tasks::TaskAction;
use entity::spot_checks::tasks::{Entity, Model};
use entity::spot_checks::{commitments, draws};
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

/// 随机数: the 32 bytes committed to, hexadecimal, and the terms of the freeze as the party was given them.
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({
    "secret": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    "terms": "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9"
})))]
pub struct RevealBody {
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub secret: String,
    /// 冻结摘要（任务的 `draw.terms`）; refused where it is not the service's, so that what changed after the freeze is found.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub terms: String,
    /// 本部门以自己的密钥（Ed25519）对回执的签名; only of a party whose key is published.
    #[schema(pattern = "^[0-9a-f]{128}$")]
    #[serde(default)]
    pub signature: Option<String>,
}

pub async fn commit(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: CommitBody) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;
    let party = tx.ctx().actor.department_id;

    decision_facts(app, tx.ctx().now, &before, &parts).decide(&tx.ctx().actor, TaskAction::Commit)?;
    if tasks::is_used(tx.conn(), commitments::Column::Commitment, &body.commitment).await? {
        let detail = text!(
            "该封存值已用过；请以 mingjian draw-secret 另行生成。",
            "This commitment was used before; make another with mingjian draw-secret."
        );
        return Err(Refusal::new(Code::CommitmentUsed, detail).into());
    }

    changes::keep_first(app, tx, &before, &parts).await?;
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
        who: Some(parties::who(app, tx, &before, &parts, party).await?.into()),
        signature: None,
    };
    let row = insert(tx, row).await?;
    Ok(touch(tx, &before, AuditAction::Committed, &row).await?.and(acts::committed(&row)))
}

pub async fn reveal(app: &App, tx: &WriteTx, id: Uuid, version: i32, body: RevealBody) -> Result<Change<Task>> {
    let before = tasks::get(tx.conn(), tx.ctx(), id).await?;
    check_version::<Entity>(&before, version)?;
    let parts = tasks::parts_of(tx.conn(), id).await?;
    let party = tx.ctx().actor.department_id;

    // When the secret has come, not when somebody began to send it: the public value may be known meanwhile.
    let now = now();
    decision_facts(app, now, &before, &parts).decide(&tx.ctx().actor, TaskAction::Reveal)?;
    let current = || parts.commitments.iter().filter(|made| made.epoch == before.epoch);
    // After the freeze and after who revealed before, whatever the clocks of two servers say.
    let latest = current().filter_map(|made| made.revealed_at).max();
    let row = current().find(|made| made.department_id == party).cloned();
    let row = row.ok_or_else(|| AppError::internal("decided without a commitment"))?;
    let draw = parts.draw.ok_or_else(|| AppError::internal("frozen task without draw"))?;
    check_terms(&draw, &body.terms)?;
    check_secret(tx, &draw, &row, &body.secret).await?;
    if let Some(signature) = &body.signature {
        check_signature(&draw, &row, signature)?;
    }

    let revealed = commitments::Model {
        secret: Some(body.secret),
        revealed_at: latest.into_iter().chain([now, draw.frozen_at]).max(),
        signature: body.signature,
        ..row
    };
    let active = revealed.clone().into_active_model().reset_all();
    commitments::Entity::update(active).exec(tx.conn()).await.or_app()?;
    Ok(touch(tx, &before, AuditAction::Revealed, &revealed).await?.and(acts::revealed(&revealed)))
}

/// A party reveals under the terms that it was given at the freeze, or not at all.
fn check_terms(draw: &draws::Model, given: &str) -> Result<()> {
    if draw.terms == given {
        return Ok(());
    }

    let stored = &draw.terms;
    Err(Refusal::new(
        Code::TermsDiffer,
        text!(
            "所持冻结摘要与现存的 {stored} 不同：冻结后的记录可能已被改动，请勿启封，并请司法行政部门查明。",
            "The terms you were given are not those stored now, {stored}: what was frozen may have been changed. Do not reveal; have the justice bureau find out."
        ),
    )
    .into())
}

/// The secret that was committed to, drawn rather than thought of, and used once.
async fn check_secret(tx: &WriteTx, draw: &draws::Model, made: &commitments::Model, secret: &str) -> Result<()> {
    let bytes = parse_digest(secret).ok_or_else(|| AppError::internal("the schema lets no other text in"))?;
    let epoch = u32::try_from(made.epoch).map_err(AppError::internal)?;
    let committed = commitment::commit(algorithm(draw)?, made.task_id, epoch, made.department_id, &bytes);
    if hex::encode(committed) != made.commitment {
        let detail = text!("随机数与封存值不符。", "The secret does not match the commitment.");
        return Err(Refusal::new(Code::SecretMismatch, detail).into());
    }
    if commitment::is_weak(&bytes) {
        let detail = text!(
            "随机数可被猜中（重复、等差或为文字），不予采用；请以理由作废本轮，用 mingjian draw-secret 另行生成。",
            "This secret can be guessed (repeated bytes, equal steps, or a text) and is not taken: give up the epoch with a reason and make another with mingjian draw-secret."
        );
        return Err(Refusal::new(Code::SecretWeak, detail).into());
    }
    if tasks::is_used(tx.conn(), commitments::Column::Secret, secret).await? {
        let detail = text!(
            "该随机数已在另一轮或由另一方公开过，不予采用；请以理由作废本轮后另行生成。",
            "This secret was public before, in another epoch or of another party: give up the epoch with a reason and make another."
        );
        return Err(Refusal::new(Code::SecretUsed, detail).into());
    }

    Ok(())
}

/// A party's signature is of the receipt, by the key that was published when it committed.
fn check_signature(draw: &draws::Model, made: &commitments::Model, signature: &str) -> Result<()> {
    let key = made.who.as_ref().and_then(|who| parse_digest(who.key.as_deref()?));
    let message = receipted(draw, &time(draw.frozen_at))?.message();
    let bytes = hex::decode(signature).ok().and_then(|bytes| bytes.try_into().ok());
    if key.zip(bytes).is_some_and(|(key, signature)| verifies(&key, &message, &signature)) {
        return Ok(());
    }

    let detail = match key {
        None => text!(
            "本部门没有公布的密钥，不能签名；请在配置中登记后于下一轮使用。",
            "No key of your department was published when it committed, so it cannot sign."
        ),
        Some(_) => text!(
            "签名不是以本部门公布的密钥对冻结回执所作。",
            "The signature is not of the receipt by your department's published key."
        ),
    };
    Err(AppError::invalid_field("/signature", "SIGNATURE_WRONG", detail))
}

/// The task's representation changed, so its version does.
async fn touch(tx: &WriteTx, before: &Model, action: AuditAction, row: &commitments::Model) -> Result<Change<Task>> {
    let task = replace::<Entity>(tx, before, before.clone()).await?;
    let task = with_parts(tx, task).await?;
    let event = Event::new(action, "tasks", before.id).department(row.department_id).after(row);
    Ok(Change::new(task, event))
}
