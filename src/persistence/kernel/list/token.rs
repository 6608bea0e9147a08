//! Page tokens: where the page ended, under a MAC that binds it to the person, the path, the filters and the sort.

use super::ListRequest;
use super::request::no_page;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::db::Db;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use domain::kernel::text::text;
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::EntityTrait;

pub(super) fn bad_cursor() -> AppError {
    no_page(
        "cursor",
        text!(
            "分页标记无效：它只对同一用户、同一筛选和排序有效。",
            "The cursor is not valid: it belongs to one user, one filter and one sort."
        ),
    )
}

pub(super) fn seal_token<E: EntityTrait>(
    db: &Db,
    ctx: &Ctx,
    request: &ListRequest<E>,
    value: &str,
    id: &str,
) -> Result<String> {
    let content = serde_json::to_vec(&[value, id])?;
    let mut token = token_mac(db, ctx, request, &content).to_vec();
    token.extend_from_slice(&content);
    Ok(BASE64.encode(token))
}

pub(super) fn open_token<E: EntityTrait>(
    db: &Db,
    ctx: &Ctx,
    request: &ListRequest<E>,
    token: &str,
) -> Option<(String, String)> {
    let bytes = BASE64.decode(token).ok()?;
    let (mac, content) = bytes.split_at_checked(16)?;
    if mac != token_mac(db, ctx, request, content) {
        return None;
    }
    let [value, id]: [String; 2] = serde_json::from_slice(content).ok()?;
    Some((value, id))
}

fn token_mac<E: EntityTrait>(db: &Db, ctx: &Ctx, request: &ListRequest<E>, content: &[u8]) -> [u8; 16] {
    let mut mac: Hmac<sha2::Sha256> =
        Hmac::new_from_slice(&db.page_key).unwrap_or_else(|_| Hmac::new(&Default::default()));
    for part in [ctx.actor.id.as_bytes().as_slice(), request.binding.as_bytes(), content] {
        mac.update(&u64::try_from(part.len()).unwrap_or(0).to_be_bytes());
        mac.update(part);
    }
    let full: [u8; 32] = mac.finalize().into_bytes().into();
    let mut short = [0; 16];
    short.copy_from_slice(&full[..16]);
    short
}
