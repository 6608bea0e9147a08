//! 行政检查主体.

mod dto;

pub use dto::PublicInspectingBodyView;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::inspections::inspecting_bodies as store;
use crate::persistence::kernel::{edit, list};
use crate::service::inspections::inspecting_bodies;
use crate::service::inspections::inspecting_bodies::InspectingBodyBody;
use domain::access::Permit;
use domain::access::permit::{BodiesConfirm, BodiesRead, BodiesWrite};
use domain::inspections::inspecting_bodies::BodyAction;
use dto::InspectingBodyView;
use entity::inspections::inspecting_bodies::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("inspecting-bodies", "行政检查主体");
    group.get(
        "/api/v1/inspecting-bodies",
        "list_inspecting_bodies",
        "查询行政检查主体",
        "全县各部门报送、确认和公布的行政检查主体。",
        list_bodies,
    );
    group.post(
        "/api/v1/inspecting-bodies",
        "create_inspecting_body",
        "登记行政检查主体",
        "部门登记本部门的检查主体、依据和职责；受委托组织须写明委托机关。",
        create_body,
    );
    group.get(
        "/api/v1/inspecting-bodies/{id}",
        "get_inspecting_body",
        "行政检查主体详情",
        "依据、职责、有效期及当前可办理的操作。",
        get_body,
    );
    group.put(
        "/api/v1/inspecting-bodies/{id}",
        "update_inspecting_body",
        "修改行政检查主体",
        "整体替换草稿的内容。",
        update_body,
    );
    group.post(
        "/api/v1/inspecting-bodies/{id}/submit",
        "submit_inspecting_body",
        "提交确认",
        "提交司法行政部门确认。",
        submit_body,
    );
    group.post(
        "/api/v1/inspecting-bodies/{id}/return",
        "return_inspecting_body",
        "退回",
        "司法行政部门退回，写明理由。",
        return_body,
    );
    group.post(
        "/api/v1/inspecting-bodies/{id}/confirm",
        "confirm_inspecting_body",
        "确认",
        "司法行政部门确认检查主体资格；提交人不能确认。",
        confirm_body,
    );
    group.post(
        "/api/v1/inspecting-bodies/{id}/publish",
        "publish_inspecting_body",
        "公布",
        "公布后方可组织和实施检查；一个部门只有一个公布的检查主体。",
        publish_body,
    );
    group.post(
        "/api/v1/inspecting-bodies/{id}/withdraw",
        "withdraw_inspecting_body",
        "撤销",
        "写明理由；撤销后不得再组织和实施检查。",
        withdraw_body,
    );
    group.post(
        "/api/v1/inspecting-bodies/{id}/discard",
        "discard_inspecting_body",
        "放弃草稿",
        "误登记的草稿由部门放弃，写明理由。",
        discard_body,
    );
    group.get(
        "/api/v1/inspecting-bodies/{id}/history",
        "list_inspecting_body_history",
        "行政检查主体变更记录",
        "谁在何时做了什么。",
        list_body_history,
    );
}

pub struct Bodies;

impl Listed for Bodies {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_bodies(read: Read<BodiesRead>, list: List<Bodies>) -> Result<PageReply<InspectingBodyView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|body| InspectingBodyView::of(&read.ctx, body)))
}

async fn get_body(read: Read<BodiesRead>, id: Id) -> Result<Reply<InspectingBodyView>> {
    let body = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(InspectingBodyView::of(&read.ctx, body))
}

async fn create_body(write: Write<BodiesWrite>, body: Json<InspectingBodyBody>) -> Result<Created<InspectingBodyView>> {
    write
        .run(async |tx| {
            let change = inspecting_bodies::create(tx, body.0.clone()).await?;
            Ok(change.map(|body| InspectingBodyView::of(tx.ctx(), body)))
        })
        .await
}

type Answer = Result<Reply<InspectingBodyView>>;

async fn update_body(write: Write<BodiesWrite>, at: Versioned, body: Json<InspectingBodyBody>) -> Answer {
    write
        .run(async |tx| {
            let change = inspecting_bodies::update(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|body| InspectingBodyView::of(tx.ctx(), body)))
        })
        .await
}

async fn submit_body(act: Act<BodiesWrite>, at: Versioned) -> Answer {
    run(act, at, BodyAction::Submit, None).await
}

async fn return_body(act: Act<BodiesConfirm>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, BodyAction::Return, Some(body.0.reason)).await
}

async fn confirm_body(act: Act<BodiesConfirm>, at: Versioned) -> Answer {
    run(act, at, BodyAction::Confirm, None).await
}

async fn publish_body(act: Act<BodiesConfirm>, at: Versioned) -> Answer {
    run(act, at, BodyAction::Publish, None).await
}

async fn withdraw_body(act: Act<BodiesConfirm>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, BodyAction::Withdraw, Some(body.0.reason)).await
}

async fn discard_body(act: Act<BodiesWrite>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, BodyAction::Discard, Some(body.0.reason)).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, action: BodyAction, reason: Option<String>) -> Answer {
    act.0
        .run(async |tx| {
            let change = inspecting_bodies::act(tx, at.id, at.version, action, reason.clone()).await?;
            Ok(change.map(|body| InspectingBodyView::of(tx.ctx(), body)))
        })
        .await
}

async fn list_body_history(read: Read<BodiesRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "inspecting-bodies", id.0, &list).await
}
