//! 企业查询凭证, and what an enterprise reads by it.

use crate::http::kernel::extract::{Act, Anonymous, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply, View, versioned};
use crate::http::kernel::view::view;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::records::statement_tokens as tokens;
use crate::service::records::dossier;
use crate::service::records::dossier::{Statement, StatementTokenBody};
use chrono::{DateTime, Utc};
use domain::access::permit::StatementTokensGrant;
use entity::register::statement_tokens::{Entity, Model};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

pub fn routes(api: &mut Api) {
    let mut group = api.group("statement-tokens", "企业自查");
    group.get(
        "/api/v1/statement-tokens",
        "list_statement_tokens",
        "查询企业查询凭证",
        "发给谁、何时到期、是否收回。",
        list_tokens,
    );
    group.post(
        "/api/v1/objects/{id}/statement-tokens",
        "grant_statement_token",
        "发放企业查询凭证",
        "凭证只在此时显示一次。",
        grant_token,
    );
    group.post(
        "/api/v1/statement-tokens/{id}/revoke",
        "revoke_statement_token",
        "收回企业查询凭证",
        "写明理由；即时失效。",
        revoke_token,
    );

    group.post(
        "/api/v1/public/enterprise-statement",
        "read_enterprise_statement",
        "企业自查",
        "凭查询凭证查看本企业的检查次数、已公示的结果、待办期限和文书。",
        read_statement,
    );
}

view! {
    /// 企业查询凭证
    pub struct StatementTokenView of Model {
        id: Uuid,
        object_id: Uuid,
        purpose: String,
        expires_at: DateTime<Utc>,
        revoked_at: Option<DateTime<Utc>>,
        created_by: Uuid,
        version: i32,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
    }
}

versioned!(StatementTokenView);

/// 新发放的企业查询凭证
#[derive(Serialize, ToSchema)]
pub struct GrantedTokenView {
    pub id: Uuid,
    /// Shown once
    pub token: String,
    pub expires_at: DateTime<Utc>,
    pub version: i32,
}

impl View for GrantedTokenView {
    fn id(&self) -> Option<Uuid> {
        Some(self.id)
    }

    fn location(&self, _: &str) -> Option<String> {
        Some("/api/v1/statement-tokens".to_owned())
    }

    fn version(&self) -> Option<i32> {
        Some(self.version)
    }
}

pub struct Tokens;

impl Listed for Tokens {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &tokens::LISTING;
}

async fn list_tokens(read: Read<StatementTokensGrant>, list: List<Tokens>) -> Result<PageReply<StatementTokenView>> {
    let page = list::page(&read.app.db, &read.ctx, &tokens::LISTING, tokens::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(Into::into))
}

async fn grant_token(
    write: Write<StatementTokensGrant>,
    id: Id,
    body: Json<StatementTokenBody>,
) -> Result<Created<GrantedTokenView>> {
    write
        .run(async |tx| {
            let change = dossier::grant(tx, id.0, body.0.clone()).await?;
            Ok(change.map(|(row, token)| GrantedTokenView {
                id: row.id,
                token,
                expires_at: row.expires_at,
                version: row.version,
            }))
        })
        .await
}

async fn revoke_token(
    act: Act<StatementTokensGrant>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<StatementTokenView>> {
    let step = async |tx: &_| dossier::revoke(tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(Into::into))).await
}

/// 企业查询凭证
#[derive(Clone, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"token": "5f".repeat(32)})))]
pub struct EnterpriseTokenBody {
    #[schema(pattern = "^[0-9a-f]{64}$", min_length = 64, max_length = 64)]
    pub token: String,
}

impl View for Statement {}

async fn read_statement(who: Anonymous, body: Json<EnterpriseTokenBody>) -> Result<Reply<Statement>> {
    let _turn = who.app.public_turn().await?;
    Reply::new(dossier::read_statement(&who.app, &who.ctx, &body.0.token).await?)
}
