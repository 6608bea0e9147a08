//! 入企检查.

mod budget;
mod codes;
mod dto;
mod figures;

pub use codes::{EntryCodeView, EntryReceiptView};
pub use dto::VisitView;

use crate::http::kernel::extract::{
    Act, Id, Json, List, Listed, Param, ParamKind, ParamValue, Params, Query, Read, Versioned, Write,
};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::{AppError, Result};
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::{edit, list};
use crate::persistence::visits::visits as store;
use crate::service::inspections::inspections::OpinionBody;
use crate::service::visits::figures as sums;
use crate::service::visits::offline;
use crate::service::visits::visits;
use crate::service::visits::visits::{EnterBody, LeaveBody, RequestBody, VisitBody, VisitTerms};
use budget::VisitBudgetView;
use chrono::Datelike;
use domain::access::Permit;
use domain::access::permit::{VisitsApprove, VisitsRead, VisitsRequest};
use domain::visits::VisitAction;
use entity::visits::visits::Entity;
use figures::VisitFiguresView;

pub fn routes(api: &mut Api) {
    let mut group = api.group("visits", "入企检查");
    group.get(
        "/api/v1/visits",
        "list_visits",
        "查询入企检查",
        "部门见本部门参加的，执法人员见本人参加的。",
        list_visits,
    );
    group.post(
        "/api/v1/visits",
        "create_visit",
        "拟定入企检查",
        "同一对象的各项检查为一次入企（进一次门、查多事项）；可含已抽取或线索的检查，也可新开日常检查。",
        create_visit,
    );
    group.get(
        "/api/v1/visits/{id}",
        "get_visit",
        "入企检查详情",
        "各部门的部分、额度、进入与离开、预警及当前可办理的操作。",
        get_visit,
    );
    group.put("/api/v1/visits/{id}", "update_visit", "修改入企检查", "整体替换草稿的安排。", update_visit);
    group.get(
        "/api/v1/visits/{id}/budget",
        "check_visit_budget",
        "额度试算",
        "按现行规则试算申请的结果：可以申请、应并入、额度不足（写明规则和依据）；不占用额度。",
        check_budget,
    );
    group.get(
        "/api/v1/visits/{id}/entry-code",
        "get_visit_entry_code",
        "入企码",
        "经签名、至多七天有效，任何人可离线验证（docs/entry-code.md）。",
        get_entry_code,
    );
    group.post(
        "/api/v1/visits/{id}/request",
        "request_visit",
        "申请",
        "占用额度；其他部门有可并入的检查时须并入或说明理由；额度不足的拒绝，并写明规则和依据。",
        request_visit,
    );
    group.post(
        "/api/v1/visits/{id}/return",
        "return_visit",
        "退回",
        "检查主体负责人退回，写明理由，占用的额度释放；牵头部门退回的，各部门各回草稿，配合部门退回的只退出本部门。",
        return_visit,
    );
    group.post(
        "/api/v1/visits/{id}/approve",
        "approve_visit",
        "批准",
        "各部门负责人批准本部门的部分；申请人不能批准。",
        approve_visit,
    );
    group.post(
        "/api/v1/visits/{id}/notify",
        "notify_visit",
        "送达通知",
        "检查依据、任务来源、频次、人员及申请回避的权利已告知企业；突击检查不通知。",
        notify_visit,
    );
    group.post(
        "/api/v1/visits/{id}/enter",
        "enter_visit",
        "进入登记",
        "再次核验人员证件、回避；网络不通的可在规定天数内补录并写明原因。",
        enter_visit,
    );
    group.post(
        "/api/v1/visits/{id}/enter-urgently",
        "enter_visit_urgently",
        "紧急进入",
        "紧急情况下先进入后补办批准，写明理由；不占用额度。",
        enter_visit_urgently,
    );
    group.post(
        "/api/v1/visits/{id}/approve-late",
        "approve_visit_late",
        "补办批准",
        "紧急进入后由检查主体负责人补办批准。",
        approve_visit_late,
    );
    group.post(
        "/api/v1/visits/{id}/refuse-late",
        "refuse_visit_late",
        "不予补办",
        "检查主体负责人不认可紧急进入，写明理由；计入未经批准的入企检查。",
        refuse_visit_late,
    );
    group.post("/api/v1/visits/{id}/leave", "leave_visit", "离开登记", "企业已扫入企码；未扫的写明原因。", leave_visit);
    group.post(
        "/api/v1/visits/{id}/cancel",
        "cancel_visit",
        "取消",
        "写明理由；占用的额度释放，配合部门的部分回到各自草稿，抽取的检查可另行安排。",
        cancel_visit,
    );
    group.post(
        "/api/v1/visits/{id}/take-off-site",
        "take_visit_off_site",
        "转为非现场",
        "改以书面、网络监测等非现场方式检查；占用的额度释放。",
        take_visit_off_site,
    );
    group.get(
        "/api/v1/visits/{id}/history",
        "list_visit_history",
        "入企检查变更记录",
        "谁在何时做了什么。",
        list_visit_history,
    );

    group.get(
        "/api/v1/visit-figures",
        "get_visit_figures",
        "入企检查监测",
        "亮码率、联合检查率、问题发现率、未经批准数和企业评价，按部门和全县；只监测，不排名。",
        get_figures,
    );
}

pub struct Visits;

impl Listed for Visits {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

/// The year of the figures.
#[derive(Default)]
pub struct Year {
    year: Option<u64>,
}

impl Params for Year {
    const PARAMS: &'static [Param] =
        &[Param { name: "year", doc: "年度，默认今年", kind: ParamKind::Count { max: 9_999 } }];

    fn set(&mut self, _: &str, value: ParamValue) {
        if let ParamValue::Count(year) = value {
            self.year = Some(year);
        }
    }
}

async fn list_visits(read: Read<VisitsRead>, list: List<Visits>) -> Result<PageReply<VisitView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let items = visits::complete(&read.app.db, items).await?;
    let items = items.into_iter().map(|visit| VisitView::of(&read.ctx, visit)).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

async fn get_visit(read: Read<VisitsRead>, id: Id) -> Result<Reply<VisitView>> {
    let visit = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(VisitView::of(&read.ctx, visits::complete_one(&read.app.db, visit).await?))
}

async fn create_visit(write: Write<VisitsRequest>, body: Json<VisitBody>) -> Result<Created<VisitView>> {
    let app = &write.app;
    let step = async |tx: &_| visits::create(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await
}

async fn update_visit(write: Write<VisitsRequest>, at: Versioned, body: Json<VisitTerms>) -> Answer {
    let app = &write.app;
    let step = async |tx: &_| visits::update(app, tx, at.id, at.version, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await
}

async fn check_budget(read: Read<VisitsRequest>, id: Id) -> Result<Reply<VisitBudgetView>> {
    let visit = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(visits::assess_visit(&read.app, &read.ctx, &visit).await?.into())
}

async fn get_entry_code(read: Read<VisitsRequest>, id: Id) -> Result<Reply<EntryCodeView>> {
    let visit = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    let visit = visits::complete_one(&read.app.db, visit).await?;
    Reply::new(visits::entry_code(&read.app, &read.ctx, &visit).await?.into())
}

type Answer = Result<Reply<VisitView>>;

async fn request_visit(act: Act<VisitsRequest>, at: Versioned, body: Json<RequestBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| visits::request(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await
}

async fn return_visit(act: Act<VisitsApprove>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, VisitAction::Return, Some(body.0.reason)).await
}

async fn approve_visit(act: Act<VisitsApprove>, at: Versioned, body: Json<OpinionBody>) -> Answer {
    run(act, at, VisitAction::Approve, body.0.opinion).await
}

async fn approve_visit_late(act: Act<VisitsApprove>, at: Versioned, body: Json<OpinionBody>) -> Answer {
    run(act, at, VisitAction::ApproveLate, body.0.opinion).await
}

async fn refuse_visit_late(act: Act<VisitsApprove>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, VisitAction::RefuseLate, Some(body.0.reason)).await
}

async fn notify_visit(act: Act<VisitsRequest>, at: Versioned) -> Answer {
    run(act, at, VisitAction::Notify, None).await
}

async fn enter_visit(act: Act<VisitsRequest>, at: Versioned, body: Json<EnterBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| visits::enter(app, tx, at.id, at.version, body.0.clone()).await;
    let reply = act.0.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await?;
    // What officers have sent from where there is no network may have waited for this.
    offline::go_on(app, &act.0.ctx, at.id).await;
    Ok(reply)
}

async fn enter_visit_urgently(act: Act<VisitsRequest>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| visits::enter_urgently(app, tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await
}

async fn leave_visit(act: Act<VisitsRequest>, at: Versioned, body: Json<LeaveBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| visits::leave(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await
}

async fn cancel_visit(act: Act<VisitsRequest>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, VisitAction::Cancel, Some(body.0.reason)).await
}

async fn take_visit_off_site(act: Act<VisitsRequest>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, VisitAction::TakeOffSite, Some(body.0.reason)).await
}

async fn run<P: Permit>(act: Act<P>, at: Versioned, action: VisitAction, words: Option<String>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| visits::act(app, tx, at.id, at.version, action, words.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|visit| VisitView::of(tx.ctx(), visit)))).await
}

async fn list_visit_history(read: Read<VisitsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "visits", id.0, &list).await
}

async fn get_figures(read: Read<VisitsRead>, year: Query<Year>) -> Result<Reply<VisitFiguresView>> {
    let year = match year.0.year {
        Some(year) => i32::try_from(year).map_err(AppError::internal)?,
        None => read.ctx.today().year(),
    };
    let items = sums::of_year(&read.app, &read.ctx, year).await?;
    Reply::new(VisitFiguresView { year, items: items.into_iter().map(Into::into).collect() })
}
