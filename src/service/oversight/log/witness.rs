//! 见证: a witness that saw a checkpoint signs it with a key of its own (C2SP tlog-cosignature). From then on the log cannot be
//! rewritten behind that checkpoint without its knowing.

use super::key::cosigned_by;
use crate::kernel::ctx::new_id;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::oversight::log as store;
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::oversight::log::note::{COSIGNS, Checkpoint, VerifierKey};
use entity::oversight::log::checkpoints;
use entity::oversight::log::cosignatures::Model;
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 见证签名
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"line": "— justice.wangcang/510821 0KjQOwAAAABo…"})))]
pub struct CosignBody {
    /// 签名行: `— 名称 base64(密钥标识 ‖ 时间 ‖ 签名)`，按 C2SP tlog-cosignature 对检查点签名所得。
    #[schema(min_length = 10, max_length = 400, pattern = "^— \\S+ [A-Za-z0-9+/=]+$")]
    pub line: String,
}

/// Takes a cosignature of a checkpoint, by a witness that the configuration names.
pub async fn cosign(
    tx: &WriteTx,
    witnesses: &[String],
    id: Uuid,
    body: CosignBody,
) -> Result<Change<checkpoints::Model>> {
    let checkpoint = store::checkpoint(tx.conn(), id).await?;
    let said = Checkpoint::parse(&checkpoint.note).ok_or_else(|| AppError::corrupt("a checkpoint's note"))?.0;
    let known = witnesses.iter().filter_map(|key| VerifierKey::parse(key)).filter(|key| key.kind == COSIGNS);
    let witness = known.into_iter().find(|key| cosigned_by(key, &said, &body.line));
    let Some(witness) = witness else {
        let detail = text!(
            "签名不是已登记见证人对该检查点的签名。",
            "This is no signature of this checkpoint by a witness that is known."
        );
        return Err(AppError::invalid_field("/line", "SIGNATURE_INVALID", detail));
    };

    let row = Model {
        id: new_id(),
        checkpoint_id: checkpoint.id,
        witness: witness.name,
        line: body.line,
        user_id: tx.ctx().actor.id,
        created_at: tx.ctx().now,
    };
    row.clone().into_active_model().reset_all().insert(tx.conn()).await.or_app()?;
    let event = Event::new(AuditAction::Signed, "log-checkpoints", checkpoint.id).after(&row);

    Ok(Change::new(checkpoint, event))
}
