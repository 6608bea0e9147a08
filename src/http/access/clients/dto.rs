//! Views of partner systems.

use crate::http::kernel::reply::{View, versioned};
use crate::service::access::clients::token::ClientToken;
use chrono::{DateTime, NaiveDate, Utc};
use domain::access::clients::{ClientAction, ClientAuthMethod, ClientStatus, next};
use entity::access::clients::Model;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// 合作系统
#[derive(Serialize, ToSchema)]
pub struct ClientView {
    /// The client id.
    pub id: Uuid,
    pub name: String,
    pub department_id: Uuid,
    pub region_code: String,
    pub scopes: Vec<String>,
    pub auth_method: ClientAuthMethod,
    /// Public keys (JWK).
    #[schema(value_type = Vec<std::collections::HashMap<String, String>>)]
    pub keys: Vec<Value>,
    pub requests_per_minute: i32,
    pub status: ClientStatus,
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// Shown once, when it was made; null otherwise.
    #[schema(required)]
    pub client_secret: Option<String>,
    pub allowed_actions: Vec<ClientAction>,
    pub version: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

versioned!(ClientView);

impl ClientView {
    pub fn with_secret((client, client_secret): (Model, Option<String>)) -> Self {
        Self { client_secret, ..Self::of(client) }
    }

    pub fn of(client: Model) -> Self {
        let status = client.status;
        Self {
            id: client.id,
            name: client.name,
            department_id: client.department_id,
            region_code: client.region_code,
            scopes: client.scopes.0,
            auth_method: client.auth_method,
            keys: client.keys.0,
            requests_per_minute: client.requests_per_minute,
            status: client.status,
            last_used_at: client.last_used_at,
            client_secret: None,
            allowed_actions: ClientAction::ALL
                .iter()
                .copied()
                .filter(|action| next(status, *action).is_some())
                .collect(),
            version: client.version,
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

/// 一日一操作的用量
#[derive(Serialize, ToSchema)]
pub struct UsageRowView {
    pub day: NaiveDate,
    #[schema(example = "GET /api/v1/objects")]
    pub operation: String,
    pub requests: i64,
    /// Of these, answered with 4xx or 5xx.
    pub refused: i64,
}

/// 近 31 天的用量
#[derive(Serialize, ToSchema)]
pub struct UsageView {
    pub items: Vec<UsageRowView>,
}

impl View for UsageView {}

impl UsageView {
    pub fn of(rows: Vec<entity::access::client_usage::Model>) -> Self {
        let row = |row: entity::access::client_usage::Model| UsageRowView {
            day: row.day,
            operation: row.operation,
            requests: row.requests,
            refused: row.refused,
        };
        Self { items: rows.into_iter().map(row).collect() }
    }
}

/// 合作系统的访问令牌 (RFC 6749 §5.1)
#[derive(Serialize, ToSchema)]
pub struct ClientTokenView {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u32,
    #[schema(example = "objects:read personnel:read")]
    pub scope: String,
}

impl View for ClientTokenView {}

impl From<ClientToken> for ClientTokenView {
    fn from(token: ClientToken) -> Self {
        let ClientToken { access_token, expires_in, scope } = token;
        Self { access_token, token_type: "Bearer", expires_in, scope }
    }
}
