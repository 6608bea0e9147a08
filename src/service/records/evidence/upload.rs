//! A file on its way in. What has arrived is kept piece by piece, so that a line that breaks costs a piece at most; the digest
//! goes along, and the last byte decides whether the file is the one that was captured.

use super::{FOLDER, facts_of};
use crate::app::App;
use crate::kernel::ctx::{Ctx, now};
use crate::kernel::error::{AppError, FieldError, Result};
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
use domain::records::evidence::{EvidenceAction, EvidenceStatus};
use entity::records::evidence::{Entity, Model};
use entity::records::evidence_chunks;
use sha2::digest::common::hazmat::SerializableState;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How much is kept at once, and held in memory for each file on its way.
const PIECE: usize = 1024 * 1024;
/// A file of the largest size has 2,048 whole pieces; who sends a file byte by byte does not go on for ever.
const MOST_PIECES: u64 = 8_192;

/// How far a file has come, and how long it will be. One that is here whole is judged before anything is said of it.
pub async fn standing(app: &App, ctx: &Ctx, id: Uuid) -> Result<(i64, i64)> {
    let mut row = find::<Entity>(&app.db, ctx, id).await?;
    if row.status == EvidenceStatus::Declared && row.received_bytes == row.size_bytes {
        match judge(app, ctx, id).await {
            Err(error) if error.code != Code::DigestMismatch => return Err(error),
            Ok(()) | Err(_) => row = find::<Entity>(&app.db, ctx, id).await?,
        }
    }
    match row.status {
        EvidenceStatus::Declared => Ok((row.received_bytes.max(0), row.size_bytes)),
        EvidenceStatus::Received | EvidenceStatus::Kept => Ok((row.size_bytes, row.size_bytes)),
        // Nothing of it is wanted any more: whoever sends it must not think that all is well.
        EvidenceStatus::Refused | EvidenceStatus::Discarded => {
            Err(Refusal::state(row.status, EvidenceAction::Upload).into())
        }
    }
}

/// A file that is being sent.
pub struct Upload<'a> {
    app: &'a App,
    ctx: &'a Ctx,
    row: Model,
    hasher: Sha256,
    /// The digest's state as it is stored.
    state: Option<String>,
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
        let state = row.hash_state.clone();
        Ok(Self { app, ctx, at: row.received_bytes, row, hasher, state, held: Vec::new() })
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

        let state = hex::encode(self.hasher.serialize());
        // Whether a commit was made that was not answered is not known: its file is left to the sweep.
        if !store::append(&self.app.db, &chunk, (self.state.as_deref(), &state), now()).await? {
            files::forget(self.app, [key]).await;
            let (received, _) = standing(self.app, self.ctx, self.row.id).await?;
            return Err(elsewhere(received));
        }
        self.state = Some(state);
        self.at += i64::from(size);
        Ok(())
    }

    /// Keeps the rest; a file that is whole is judged. Says how far it has come, and how long it will be.
    pub async fn finish(mut self) -> Result<(i64, i64)> {
        self.keep().await?;
        if self.at == self.row.size_bytes {
            judge(self.app, self.ctx, self.row.id).await?;
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

/// A file that is here whole: it is the one that was captured and goes to its check, or another one and begins anew.
pub(super) async fn judge(app: &App, ctx: &Ctx, id: Uuid) -> Result<()> {
    let judged = write(&app.db, ctx, async |tx| {
        lock_row::<Entity>(tx.conn(), id).await?;
        let row = find::<Entity>(tx.conn(), tx.ctx(), id).await?;
        if row.status != EvidenceStatus::Declared || row.received_bytes != row.size_bytes {
            return Ok(Change::unmade(None));
        }
        let facts = facts_of(tx.conn(), &row).await?;
        let next = facts.decide(&tx.ctx().actor, EvidenceAction::Upload)?;
        let digest = hex::encode(restore(row.hash_state.as_deref().unwrap_or_default())?.finalize());

        let mut row = tx.edit_along::<Entity>(row);
        if digest == row.sha256 {
            row.status = next;
            row.received_at = Some(now());
            row.hash_state = None;
            return Ok(row.save(AuditAction::Arrived, None).await?.map(|_| None));
        }
        row.received_bytes = store::REMOVING;
        row.hash_state = None;
        let saved = row.write().await?;
        let event = Event::of::<Entity>(AuditAction::ArrivalRefused, &saved).after(&serde_json::json!({
            "status": saved.status, "filename": saved.filename, "declared_by": saved.declared_by,
            "department_id": saved.department_id, "sha256": saved.sha256, "arrived_sha256": digest
        }));
        Ok(Change::new(Some(digest), event))
    })
    .await?;

    let Some(digest) = judged else {
        app.evidence.notify_waiters();
        app.evidence.notify_one();
        return Ok(());
    };
    remove(app, id).await?;
    let detail = text!(
        "收到的文件与采集时的摘要不符（收到 {digest}），已清空，请重新上传原文件。",
        "The file is not the one whose digest was made at capture (this one has {digest}); send the original from the beginning."
    );
    let error = FieldError::new("/sha256", "DIGEST_MISMATCH", detail.clone());
    Err(AppError::new(Code::DigestMismatch, detail).with_errors(vec![error]))
}

/// Removes the bytes of a file that is marked so: first what is stored, then what refers to it, so that nothing is forgotten
/// where the process ends between.
pub(super) async fn remove(app: &App, id: Uuid) -> Result<()> {
    for chunk in store::chunks(&app.db, id, -1, i64::MAX).await? {
        app.files.delete(&chunk.key).await?;
    }
    store::end_removal(&app.db, id).await
}
