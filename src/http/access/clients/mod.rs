//! 合作系统: their registration, their use, and the token endpoint.

mod dto;

use crate::http::kernel::extract::{Act, Anonymous, Basic, Form, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::clients as store;
use crate::persistence::kernel::list;
use crate::service::access::clients;
use crate::service::access::clients::bodies::{ClientBody, ClientPatch, RotationBody};
use crate::service::access::clients::invalid_client;
use crate::service::access::clients::token::{Credentials, issue};
use chrono::Days;
use domain::access::Permit;
use domain::access::clients::ClientAction;
use domain::access::permit::{ClientsActivate, ClientsRead, ClientsWrite};
use domain::kernel::text::text;
use dto::{ClientTokenView, ClientView, UsageView};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

pub fn routes(api: &mut Api) {
    let mut group = api.group("clients", "合作系统");
    group.get("/api/v1/clients", "list_clients", "查询合作系统", "已登记的合作系统。", list_clients);
    group.post(
        "/api/v1/clients",
        "create_client",
        "登记合作系统",
        "授权的权限、部门与区域，认证方式与公钥；登记后由系统管理员启用。以密钥认证的，密钥只在登记的答复中给出。",
        create_client,
    );
    group.get("/api/v1/clients/{id}", "get_client", "合作系统详情", "一个合作系统。", get_client);
    group.patch(
        "/api/v1/clients/{id}",
        "update_client",
        "修改合作系统",
        "按 RFC 7396 合并；更换公钥时可新旧并存。已签发的令牌在半分钟内受新授权约束。",
        update_client,
    );
    group.post(
        "/api/v1/clients/{id}/activate",
        "activate_client",
        "启用合作系统",
        "由系统管理员核准启用；登记与启用分离。",
        activate_client,
    );
    group.post(
        "/api/v1/clients/{id}/disable",
        "disable_client",
        "停用合作系统",
        "不再签发令牌，已签发的至迟半分钟内失效。",
        disable_client,
    );
    group.post(
        "/api/v1/clients/{id}/rotate-secret",
        "rotate_client_secret",
        "轮换密钥",
        "新密钥只显示一次，旧密钥在重叠期内仍可用。",
        rotate_client_secret,
    );
    group.get(
        "/api/v1/clients/{id}/usage",
        "list_client_usage",
        "合作系统用量",
        "近 31 天，按日按操作。",
        list_client_usage,
    );
    group.get(
        "/api/v1/clients/{id}/history",
        "list_client_history",
        "合作系统变更记录",
        "谁在何时改了什么。",
        list_client_history,
    );

    group.post(
        "/api/v1/oauth/token",
        "create_client_token",
        "合作系统换取令牌",
        "客户端凭据授权（RFC 6749 §4.4）：private_key_jwt 断言，或 Basic 认证的密钥。",
        create_client_token,
    );
}

pub struct Clients;

impl Listed for Clients {
    type Entity = entity::access::clients::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_clients(read: Read<ClientsRead>, list: List<Clients>) -> Result<PageReply<ClientView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(ClientView::of))
}

async fn get_client(read: Read<ClientsRead>, id: Id) -> Result<Reply<ClientView>> {
    Reply::new(ClientView::of(store::get(&read.app.db, id.0).await?))
}

async fn create_client(write: Write<ClientsWrite>, body: Json<ClientBody>) -> Result<Created<ClientView>> {
    write.run(async |tx| Ok(clients::create(tx, body.0.clone()).await?.map(ClientView::with_secret))).await
}

async fn update_client(
    write: Write<ClientsWrite>,
    at: Versioned,
    body: Json<ClientPatch>,
) -> Result<Reply<ClientView>> {
    let work =
        write.run(async |tx| Ok(clients::update(tx, at.id, at.version, body.0.clone()).await?.map(ClientView::of)));
    let reply = work.await?;
    write.app.forget(move |session| session.actor.id == at.id);
    Ok(reply)
}

async fn activate_client(act: Act<ClientsActivate>, at: Versioned) -> Result<Reply<ClientView>> {
    set_status(act, at, ClientAction::Activate).await
}

async fn disable_client(act: Act<ClientsWrite>, at: Versioned) -> Result<Reply<ClientView>> {
    set_status(act, at, ClientAction::Disable).await
}

async fn set_status<P: Permit>(act: Act<P>, at: Versioned, action: ClientAction) -> Result<Reply<ClientView>> {
    let work = act.0.run(async |tx| Ok(clients::set_status(tx, at.id, at.version, action).await?.map(ClientView::of)));
    let reply = work.await?;
    act.0.app.forget(move |session| session.actor.id == at.id);
    Ok(reply)
}

async fn rotate_client_secret(
    act: Act<ClientsWrite>,
    at: Versioned,
    body: Json<RotationBody>,
) -> Result<Reply<ClientView>> {
    let app = &act.0.app;
    let overlap = body.0.overlap_hours;
    act.0
        .run(async |tx| {
            Ok(clients::rotate_secret(app, tx, at.id, at.version, overlap).await?.map(ClientView::with_secret))
        })
        .await
}

async fn list_client_usage(read: Read<ClientsRead>, id: Id) -> Result<Reply<UsageView>> {
    store::get(&read.app.db, id.0).await?;
    let today = read.ctx.today();
    let since = today.checked_sub_days(Days::new(30)).unwrap_or(today);
    Reply::new(UsageView::of(store::usage(&read.app.db, id.0, since).await?))
}

async fn list_client_history(read: Read<ClientsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "clients", id.0, &list).await
}

/// 客户端凭据授权的请求
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"grant_type": "client_credentials", "scope": "objects:read"})))]
pub struct TokenForm {
    #[schema(pattern = "^client_credentials$")]
    pub grant_type: String,
    /// Permissions, with spaces between; all that are granted where it is missing.
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub scope: Option<String>,
    #[schema(pattern = "^urn:ietf:params:oauth:client-assertion-type:jwt-bearer$")]
    #[serde(default)]
    pub client_assertion_type: Option<String>,
    /// A JWT signed with a registered key: iss = sub = client id, aud = the issuer, at most 300 s, a jti used once.
    #[schema(max_length = 8192)]
    #[serde(default)]
    pub client_assertion: Option<String>,
    #[schema(max_length = 64)]
    #[serde(default)]
    pub client_id: Option<String>,
}

async fn create_client_token(who: Anonymous, basic: Basic, form: Form<TokenForm>) -> Result<Reply<ClientTokenView>> {
    let form = form.0;
    let named = form.client_id.as_deref();
    let credentials = match (&basic.0, &form.client_assertion) {
        (Some((client, secret)), None) => {
            Credentials::Secret { client: client.parse().map_err(|_| invalid_client())?, secret }
        }
        (None, Some(assertion)) if form.client_assertion_type.is_some() => Credentials::Assertion(assertion),
        (None, Some(_)) => return Err(missing("client_assertion_type")),
        (Some(_), Some(_)) | (None, None) => return Err(invalid_client()),
    };
    Reply::new(issue(&who.app, credentials, named, form.scope.as_deref()).await?.into())
}

fn missing(name: &str) -> AppError {
    AppError::invalid_field(&format!("/{name}"), "REQUIRED", text!("缺少 {name}。", "{name} is missing."))
}
