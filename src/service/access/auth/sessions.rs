//! 登录会话: a person's own, and ending them.

use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{sessions, users};
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::tx::WriteTx;
use crate::service::access::users::about;
use domain::oversight::audit::AuditAction;
use uuid::Uuid;

/// Ends one of the caller's own sessions.
pub async fn end(tx: &WriteTx, id: Uuid) -> Result<Change<()>> {
    let ctx = tx.ctx();
    let session = sessions::find(tx.conn(), id).await?.filter(|session| session.user_id == ctx.actor.id);
    let session = session.ok_or_else(AppError::not_found)?;
    sessions::revoke(tx.conn(), session.id, ctx.now).await?;
    let user = users::get(tx.conn(), ctx.actor.id).await?;
    Ok(Change::new((), about(AuditAction::SessionEnded, &user).reason(session.id.to_string())))
}

/// Ends the caller's sessions but the present one.
pub async fn end_others(tx: &WriteTx) -> Result<Change<()>> {
    let ctx = tx.ctx();
    let user = users::get(tx.conn(), ctx.actor.id).await?;
    for session in sessions::living(tx.conn(), user.id, ctx.now).await? {
        if Some(session.id) != ctx.actor.session_id {
            sessions::revoke(tx.conn(), session.id, ctx.now).await?;
        }
    }
    Ok(Change::new((), about(AuditAction::SessionEnded, &user)))
}
