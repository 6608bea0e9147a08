//! From an access token to the one who acts.

use super::tokens::{Claims, verify};
use crate::app::{App, Session};
use crate::kernel::ctx::{Actor, Ctx};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::{activity, clients, delegations, sessions, users};
use crate::persistence::register::departments;
use chrono::{DateTime, Utc};
use domain::access::clients::ClientStatus;
use domain::access::users::UserStatus;
use domain::access::{Permission, Reach, Role, check_duties};
use entity::access::clients::Model as Client;
use entity::access::users::Model as User;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// Who an access token belongs to. Looked up once in half a minute a token; endings in this process count at once.
pub async fn authenticate(app: &App, token: &str, now: DateTime<Utc>) -> Result<Arc<Actor>> {
    let key: [u8; 32] = Sha256::digest(token).into();
    if let Some(session) = app.sessions.get(&key)
        && session.expires_at > now
    {
        return Ok(session.actor);
    }
    let claims = verify(app, token)?;
    let actor = match claims.client_id {
        Some(client) => of_client(app, client, claims.scope.as_deref().unwrap_or_default()).await?,
        None => of_person(app, &claims, now).await?,
    };
    let expires_at = DateTime::from_timestamp(claims.exp, 0).unwrap_or(now);
    app.sessions.insert(key, Session { actor: Arc::clone(&actor), expires_at });

    Ok(actor)
}

async fn of_person(app: &App, claims: &Claims, now: DateTime<Utc>) -> Result<Arc<Actor>> {
    let refused = AppError::unauthenticated;
    let session = sessions::find(&app.db, claims.sid.ok_or_else(refused)?).await?.ok_or_else(refused)?;
    if session.user_id != claims.sub || session.revoked_at.is_some() || session.ends_at <= now {
        return Err(refused());
    }
    let user = active(app, claims.sub).await?;
    if let Err(error) = activity::seen(&app.db, user.id, domain::kernel::clocks::calendar::local_date(now)).await {
        // To be counted is no condition of being served.
        tracing::warn!(%error, "the activity was not written down");
    }
    let mut actor = of_user(app, &user).await?;
    actor.session_id = Some(session.id);
    actor.second_factor_due = app.settings.security.second_factor_due(actor.role) && !session.second_factor;
    let Some(delegation) = claims.dlg else { return Ok(Arc::new(actor)) };
    let delegation = delegations::find(&app.db, delegation).await?.ok_or_else(refused)?;
    let in_force = delegation.revoked_at.is_none() && delegation.starts_at <= now && now < delegation.ends_at;
    if delegation.to_user_id != user.id || !in_force {
        return Err(refused());
    }
    let principal = active(app, delegation.from_user_id).await?;
    let stands_for = of_user(app, &principal).await?;
    check_duties(actor.role, stands_for.role)?;
    let due = app.settings.security.second_factor_due(stands_for.role) && !session.second_factor;

    Ok(Arc::new(Actor {
        id: actor.id,
        username: actor.username,
        display_name: actor.display_name,
        acts_for: Some(principal.id),
        session_id: actor.session_id,
        second_factor_due: actor.second_factor_due || due,
        personnel_id: None,
        ..stands_for
    }))
}

async fn active(app: &App, id: Uuid) -> Result<User> {
    let user = users::find(&app.db, id).await?;
    user.filter(|user| user.status == UserStatus::Active).ok_or_else(AppError::unauthenticated)
}

/// A partner system with those of its grants that the token asked for.
async fn of_client(app: &App, id: Uuid, scope: &str) -> Result<Arc<Actor>> {
    let client = clients::find(&app.db, id).await?;
    let client = client.filter(|client| client.status == ClientStatus::Active);
    let client = client.ok_or_else(AppError::unauthenticated)?;
    let mut granted = client.scopes.0.clone();
    let asked: Vec<_> = scope.split(' ').collect();
    granted.retain(|code| asked.contains(&code.as_str()));
    partner(app, client, &granted).await.map(Arc::new)
}

/// A partner system under some of its grants.
pub async fn partner(app: &App, client: Client, scopes: &[String]) -> Result<Actor> {
    let mut scopes: Vec<_> = scopes.iter().filter_map(|code| Permission::of(code)).collect();
    scopes.push(Permission::AccessRead);

    Ok(Actor {
        id: client.id,
        username: client.name.clone(),
        display_name: client.name,
        role: Role::Partner,
        department_id: client.department_id,
        departments: departments::subtree(&app.db, client.department_id).await?,
        region_code: Some(client.region_code),
        personnel_id: None,
        scopes: Some(scopes),
        acts_for: None,
        delegates: Vec::new(),
        session_id: None,
        second_factor_due: false,
        requests_per_minute: u32::try_from(client.requests_per_minute).ok(),
    })
}

/// An account with the departments it reaches.
pub async fn actor(app: &App, user: &User) -> Result<Arc<Actor>> {
    of_user(app, user).await.map(Arc::new)
}

async fn of_user(app: &App, user: &User) -> Result<Actor> {
    let actor = actor_of(user)?;
    let departments = departments::subtree(&app.db, actor.department_id).await?;
    let delegates = delegations::delegates_of(&app.db, user.id, crate::kernel::ctx::now()).await?;
    Ok(Actor { departments, delegates, ..actor })
}

fn actor_of(user: &User) -> Result<Actor> {
    let (Some(role), Some(department_id)) = (user.role, user.department_id) else {
        return Err(AppError::unauthenticated());
    };
    Ok(Actor {
        id: user.id,
        username: user.username.clone(),
        display_name: user.display_name.clone(),
        role,
        department_id,
        departments: vec![department_id],
        region_code: user.region_code.clone(),
        personnel_id: user.personnel_id,
        scopes: None,
        acts_for: None,
        delegates: Vec::new(),
        session_id: None,
        second_factor_due: false,
        requests_per_minute: None,
    })
}

/// The context of somebody who is about to log in or out; it reaches nothing but the own account. An unknown or
/// unbound one acts as the system.
pub(super) fn ctx_of<'a>(user: impl Into<Option<&'a User>>, request_id: &str) -> Ctx {
    let actor = user.into().and_then(|user| actor_of(user).ok());
    let actor = actor.map_or_else(|| Ctx::console("auth").actor, Arc::new);
    Ctx::new(actor, Reach::Assigned, request_id.to_owned())
}
