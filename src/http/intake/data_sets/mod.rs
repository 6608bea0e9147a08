//! 数据集目录.

mod dto;

use self::dto::DataSetView;
use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::intake::data_sets as store;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::service::intake::data_sets;
use crate::service::intake::data_sets::DataSetBody;
use domain::access::Permit;
use domain::access::permit::{DataSetsApprove, DataSetsRead, DataSetsSign, DataSetsWrite};
use domain::intake::data_sets::DataSetAction;
use entity::intake::data_sets::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("data-sets", "数据集目录");
    group.get(
        "/api/v1/data-sets",
        "list_data_sets",
        "查询数据集目录",
        "应汇集的 13 个数据集：责任部门、来源、更新周期、责任人、最近一次更新和存在的问题。",
        list_sets,
    );
    group.get(
        "/api/v1/data-sets/{id}",
        "get_data_set",
        "数据集详情",
        "汇集方案、最近一次更新、下次更新期限、存在的问题和当前可办理的操作。",
        get_set,
    );
    group.put(
        "/api/v1/data-sets/{id}",
        "update_data_set",
        "填写数据集目录",
        "整体替换草稿的内容；已生效的更新周期和责任人在新方案签认前不变。",
        update_set,
    );
    group.post("/api/v1/data-sets/{id}/submit", "submit_data_set", "提交汇集方案", "提交县政府办批准。", submit_set);
    group.post(
        "/api/v1/data-sets/{id}/return",
        "return_data_set",
        "退回汇集方案",
        "写明理由，退回修改；提交人不能退回。",
        return_set,
    );
    group.post(
        "/api/v1/data-sets/{id}/approve",
        "approve_data_set",
        "批准汇集方案",
        "批准后由责任人签认；提交人不能批准。",
        approve_set,
    );
    group.post(
        "/api/v1/data-sets/{id}/sign",
        "sign_data_set",
        "责任人签认",
        "由方案指明的责任人本人签认，方案自当日起生效，一年后复核。",
        sign_set,
    );
    group.post(
        "/api/v1/data-sets/{id}/revise",
        "revise_data_set",
        "修订汇集方案",
        "写明理由，转为草稿；原方案在新方案签认前继续有效。",
        revise_set,
    );
    group.post(
        "/api/v1/data-sets/{id}/review",
        "review_data_set",
        "年度复核",
        "写明复核结论；下次复核在一年后。",
        review_set,
    );
    group.get(
        "/api/v1/data-sets/{id}/history",
        "list_data_set_history",
        "数据集目录变更记录",
        "谁在何时做了什么。",
        list_set_history,
    );
}

pub struct Sets;

impl Listed for Sets {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_sets(read: Read<DataSetsRead>, list: List<Sets>) -> Result<PageReply<DataSetView>> {
    let (app, ctx) = (&read.app, &read.ctx);
    let page = list::page(&app.db, ctx, &store::LISTING, store::scoped(ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = data_sets::complete(app, &app.db, items, ctx.today()).await?;
    let items = items.into_iter().map(|set| DataSetView::of(ctx, set)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_set(read: Read<DataSetsRead>, id: Id) -> Result<Reply<DataSetView>> {
    let set = data_sets::get(&read.app, &read.ctx, id.0).await?;
    Reply::new(DataSetView::of(&read.ctx, set))
}

type Answer = Result<Reply<DataSetView>>;

async fn update_set(write: Write<DataSetsWrite>, at: Versioned, body: Json<DataSetBody>) -> Answer {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = data_sets::update(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|set| DataSetView::of(tx.ctx(), set)))
        })
        .await
}

async fn submit_set(act: Act<DataSetsWrite>, at: Versioned) -> Answer {
    run(act, at, DataSetAction::Submit, None).await
}

async fn return_set(act: Act<DataSetsApprove>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, DataSetAction::Return, Some(body.0.reason)).await
}

async fn approve_set(act: Act<DataSetsApprove>, at: Versioned) -> Answer {
    run(act, at, DataSetAction::Approve, None).await
}

async fn sign_set(act: Act<DataSetsSign>, at: Versioned) -> Answer {
    run(act, at, DataSetAction::Sign, None).await
}

async fn revise_set(act: Act<DataSetsWrite>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, DataSetAction::Revise, Some(body.0.reason)).await
}

async fn review_set(act: Act<DataSetsWrite>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, DataSetAction::Review, Some(body.0.reason)).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, action: DataSetAction, reason: Option<String>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| data_sets::act(app, tx, (at.id, at.version), action, reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|set| DataSetView::of(tx.ctx(), set)))).await
}

async fn list_set_history(read: Read<DataSetsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "data-sets", id.0, &list).await
}
