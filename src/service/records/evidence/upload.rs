//! A file on its way in. What has arrived is kept piece by piece, so that a line that breaks costs a piece at most; the digest
//! goes along, and the last byte decides whether the file is the one that was captured.

use super::{FOLDER, facts_of};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::edit::find;
use crate::persistence::kernel::noun::lock_row;
use crate::persistence::kernel::tx::write;
use crate::persistence::records::evidence as store;
use crate::service::records::files;
use domain::access::Decide;
use domain::kernel::refusal::{Code, Refusal};
use domain::kernel::text::text;
use domain::oversight::audit::AuditAction;
use domain::records::evidence::EvidenceAction;
use entity::records::evidence::{Entity, Model};
use entity::records::evidence_chunks;
use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How much is kept at once, and held in memory for each file on its way.
pub const PIECE: usize = 1024 * 1024;
/// A file of the largest size has 2,048 whole pieces; who sends a file byte by byte does not go on for ever.
const MOST_PIECES: u64 = 8_192;

/// How far a file has come, and how long it will be.
pub async fn standing(app: &App, ctx: &Ctx, id: Uuid) -> Result<(i64, i64)> {
    let row = find::<Entity>(&app.db, ctx, id).await?;
    // What has arrived whole is here whole.
    let received = if row.status == domain::records::evidence::EvidenceStatus::Declared {
        row.received_bytes
    } else {
        row.size_bytes
    };
    Ok((received, row.size_bytes))
}

/// A file that is being sent.
pub struct Upload<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    row: Model,
    hasher: Sha256,
    /// Where the held piece begins.
    at: i64,
    held: Vec<u8>,
}

impl<'a> Upload<'a> {
    /// Goes on where the file has come to.
    pub async fn resume(app: &'a App, ctx: &'a Ctx, id: Uuid, offset: i64) -> Result<Self> {
        let row = find::<Entity>(&app.db, ctx, id).await?;
        facts_of(&app.db, &row).await?.decide(&ctx.actor, EvidenceAction::Upload)?;
        if offset != row.received_bytes {
            return Err(elsewhere(row.received_bytes));
        }
        if store::count_chunks(&app.db, id).await? >= MOST_PIECES {
            let detail =
                text!("分片过多，请作废后重新登记。", "It came in too many pieces: discard it and register it anew.");
            return Err(Refusal::new(Code::StateConflict, detail).into());
        }

        let hasher = match &row.hash_state {
            None => Sha256::new(),
            Some(state) => restore(state)?,
        };
        Ok(Self { app, ctx, at: row.received_bytes, row, hasher, held: Vec::new() })
    }

    /// Takes bytes; more than the file was said to have are refused.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Result<()> {
        let size = self.row.size_bytes;
        let left = size - self.at - i64::try_from(self.held.len()).unwrap_or(i64::MAX);
        if i64::try_from(bytes.len()).unwrap_or(i64::MAX) > left {
            let detail = text!("内容超过登记的 {size} 字节。", "The file was said to have {size} bytes; this is more.");
            return Err(AppError::new(Code::PayloadTooLarge, detail));
        }

        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.held.len()));
            self.held.extend_from_slice(now);
            bytes = later;
            if self.held.len() == PIECE {
                self.keep().await?;
            }
        }
        Ok(())
    }

    /// Keeps what is held.
    pub async fn keep(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.held);
        self.hasher.update(&piece);
        let key = files::keep(self.app, FOLDER, &piece).await?;
        let size = i32::try_from(piece.len()).unwrap_or(i32::MAX);
        let chunk = evidence_chunks::Model { evidence_id: self.row.id, start: self.at, size, key: key.clone() };

        let taken = store::append(&self.app.db, &chunk, &hex::encode(self.hasher.serialize()), self.ctx.now).await;
        if !matches!(taken, Ok(true)) {
            files::forget(self.app, [key]).await;
            let (received, _) = standing(self.app, self.ctx, self.row.id).await?;
            taken?;
            return Err(elsewhere(received));
        }
        self.at += i64::from(size);
        Ok(())
    }

    /// Keeps the rest; a file that is whole goes to its check. Says how far it has come.
    pub async fn finish(mut self) -> Result<(i64, i64)> {
        self.keep().await?;
        if self.at == self.row.size_bytes {
            let digest = hex::encode(self.hasher.finalize());
            if digest == self.row.sha256 {
                receive(self.app, self.ctx, self.row.id).await?;
            } else {
                return Err(refuse(self.app, self.ctx, self.row.id, &digest).await?);
            }
        }
        Ok((self.at, self.row.size_bytes))
    }
}

fn restore(state: &str) -> Result<Sha256> {
    let bytes = hex::decode(state).map_err(AppError::corrupt)?;
    let state = bytes.as_slice().try_into().map_err(|_| AppError::corrupt("the state of a digest"))?;
    Sha256::deserialize(state).map_err(AppError::corrupt)
}

fn elsewhere(received: i64) -> AppError {
    let detail = text!(
        "已收到 {received} 字节，请从该处续传（Upload-Offset）。",
        "{received} bytes are here: go on from there (Upload-Offset)."
    );
    AppError::new(Code::UploadOffset, detail)
}

/// The file is whole and the one that was captured.
async fn receive(app: &App, ctx: &Ctx, id: Uuid) -> Result<()> {
    write(&app.db, ctx, async |tx| {
        lock_row::<Entity>(tx.conn(), id).await?;
        let row = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
        let facts = facts_of(tx.conn(), &row).await?;
        let mut row = tx.edit_along::<Entity>(row);
        row.status = facts.decide(&tx.ctx().actor, EvidenceAction::Upload)?;
        row.received_at = Some(tx.ctx().now);
        row.hash_state = None;
        row.save(AuditAction::Arrived, None).await
    })
    .await?;
    app.evidence.notify_waiters();
    app.evidence.notify_one();
    Ok(())
}

/// The file is whole and another one: it begins anew, and the trail has what came.
async fn refuse(app: &App, ctx: &Ctx, id: Uuid, digest: &str) -> Result<AppError> {
    let keys = write(&app.db, ctx, async |tx| {
        lock_row::<Entity>(tx.conn(), id).await?;
        let row = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
        facts_of(tx.conn(), &row).await?.decide(&tx.ctx().actor, EvidenceAction::Upload)?;
        let keys = store::drop_chunks(tx.conn(), id).await?;
        let mut row = tx.edit_along::<Entity>(row);
        row.received_bytes = 0;
        row.hash_state = None;
        row.received_at = None;
        let saved = row.write().await?;
        let event = Event::of::<Entity>(AuditAction::ArrivalRefused, &saved);
        let event = event.after(&serde_json::json!({
            "status": saved.status, "filename": saved.filename, "declared_by": saved.declared_by,
            "department_id": saved.department_id, "sha256": saved.sha256, "arrived_sha256": digest
        }));
        Ok(Change::new(keys, event))
    })
    .await?;
    files::forget(app, keys).await;

    let detail = text!(
        "收到的文件与采集时的摘要不符（收到 {digest}），已清空，请重新上传原文件。",
        "The file is not the one whose digest was made at capture (this one has {digest}); send the original from the beginning."
    );
    let error = crate::kernel::error::FieldError::new("/sha256", "DIGEST_MISMATCH", detail.clone());
    Ok(AppError::new(Code::DigestMismatch, detail).with_errors(vec![error]))
}
