//! 投诉举报.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::officers::personal_data::{PersonalDataView, PurposeBody};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::complaints as store;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::service::complaints;
use crate::service::complaints::{
    Act as Step, ComplaintBody, ComplaintUpdateBody, ConcludeBody, ExtendTermBody, MaterialsBody, NotifyBody,
    RaiseClueBody, RefuseBody, TransferOutBody,
};
use crate::service::risks::risk_clues::{DispatchBody, MergeBody};
use domain::access::Permit;
use domain::access::permit::{
    ComplaintsDispatch, ComplaintsHandle, ComplaintsRead, ComplaintsReview, ComplaintsWrite, ReportersRead,
};
use dto::{ComplaintDeadlinesView, ComplaintView};
use entity::complaints::complaints::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("complaints", "投诉举报");
    group.get(
        "/api/v1/complaints",
        "list_complaints",
        "查询投诉举报",
        "部门见本部门承办的，合作系统见自己报送的；不含反映人的任何信息。",
        list_complaints,
    );
    group.post(
        "/api/v1/complaints",
        "create_complaint",
        "登记投诉举报",
        "热线、12315 等平台和人工登记；同一渠道的同一编号只收一次。反映人的信息加密保存。",
        create_complaint,
    );
    group.get("/api/v1/complaints/{id}", "get_complaint", "投诉举报详情", "内容、时限、结论和操作。", get);
    group.put(
        "/api/v1/complaints/{id}",
        "update_complaint",
        "核定投诉举报",
        "核定被反映的主体、问题类型和监管事项；反映的内容不可改动。",
        update_complaint,
    );
    group.get(
        "/api/v1/complaints/{id}/deadlines",
        "list_complaint_deadlines",
        "投诉举报时限",
        "正在计算的法定时限和热线时限，各自说明如何算出。",
        list_deadlines,
    );
    group.post(
        "/api/v1/complaints/{id}/personal-data",
        "reveal_complaint",
        "查看反映人",
        "承办部门为告知、调解或核查查看；须说明目的，并记入审计。",
        reveal_complaint,
    );

    group.post(
        "/api/v1/complaints/{id}/dispatch",
        "dispatch_complaint",
        "分办",
        "县统筹部门交给应当承办的部门；时限自收到之日起计算，不因分办重新起算。",
        dispatch,
    );
    group.post(
        "/api/v1/complaints/{id}/send-back",
        "send_back_complaint",
        "退回分办",
        "不属本部门职责的写明理由，退回县统筹部门另行分办。",
        send_back,
    );
    group.post(
        "/api/v1/complaints/{id}/request-materials",
        "request_complaint_materials",
        "要求补正",
        "投诉材料不全的一次告知需补正的材料，受理时限停止计算。",
        request_materials,
    );
    group.post(
        "/api/v1/complaints/{id}/supply",
        "supply_complaint_materials",
        "收到补正",
        "收到补正材料，受理时限恢复计算。",
        supply,
    );
    group.post(
        "/api/v1/complaints/{id}/accept",
        "accept_complaint",
        "受理",
        "投诉自收到之日起 7 个工作日内决定；调解时限由此起算。",
        accept,
    );
    group.post(
        "/api/v1/complaints/{id}/refuse",
        "refuse_complaint",
        "不予受理",
        "选择法定情形并写明理由；举报、咨询求助不适用。",
        refuse,
    );
    group.post("/api/v1/complaints/{id}/begin", "begin_complaint", "开始调解或核查", "受理后开始办理。", begin);
    group.post(
        "/api/v1/complaints/{id}/suspend",
        "suspend_complaint",
        "中止计时",
        "检验、检测、鉴定期间，调解或核查时限停止计算；热线时限不停。",
        suspend,
    );
    group.post("/api/v1/complaints/{id}/resume", "resume_complaint", "恢复计时", "检验、鉴定有了结果。", resume);
    group.post(
        "/api/v1/complaints/{id}/extend",
        "extend_complaint",
        "批准延期",
        "由审核员批准，期限届满前延长一次：举报最多 15 个工作日，热线工单最多与原时限相同。",
        extend,
    );
    group.post(
        "/api/v1/complaints/{id}/raise-clue",
        "raise_complaint_clue",
        "转风险线索",
        "由本件生成承办部门的风险线索，双方互有链接。",
        raise_clue,
    );
    group.post(
        "/api/v1/complaints/{id}/conclude",
        "conclude_complaint",
        "作出结论",
        "投诉为调解结果，举报为立案或不予立案，咨询求助为答复；立案的填写立案编号。",
        conclude,
    );
    group.post(
        "/api/v1/complaints/{id}/notify",
        "notify_complaint",
        "告知反映人",
        "写明告知的方式和内容；实名举报自决定之日起 5 个工作日内。",
        notify,
    );
    group.post("/api/v1/complaints/{id}/close", "close_complaint", "办结", "告知后办结；匿名的可直接办结。", close);
    group.post(
        "/api/v1/complaints/{id}/transfer",
        "transfer_complaint",
        "移送",
        "移送县外或平台外有处理权限的单位，写明理由。",
        transfer,
    );
    group.post(
        "/api/v1/complaints/{id}/merge",
        "merge_complaint",
        "并案",
        "并入同一部门、同一类别、同一主体的另一件未办结的投诉举报，结论一并告知。",
        merge,
    );
    group.get(
        "/api/v1/complaints/{id}/history",
        "list_complaint_history",
        "投诉举报变更记录",
        "谁在何时做了什么；不含反映人的信息。",
        list_complaint_history,
    );
}

pub struct Complaints;

impl Listed for Complaints {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_complaints(read: Read<ComplaintsRead>, list: List<Complaints>) -> Result<PageReply<ComplaintView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = complaints::complete(db, items).await?;
    let items = items.into_iter().map(|complaint| ComplaintView::of(&read.ctx, complaint)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get(read: Read<ComplaintsRead>, id: Id) -> Result<Reply<ComplaintView>> {
    let complaint = complaints::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(ComplaintView::of(&read.ctx, complaint))
}

async fn list_deadlines(read: Read<ComplaintsRead>, id: Id) -> Result<Reply<ComplaintDeadlinesView>> {
    let row = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    let deadlines = complaints::deadlines(&read.app, &row, read.ctx.now);
    Reply::new(ComplaintDeadlinesView::of(&read.app.calendar, deadlines))
}

async fn create_complaint(write: Write<ComplaintsWrite>, body: Json<ComplaintBody>) -> Result<Created<ComplaintView>> {
    let app = &write.app;
    let step = async |tx: &_| complaints::create(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|complaint| ComplaintView::of(tx.ctx(), complaint)))).await
}

type Answer = Result<Reply<ComplaintView>>;

async fn update_complaint(write: Write<ComplaintsHandle>, at: Versioned, body: Json<ComplaintUpdateBody>) -> Answer {
    let app = &write.app;
    let step = async |tx: &_| complaints::act(app, tx, at.id, at.version, Step::Update(body.0.clone())).await;
    write.run(async |tx| Ok(step(tx).await?.map(|complaint| ComplaintView::of(tx.ctx(), complaint)))).await
}

async fn reveal_complaint(
    write: Write<ReportersRead>,
    id: Id,
    body: Json<PurposeBody>,
) -> Result<Reply<PersonalDataView>> {
    let app = &write.app;
    write.run(async |tx| Ok(complaints::reveal(app, tx, id.0, &body.0.purpose).await?.map(Into::into))).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, step: Step) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| complaints::act(app, tx, at.id, at.version, step.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|complaint| ComplaintView::of(tx.ctx(), complaint)))).await
}

async fn dispatch(act: Act<ComplaintsDispatch>, at: Versioned, body: Json<DispatchBody>) -> Answer {
    run(act, at, Step::Dispatch(body.0)).await
}

async fn send_back(act: Act<ComplaintsHandle>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, Step::SendBack(body.0.reason)).await
}

async fn request_materials(act: Act<ComplaintsHandle>, at: Versioned, body: Json<MaterialsBody>) -> Answer {
    run(act, at, Step::RequestMaterials(body.0)).await
}

async fn supply(act: Act<ComplaintsHandle>, at: Versioned) -> Answer {
    run(act, at, Step::Supply).await
}

async fn accept(act: Act<ComplaintsHandle>, at: Versioned) -> Answer {
    run(act, at, Step::Accept).await
}

async fn refuse(act: Act<ComplaintsHandle>, at: Versioned, body: Json<RefuseBody>) -> Answer {
    run(act, at, Step::Refuse(body.0)).await
}

async fn begin(act: Act<ComplaintsHandle>, at: Versioned) -> Answer {
    run(act, at, Step::Begin).await
}

async fn suspend(act: Act<ComplaintsHandle>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, Step::Suspend(body.0.reason)).await
}

async fn resume(act: Act<ComplaintsHandle>, at: Versioned) -> Answer {
    run(act, at, Step::Resume).await
}

async fn extend(act: Act<ComplaintsReview>, at: Versioned, body: Json<ExtendTermBody>) -> Answer {
    run(act, at, Step::Extend(body.0)).await
}

async fn raise_clue(act: Act<ComplaintsHandle>, at: Versioned, body: Json<RaiseClueBody>) -> Answer {
    run(act, at, Step::RaiseClue(body.0)).await
}

async fn conclude(act: Act<ComplaintsHandle>, at: Versioned, body: Json<ConcludeBody>) -> Answer {
    run(act, at, Step::Conclude(body.0)).await
}

async fn notify(act: Act<ComplaintsHandle>, at: Versioned, body: Json<NotifyBody>) -> Answer {
    run(act, at, Step::Notify(body.0)).await
}

async fn close(act: Act<ComplaintsHandle>, at: Versioned) -> Answer {
    run(act, at, Step::Close).await
}

async fn transfer(act: Act<ComplaintsHandle>, at: Versioned, body: Json<TransferOutBody>) -> Answer {
    run(act, at, Step::Transfer(body.0)).await
}

async fn merge(act: Act<ComplaintsHandle>, at: Versioned, body: Json<MergeBody>) -> Answer {
    run(act, at, Step::Merge(body.0)).await
}

async fn list_complaint_history(
    read: Read<ComplaintsRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "complaints", id.0, &list).await
}
