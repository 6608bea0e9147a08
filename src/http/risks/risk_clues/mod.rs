//! 风险预警线索.

mod deadlines;
mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history_without};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::kernel::list::Page;
use crate::persistence::risks::risk_clues as store;
use crate::service::inspections::inspections::OpinionBody;
use crate::service::risks::risk_clues as clues;
use crate::service::risks::risk_clues::{
    Act as Step, AssignBody, ClueBody, DispatchBody, DisposeBody, ExtendBody, FeedBackBody, InspectBody, MergeBody,
    ReturnBody, TransferBody, VerifyBody,
};
use deadlines::DeadlinesView;
use domain::access::Permit;
use domain::access::permit::{
    CluesAssign, CluesDispatch, CluesHandle, CluesRead, CluesReview, CluesSupervise, CluesWrite,
};
use dto::{ClueView, DuplicatesView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("risk-clues", "风险预警线索");
    group.get(
        "/api/v1/risk-clues",
        "list_clues",
        "查询风险线索",
        "部门见本部门的和尚无部门签收的，执法人员见分派给本人的，合作系统见自己报送的。",
        list_clues,
    );
    group.post(
        "/api/v1/risk-clues",
        "create_clue",
        "报送风险线索",
        "上级平台、投诉举报和人工录入；同一来源的同一编号只收一次。",
        create_clue,
    );
    group.get(
        "/api/v1/risk-clues/{id}",
        "get_clue",
        "线索详情",
        "线索、处置措施、时限及当前可办理的操作；模型线索附命中依据。",
        get_clue,
    );
    group.get(
        "/api/v1/risk-clues/{id}/deadlines",
        "list_clue_deadlines",
        "线索时限",
        "签收、分派和反馈时限，各自说明如何算出。",
        list_deadlines,
    );
    group.get(
        "/api/v1/risk-clues/{id}/duplicates",
        "list_clue_duplicates",
        "相似线索",
        "同一主体、同一领域、相近时间的未办结线索，供并案参考。",
        list_duplicates,
    );
    group.post(
        "/api/v1/risk-clues/{id}/open-inspection",
        "open_clue_inspection",
        "转检查",
        "一步建立专项任务和检查；检查结果审核通过后回流到线索，核查中的线索随之得出结论。",
        open_inspection,
    );
    group.post(
        "/api/v1/risk-clues/{id}/dispatch",
        "dispatch_clue",
        "交办",
        "县统筹部门把待签收的线索交给应当承办的部门，签收时限重新起算。",
        dispatch_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/transfer",
        "transfer_clue",
        "转办",
        "承办部门不对的，由县统筹部门转给应当承办的部门，写明理由；签收时限重新起算，反馈时限继续。",
        transfer_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/sign",
        "sign_clue",
        "签收",
        "线索未指定部门的，签收部门即为承办部门；两个部门同时签收只有一个成功。",
        sign_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/assign",
        "assign_clue",
        "分派",
        "分派给承办部门的执法人员或管理员，可改派。",
        assign_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/accept",
        "accept_clue",
        "接办",
        "开始核查；退回重办的线索由此重新开始。",
        accept_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/verify",
        "verify_clue",
        "核查",
        "属实、部分属实、不属实或无法核实；模型线索的结论计入模型准确率。",
        verify_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/dispose",
        "dispose_clue",
        "处置",
        "一项或多项措施，可关联检查、任务、处罚和信用分类；须与核查结论相符。",
        dispose_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/feed-back",
        "feed_back_clue",
        "反馈",
        "处置之后反馈；超过期限的记为超期。",
        feed_back_clue,
    );
    group.post("/api/v1/risk-clues/{id}/approve", "approve_clue", "审核反馈", "处置人、反馈人不能审核。", approve_clue);
    group.post(
        "/api/v1/risk-clues/{id}/rework",
        "rework_clue",
        "退回重办",
        "写明理由，反馈时限重新起算。",
        rework_clue,
    );
    group.post("/api/v1/risk-clues/{id}/close", "close_clue", "办结", "审核通过后由统筹部门办结。", close_clue);
    group.post(
        "/api/v1/risk-clues/{id}/return",
        "return_clue",
        "申请退回上级",
        "签收后不属本部门或本县的，附佐证申请退回，其间反馈时限停止计算。上级下发的可退回上级，本级的由统筹部门转办。",
        return_clue,
    );
    group.post(
        "/api/v1/risk-clues/{id}/approve-return",
        "approve_clue_return",
        "同意退回",
        "上级下发的线索退回上级；本级线索没有上级，应转办。申请人不能决定。",
        approve_clue_return,
    );
    group.post(
        "/api/v1/risk-clues/{id}/refuse-return",
        "refuse_clue_return",
        "不同意退回",
        "写明理由，反馈时限恢复计算。",
        refuse_clue_return,
    );
    group.post("/api/v1/risk-clues/{id}/merge", "merge_clue", "并案", "并入同一主体的另一条未办结线索。", merge_clue);
    group.post("/api/v1/risk-clues/{id}/extend", "extend_clue", "延期", "只能延期一次，写明理由。", extend_clue);

    group.get(
        "/api/v1/risk-clues/{id}/history",
        "list_clue_history",
        "线索变更记录",
        "谁在何时做了什么。",
        list_clue_history,
    );
}

pub struct Clues;

impl Listed for Clues {
    type Entity = entity::risks::risk_clues::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_clues(read: Read<CluesRead>, list: List<Clues>) -> Result<PageReply<ClueView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = clues::complete(db, items).await?;
    let items = items.into_iter().map(|clue| ClueView::of(&read.ctx, clue)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_clue(read: Read<CluesRead>, id: Id) -> Result<Reply<ClueView>> {
    let conn = &read.app.db;
    let row = store::get(conn, &read.ctx, id.0).await?;
    Reply::new(ClueView::of(&read.ctx, clues::complete_one(conn, row).await?))
}

async fn list_deadlines(read: Read<CluesRead>, id: Id) -> Result<Reply<DeadlinesView>> {
    let row = store::get(&read.app.db, &read.ctx, id.0).await?;
    let deadlines = clues::deadlines(&read.app, &row, read.ctx.now)?;
    Reply::new(DeadlinesView::of(deadlines, |deadline| deadline.clock.explain(&read.app.calendar)))
}

async fn list_duplicates(read: Read<CluesRead>, id: Id) -> Result<Reply<DuplicatesView>> {
    let found = clues::duplicates(&read.app, &read.ctx, id.0).await?;
    Reply::new(DuplicatesView { items: found.into_iter().map(|clue| ClueView::of(&read.ctx, clue)).collect() })
}

async fn create_clue(write: Write<CluesWrite>, body: Json<ClueBody>) -> Result<Created<ClueView>> {
    let app = &write.app;
    let step = async |tx: &_| clues::create(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|clue| ClueView::of(tx.ctx(), clue)))).await
}

type Answer = Result<Reply<ClueView>>;

async fn open_inspection(act: Act<CluesHandle>, at: Versioned, body: Json<InspectBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| clues::open_inspection(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|clue| ClueView::of(tx.ctx(), clue)))).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, step: Step) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| clues::act(app, tx, at.id, at.version, step.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|clue| ClueView::of(tx.ctx(), clue)))).await
}

async fn dispatch_clue(act: Act<CluesDispatch>, at: Versioned, body: Json<DispatchBody>) -> Answer {
    run(act, at, Step::Dispatch(body.0)).await
}

async fn transfer_clue(act: Act<CluesDispatch>, at: Versioned, body: Json<TransferBody>) -> Answer {
    run(act, at, Step::Transfer(body.0)).await
}

async fn sign_clue(act: Act<CluesAssign>, at: Versioned) -> Answer {
    run(act, at, Step::Sign).await
}

async fn assign_clue(act: Act<CluesAssign>, at: Versioned, body: Json<AssignBody>) -> Answer {
    run(act, at, Step::Assign(body.0)).await
}

async fn accept_clue(act: Act<CluesHandle>, at: Versioned) -> Answer {
    run(act, at, Step::Accept).await
}

async fn verify_clue(act: Act<CluesHandle>, at: Versioned, body: Json<VerifyBody>) -> Answer {
    run(act, at, Step::Verify(body.0)).await
}

async fn dispose_clue(act: Act<CluesHandle>, at: Versioned, body: Json<DisposeBody>) -> Answer {
    run(act, at, Step::Dispose(body.0)).await
}

async fn feed_back_clue(act: Act<CluesHandle>, at: Versioned, body: Json<FeedBackBody>) -> Answer {
    run(act, at, Step::FeedBack(body.0)).await
}

async fn approve_clue(act: Act<CluesReview>, at: Versioned, body: Json<OpinionBody>) -> Answer {
    run(act, at, Step::Approve(body.0.opinion)).await
}

async fn rework_clue(act: Act<CluesReview>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, Step::Rework(body.0.reason)).await
}

async fn close_clue(act: Act<CluesSupervise>, at: Versioned) -> Answer {
    run(act, at, Step::Close).await
}

async fn return_clue(act: Act<CluesAssign>, at: Versioned, body: Json<ReturnBody>) -> Answer {
    run(act, at, Step::Return(body.0)).await
}

async fn approve_clue_return(act: Act<CluesSupervise>, at: Versioned) -> Answer {
    run(act, at, Step::ApproveReturn).await
}

async fn refuse_clue_return(act: Act<CluesSupervise>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, Step::RefuseReturn(body.0.reason)).await
}

async fn merge_clue(act: Act<CluesAssign>, at: Versioned, body: Json<MergeBody>) -> Answer {
    run(act, at, Step::Merge(body.0)).await
}

async fn extend_clue(act: Act<CluesAssign>, at: Versioned, body: Json<ExtendBody>) -> Answer {
    run(act, at, Step::Extend(body.0)).await
}

async fn list_clue_history(read: Read<CluesRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    let hidden: &[&str] = if read.ctx.actor.sees_class() { &[] } else { &["trace"] };
    history_without(hidden, &read.app, &read.ctx, "risk-clues", id.0, &list).await
}
