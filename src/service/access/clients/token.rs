//! `POST /oauth/token`: client credentials (RFC 6749 §4.4) for access tokens of ten minutes (RFC 9068).

use super::{assertion, invalid_client};
use crate::app::App;
use crate::kernel::ctx::now;
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::clients as store;
use crate::service::access::auth::{For, digest, sign};
use chrono::{DateTime, Utc};
use domain::access::clients::{ClientAuthMethod, ClientStatus};
use domain::kernel::text::text;
use entity::access::clients::Model;
use uuid::Uuid;

/// How the client proves who it is.
pub enum Credentials<'a> {
    Secret { client: Uuid, secret: &'a str },
    Assertion(&'a str),
}

pub struct ClientToken {
    pub access_token: String,
    pub expires_in: u32,
    /// What was granted of what was asked for.
    pub scope: String,
}

pub async fn issue(
    app: &App,
    credentials: Credentials<'_>,
    named: Option<&str>,
    scope: Option<&str>,
) -> Result<ClientToken> {
    let now = now();
    let client = authenticate(app, credentials, now).await?;
    // RFC 7521 §4.2: a client id beside the assertion names the same client.
    if named.is_some_and(|named| named != client.id.to_string()) {
        return Err(invalid_client());
    }
    let granted = client.scopes.0.clone();
    let asked: Vec<&str> = match scope {
        Some(scope) => scope.split(' ').filter(|part| !part.is_empty()).collect(),
        None => granted.iter().map(String::as_str).collect(),
    };
    if let Some(foreign) = asked.iter().find(|scope| !granted.iter().any(|known| known == *scope)) {
        let detail = text!("范围 {foreign} 未授予该客户端。", "The scope {foreign} is not granted to this client.");
        return Err(AppError::invalid_field("/scope", "NOT_GRANTED", detail));
    }
    let scope = asked.join(" ");
    let life = app.settings.security.access_token_seconds;
    let token = sign(app, &For::Client { client: client.id, scope: &scope }, now, i64::from(life))?;

    Ok(ClientToken { access_token: token, expires_in: life, scope })
}

async fn authenticate(app: &App, credentials: Credentials<'_>, now: DateTime<Utc>) -> Result<Model> {
    match credentials {
        Credentials::Secret { client, secret } => {
            let digest = digest(secret);
            let client = find(app, client, ClientAuthMethod::ClientSecretBasic).await?;
            let kept = &client.secrets.0;
            let fits = kept.iter().any(|kept| kept.digest == digest && kept.expires_at.is_none_or(|end| end > now));
            if fits { Ok(client) } else { Err(invalid_client()) }
        }
        Credentials::Assertion(token) => {
            let client = find(app, assertion::claimed_client(token)?, ClientAuthMethod::PrivateKeyJwt).await?;
            let issuer = app.settings.security.issuer.as_str();
            let endpoint = format!("{issuer}/api/v1/oauth/token");
            let (said, until) = assertion::check(token, &client, &[issuer, &endpoint], now)?;
            let scope = format!("assertion {}", client.id);
            if store::remember(&app.db, &scope, &said.jti, until).await? { Ok(client) } else { Err(invalid_client()) }
        }
    }
}

async fn find(app: &App, id: Uuid, method: ClientAuthMethod) -> Result<Model> {
    let client = store::find(&app.db, id).await?;
    let usable = |client: &Model| client.status == ClientStatus::Active && client.auth_method == method;
    client.filter(usable).ok_or_else(invalid_client)
}
