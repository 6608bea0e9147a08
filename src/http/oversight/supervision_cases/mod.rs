//! 行政执法监督案件.

mod dto;

pub use dto::SupervisionCaseView;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write, forbidden};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::persistence::oversight::supervision_cases as store;
use crate::service::oversight::supervision_cases as cases;
use crate::service::oversight::supervision_cases::{
    CaseUpdateBody, CloseSupervisionBody, ExtendReplyBody, PaperBody, ReplyBody, StepFurtherBody, SupervisionCaseBody,
    VerdictBody,
};
use domain::access::Permission;
use domain::access::permit::{SupervisionHandle, SupervisionRead, SupervisionReply};
use domain::oversight::supervision_cases::SupervisionPaper;
use entity::oversight::supervision_cases::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("supervision-cases", "行政执法监督");
    group.get(
        "/api/v1/supervision-cases",
        "list_supervision_cases",
        "查询监督案件",
        "司法行政部门为全部；被监督单位为已向其制发监督文书的。",
        list_cases,
    );
    group.post(
        "/api/v1/supervision-cases",
        "create_supervision_case",
        "监督立案",
        "依据投诉举报或自行发现立案；监测预警由平台自动立案。",
        create_case,
    );
    group.get(
        "/api/v1/supervision-cases/{id}",
        "get_supervision_case",
        "监督案件详情",
        "事实、涉及的记录、监督文书及回复、当前可办理的操作。",
        get_case,
    );
    group.put(
        "/api/v1/supervision-cases/{id}",
        "update_supervision_case",
        "修改监督案件",
        "制发文书之前，修改案由和事实，补充涉及的记录。",
        update_case,
    );

    group.post(
        "/api/v1/supervision-cases/{id}/investigate",
        "investigate_supervision_case",
        "开展调查",
        "开始核实；只查阅记录，不改动被监督单位的任何记录。",
        investigate,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/issue-notice",
        "issue_supervision_notice",
        "制发监督通知书",
        "责令限期改正；默认 15 日内回复。",
        issue_notice,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/issue-opinion",
        "issue_supervision_opinion",
        "制发监督意见书",
        "提出监督意见；默认 15 日内回复。",
        issue_opinion,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/issue-decision",
        "issue_supervision_decision",
        "制发监督决定书",
        "作出监督决定；通知书、意见书逾期未回复的也可制发。",
        issue_decision,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/extend",
        "extend_supervision_case",
        "延长回复期限",
        "期限届满前延长一次。",
        extend,
    );

    group.post(
        "/api/v1/supervision-cases/{id}/reply",
        "reply_supervision_case",
        "回复监督文书",
        "被监督单位写明整改情况；逾期的仍应回复，并记为逾期。",
        reply,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/reject",
        "reject_supervision_reply",
        "核验不通过",
        "写明意见，案件回到调查，再次制发文书。",
        reject,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/verify",
        "verify_supervision_reply",
        "核验通过",
        "核实整改到位。",
        verify,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/escalate",
        "escalate_supervision_case",
        "提级处理",
        "逾期未回复、核验未通过或多次发生的，依次责令改正、约谈负责人、报告本级人民政府，并登记办理情况。",
        escalate,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/close",
        "close_supervision_case",
        "办结监督案件",
        "写明结论；约谈、报告须先登记办理情况。",
        close,
    );
    group.post(
        "/api/v1/supervision-cases/{id}/dismiss",
        "dismiss_supervision_case",
        "查无问题结案",
        "制发文书之前，查无问题的写明理由结案。",
        dismiss,
    );

    group.get(
        "/api/v1/supervision-cases/{id}/history",
        "list_supervision_case_history",
        "监督案件变更记录",
        "谁在何时做了什么；只供司法行政部门查看。",
        list_case_history,
    );
}

pub struct Cases;

impl Listed for Cases {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_cases(read: Read<SupervisionRead>, list: List<Cases>) -> Result<PageReply<SupervisionCaseView>> {
    // It would tell whether a case is about a record that is not shown.
    if list.request.names("record_id") && read.ctx.actor.reach(Permission::SupervisionHandle).is_none() {
        return Err(forbidden(Permission::SupervisionHandle));
    }
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = cases::complete(db, items).await?;
    let items = items.into_iter().map(|case| SupervisionCaseView::of(&read.ctx, case)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_case(read: Read<SupervisionRead>, id: Id) -> Result<Reply<SupervisionCaseView>> {
    let case = cases::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(SupervisionCaseView::of(&read.ctx, case))
}

async fn create_case(
    write: Write<SupervisionHandle>,
    body: Json<SupervisionCaseBody>,
) -> Result<Created<SupervisionCaseView>> {
    let app = &write.app;
    let step = async |tx: &_| cases::create(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|case| SupervisionCaseView::of(tx.ctx(), case)))).await
}

type Answer = Result<Reply<SupervisionCaseView>>;

async fn update_case(write: Write<SupervisionHandle>, at: Versioned, body: Json<CaseUpdateBody>) -> Answer {
    let step = async |tx: &_| cases::update(tx, at.id, at.version, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|case| SupervisionCaseView::of(tx.ctx(), case)))).await
}

async fn investigate(act: Act<SupervisionHandle>, at: Versioned) -> Answer {
    run(act, at, cases::Act::Investigate).await
}

async fn issue_notice(act: Act<SupervisionHandle>, at: Versioned, body: Json<PaperBody>) -> Answer {
    run(act, at, cases::Act::Issue(SupervisionPaper::Notice, body.0)).await
}

async fn issue_opinion(act: Act<SupervisionHandle>, at: Versioned, body: Json<PaperBody>) -> Answer {
    run(act, at, cases::Act::Issue(SupervisionPaper::Opinion, body.0)).await
}

async fn issue_decision(act: Act<SupervisionHandle>, at: Versioned, body: Json<PaperBody>) -> Answer {
    run(act, at, cases::Act::Issue(SupervisionPaper::Decision, body.0)).await
}

async fn extend(act: Act<SupervisionHandle>, at: Versioned, body: Json<ExtendReplyBody>) -> Answer {
    run(act, at, cases::Act::Extend(body.0)).await
}

async fn reply(act: Act<SupervisionReply>, at: Versioned, body: Json<ReplyBody>) -> Answer {
    let step = async |tx: &_| cases::reply(tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|case| SupervisionCaseView::of(tx.ctx(), case)))).await
}

async fn reject(act: Act<SupervisionHandle>, at: Versioned, body: Json<VerdictBody>) -> Answer {
    run(act, at, cases::Act::Reject(body.0)).await
}

async fn verify(act: Act<SupervisionHandle>, at: Versioned, body: Json<VerdictBody>) -> Answer {
    run(act, at, cases::Act::Verify(body.0)).await
}

async fn escalate(act: Act<SupervisionHandle>, at: Versioned, body: Json<StepFurtherBody>) -> Answer {
    run(act, at, cases::Act::Escalate(body.0)).await
}

async fn close(act: Act<SupervisionHandle>, at: Versioned, body: Json<CloseSupervisionBody>) -> Answer {
    run(act, at, cases::Act::Close(body.0)).await
}

async fn dismiss(act: Act<SupervisionHandle>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, cases::Act::Dismiss(body.0.reason)).await
}

async fn run(act: Act<SupervisionHandle>, at: Versioned, done: cases::Act) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| cases::act(app, tx, at.id, at.version, done.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|case| SupervisionCaseView::of(tx.ctx(), case)))).await
}

async fn list_case_history(
    read: Read<SupervisionHandle>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "supervision-cases", id.0, &list).await
}
