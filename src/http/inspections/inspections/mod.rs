//! 检查.

mod checks;
mod dto;

pub use checks::CheckPointsView;
pub use dto::{InspectionView, RevisionView};

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::inspections::inspections as store;
use crate::persistence::kernel::list;
use crate::persistence::kernel::list::Page;
use crate::service::inspections::inspections;
use crate::service::inspections::inspections::{OpinionBody, ReplaceBody, ResultBody, VoidInspectionBody};
use checks::list_check_points;
use domain::access::Permit;
use domain::access::permit::{InspectionsPublish, InspectionsRead, InspectionsRecord, InspectionsReview};
use domain::inspections::inspections::InspectionAction;

pub fn routes(api: &mut Api) {
    let mut group = api.group("inspections", "检查与结果");
    group.get(
        "/api/v1/inspections",
        "list_inspections",
        "查询检查",
        "部门见本部门的，执法人员见本人承担的，乡镇见本乡镇的。",
        list_inspections,
    );
    group.get(
        "/api/v1/inspections/{id}",
        "get_inspection",
        "检查详情",
        "检查、人员、结果、后续处置及当前可办理的操作。",
        get_inspection,
    );
    group.get(
        "/api/v1/inspections/{id}/check-points",
        "list_inspection_check_points",
        "检查要点",
        "按现行检查实施清单逐项列出检查要点、要领和依据，以及已填的结果。",
        list_check_points,
    );
    group.post(
        "/api/v1/inspections/{id}/start",
        "start_inspection",
        "开始检查",
        "再次核验检查人员证件和事项效力。",
        start_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/record-result",
        "record_inspection_result",
        "录入结果",
        "总体结果、各检查项结果；结果代码一码一行。",
        record_result,
    );
    group.post(
        "/api/v1/inspections/{id}/submit",
        "submit_inspection",
        "提交审核",
        "每个检查项都须有结果。",
        submit_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/return",
        "return_inspection",
        "退回",
        "写明理由；录入人、提交人不能审核。",
        return_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/reject",
        "reject_inspection",
        "审核不通过",
        "结果不予公示，写明理由。",
        reject_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/approve-result",
        "approve_inspection_result",
        "审核通过",
        "录入人、提交人不能审核。",
        approve_result,
    );
    group.post(
        "/api/v1/inspections/{id}/publish",
        "publish_inspection",
        "公示结果",
        "自检查之日起 20 个工作日内公示（《企业公示信息抽查暂行办法》）。",
        publish_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/withdraw",
        "withdraw_inspection",
        "撤回公示",
        "写明理由；公开侧保留撤回记录和理由，理由中不要写个人信息。",
        withdraw_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/reopen",
        "reopen_inspection",
        "退回重办",
        "已审核未公示的、审核不通过的，发现有误可退回重办；检查人员不能退回自己参加的检查。",
        reopen_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/correct",
        "correct_inspection",
        "更正公示",
        "已撤回的结果重新录入、审核、公示，版次加一；公开侧保留此前版次的撤回记录。",
        correct_inspection,
    );
    group.post(
        "/api/v1/inspections/{id}/replace-officer",
        "replace_inspection_officer",
        "更换检查人员",
        "不能参加的人员，由冻结名册中按抽取次序的下一人接替；线索检查须指定接替人员。",
        replace_officer,
    );
    group.post(
        "/api/v1/inspections/{id}/ask-void",
        "ask_inspection_void",
        "申请作废检查",
        "检查人员或部门管理员申请作废，由审核人员同意；继续检查即视为放弃申请。",
        ask_inspection_void,
    );
    group.post(
        "/api/v1/inspections/{id}/void",
        "void_inspection",
        "作废检查",
        "不能进行的检查：注销、吊销、迁出以登记为准；其他原因须已有另一人申请作废。录入人不能作废。",
        void_inspection,
    );
    group.get(
        "/api/v1/inspections/{id}/history",
        "list_inspection_history",
        "检查变更记录",
        "谁在何时做了什么。",
        list_inspection_history,
    );
}

pub struct Inspections;

impl Listed for Inspections {
    type Entity = entity::inspections::inspections::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_inspections(read: Read<InspectionsRead>, list: List<Inspections>) -> Result<PageReply<InspectionView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = inspections::complete(db, items).await?;
    let items = items.into_iter().map(|inspection| InspectionView::of(&read.ctx, inspection)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_inspection(read: Read<InspectionsRead>, id: Id) -> Result<Reply<InspectionView>> {
    let conn = &read.app.db;
    let row = store::get(conn, &read.ctx, id.0).await?;
    Reply::new(InspectionView::of(&read.ctx, inspections::complete_one(conn, row).await?))
}

type Answer = Result<Reply<InspectionView>>;

async fn start_inspection(act: Act<InspectionsRecord>, at: Versioned) -> Answer {
    let app = &act.0.app;
    let now = act.0.ctx.now;
    let step = async |tx: &_| inspections::start(app, tx, at.id, at.version, now).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|done| InspectionView::of(tx.ctx(), done)))).await
}

async fn record_result(act: Act<InspectionsRecord>, at: Versioned, body: Json<ResultBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| inspections::record_result(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|done| InspectionView::of(tx.ctx(), done)))).await
}

async fn submit_inspection(act: Act<InspectionsRecord>, at: Versioned) -> Answer {
    run(act, at, InspectionAction::Submit, None).await
}

async fn return_inspection(act: Act<InspectionsReview>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, InspectionAction::Return, Some(body.0.reason)).await
}

async fn reject_inspection(act: Act<InspectionsReview>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, InspectionAction::Reject, Some(body.0.reason)).await
}

async fn approve_result(act: Act<InspectionsReview>, at: Versioned, body: Json<OpinionBody>) -> Answer {
    run(act, at, InspectionAction::ApproveResult, body.0.opinion).await
}

async fn publish_inspection(act: Act<InspectionsPublish>, at: Versioned) -> Answer {
    run(act, at, InspectionAction::Publish, None).await
}

async fn withdraw_inspection(act: Act<InspectionsPublish>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, InspectionAction::Withdraw, Some(body.0.reason)).await
}

async fn reopen_inspection(act: Act<InspectionsReview>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, InspectionAction::Reopen, Some(body.0.reason)).await
}

async fn correct_inspection(act: Act<InspectionsPublish>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, InspectionAction::Correct, Some(body.0.reason)).await
}

async fn replace_officer(act: Act<InspectionsReview>, at: Versioned, body: Json<ReplaceBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| inspections::replace_officer(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|done| InspectionView::of(tx.ctx(), done)))).await
}

async fn ask_inspection_void(act: Act<InspectionsRecord>, at: Versioned, body: Json<VoidInspectionBody>) -> Answer {
    let step = async |tx: &_| inspections::ask_void(tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|done| InspectionView::of(tx.ctx(), done)))).await
}

async fn void_inspection(act: Act<InspectionsReview>, at: Versioned, body: Json<VoidInspectionBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| inspections::void(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|done| InspectionView::of(tx.ctx(), done)))).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, action: InspectionAction, words: Option<String>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| inspections::act(app, tx, at.id, at.version, action, words.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|done| InspectionView::of(tx.ctx(), done)))).await
}

async fn list_inspection_history(
    read: Read<InspectionsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "inspections", id.0, &list).await
}
