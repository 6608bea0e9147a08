//! 合作系统: registered by the security administrator, with what they may do, how far, and how they prove who they are.

mod assertion;
pub mod bodies;
pub mod keys;
pub mod token;
pub mod usage;

use crate::app::App;
use crate::kernel::ctx::{new_id, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::clients as store;
use crate::persistence::kernel::change::{Change, Event};
use crate::persistence::kernel::noun::{check_version, insert, replace};
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::register::departments;
use crate::service::access::auth::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bodies::{ClientBody, ClientPatch};
use chrono::{DateTime, Duration, Utc};
use domain::access::clients::{ClientAction, ClientAuthMethod, ClientStatus, KeptSecret, apply};
use domain::oversight::audit::AuditAction;
use entity::access::clients::{Entity, Model};
use uuid::Uuid;

fn new_secret(now: DateTime<Utc>) -> (String, KeptSecret) {
    let secret = BASE64.encode(random::<32>());
    let kept = KeptSecret { digest: digest(&secret), created_at: now, expires_at: None };
    (secret, kept)
}

/// The client, and its secret where it has one: shown once.
pub async fn create(tx: &WriteTx, body: ClientBody) -> Result<Change<(Model, Option<String>)>> {
    departments::get(tx.conn(), body.department_id).await.map_err(|error| error.or_no_such("/department_id"))?;
    bodies::check(&body.scopes, &body.keys)?;
    let now = tx.ctx().now;
    let (secret, kept) = match body.auth_method {
        ClientAuthMethod::ClientSecretBasic => {
            let (secret, kept) = new_secret(now);
            (Some(secret), vec![kept])
        }
        ClientAuthMethod::PrivateKeyJwt => (None, Vec::new()),
    };
    let model = Model {
        id: new_id(),
        name: body.name,
        department_id: body.department_id,
        region_code: body.region_code,
        scopes: body.scopes.into(),
        auth_method: body.auth_method,
        keys: body.keys.into(),
        secrets: kept.into(),
        requests_per_minute: body.requests_per_minute,
        // Who registers a client does not bring it to life.
        status: ClientStatus::Disabled,
        last_used_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let saved = insert(tx, model).await?;
    let event = event(AuditAction::Created, &saved).after(&saved);

    Ok(Change::new((saved, secret), event))
}

/// What a client may do was authorized by somebody else as it stood: with another grant or another key it waits to be again.
pub async fn update(tx: &WriteTx, id: Uuid, version: i32, change: ClientPatch) -> Result<Change<Model>> {
    let mut client = tx.edit::<Entity>(id, version).await?;

    client.name = change.name.unwrap_or_else(|| client.name.clone());
    client.requests_per_minute = change.requests_per_minute.unwrap_or(client.requests_per_minute);
    client.region_code = change.region_code.unwrap_or_else(|| client.region_code.clone());
    if let Some(scopes) = change.scopes {
        client.scopes = scopes.into();
    }
    if let Some(keys) = change.keys {
        client.keys = keys.into();
    }
    bodies::check(&client.scopes, &client.keys)?;

    let granted = |row: &Model| (row.region_code.clone(), row.scopes.clone(), row.keys.clone());
    if granted(&client) != granted(client.before()) {
        client.status = ClientStatus::Disabled;
    }
    client.save(AuditAction::Updated, None).await
}

pub async fn set_status(tx: &WriteTx, id: Uuid, version: i32, action: ClientAction) -> Result<Change<Model>> {
    let before = store::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    let status = apply(before.status, action)?;
    let after = Model { status, ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let action = match action {
        ClientAction::Activate => AuditAction::Activated,
        ClientAction::Disable => AuditAction::Disabled,
    };
    let event = event(action, &saved).before(&before).after(&saved);
    Ok(Change::new(saved, event))
}

/// A new secret; the one before works for some hours more, those before it no longer.
pub async fn rotate_secret(
    app: &App,
    tx: &WriteTx,
    id: Uuid,
    version: i32,
    overlap_hours: Option<u32>,
) -> Result<Change<(Model, Option<String>)>> {
    let before = store::get(tx.conn(), id).await?;
    check_version::<Entity>(&before, version)?;
    if before.auth_method != ClientAuthMethod::ClientSecretBasic {
        let status = ("PRIVATE_KEY_JWT", "以私钥认证");
        return Err(domain::kernel::refusal::Refusal::state(status, ("ROTATE_SECRET", "轮换密钥")).into());
    }
    let now = tx.ctx().now;
    let overlap = overlap_hours.unwrap_or(app.settings.rules.secret_overlap_hours);
    let mut secrets = before.secrets.0.clone();
    secrets.sort_by_key(|secret| secret.created_at);
    let (secret, kept) = new_secret(now);
    let old =
        secrets.pop().map(|old| KeptSecret { expires_at: Some(now + Duration::hours(i64::from(overlap))), ..old });
    let kept: Vec<_> = old.into_iter().chain([kept]).collect();
    let after = Model { secrets: kept.into(), ..before.clone() };
    let saved = replace::<Entity>(tx, &before, after).await?;
    let event = event(AuditAction::SecretRotated, &saved);

    Ok(Change::new((saved, Some(secret)), event))
}

fn event(action: AuditAction, client: &Model) -> Event {
    Event::new(action, "clients", client.id).department(client.department_id)
}

/// The refusal of a client that does not prove who it is; it does not tell why.
pub(crate) fn invalid_client() -> AppError {
    AppError::new(
        domain::kernel::refusal::Code::InvalidClient,
        domain::kernel::text::text!(
            "客户端标识、密钥或断言不正确，或客户端已停用。",
            "The client id, its secret or its assertion is not right, or the client is disabled."
        ),
    )
}
