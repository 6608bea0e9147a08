//! 法律条款.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::items::legal_clauses as store;
use crate::persistence::kernel::list;
use crate::service::items::legal_clauses;
use crate::service::items::legal_clauses::{ClauseBody, ClausePatch, RepealBody};
use domain::access::permit::{ClausesRead, ClausesWrite};
use dto::{ClauseView, DependentsView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("legal-clauses", "法律条款");
    group.get("/api/v1/legal-clauses", "list_clauses", "查询法律条款", "事项和检查要点所依据的条款。", list_clauses);
    group.post("/api/v1/legal-clauses", "create_clause", "录入法律条款", "一条一记录，附施行日期。", create_clause);
    group.get("/api/v1/legal-clauses/{id}", "get_clause", "法律条款详情", "一个条款。", get_clause);
    group.patch(
        "/api/v1/legal-clauses/{id}",
        "update_clause",
        "更正法律条款",
        "更正文号或条文；法律、条款和施行日期不变。",
        update_clause,
    );
    group.get(
        "/api/v1/legal-clauses/{id}/dependents",
        "list_clause_dependents",
        "条款的引用",
        "引用该条款的事项和检查要点，及其位置；管理范围以外的只计入总数。",
        list_clause_dependents,
    );
    group.post(
        "/api/v1/legal-clauses/{id}/repeal",
        "repeal_clause",
        "废止条款",
        "失去全部依据的事项和清单随即冻结，直至作出处理。",
        repeal_clause,
    );
    group.post(
        "/api/v1/legal-clauses/{id}/reinstate",
        "reinstate_clause",
        "撤销废止",
        "误录的废止可写明理由撤销；因此冻结的事项和清单随即恢复。",
        reinstate_clause,
    );

    group.get(
        "/api/v1/legal-clauses/{id}/history",
        "list_clause_history",
        "条款变更记录",
        "谁在何时做了什么。",
        list_clause_history,
    );
}

pub struct Clauses;

impl Listed for Clauses {
    type Entity = entity::items::legal_clauses::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_clauses(read: Read<ClausesRead>, list: List<Clauses>) -> Result<PageReply<ClauseView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(|clause| ClauseView::of(&read.ctx, clause)))
}

async fn get_clause(read: Read<ClausesRead>, id: Id) -> Result<Reply<ClauseView>> {
    Reply::new(ClauseView::of(&read.ctx, store::get(&read.app.db, id.0).await?))
}

async fn create_clause(write: Write<ClausesWrite>, body: Json<ClauseBody>) -> Result<Created<ClauseView>> {
    write
        .run(async |tx| {
            let change = legal_clauses::create(tx, body.0.clone()).await?;
            Ok(change.map(|clause| ClauseView::of(tx.ctx(), clause)))
        })
        .await
}

async fn update_clause(
    write: Write<ClausesWrite>,
    at: Versioned,
    body: Json<ClausePatch>,
) -> Result<Reply<ClauseView>> {
    write
        .run(async |tx| {
            let change = legal_clauses::update(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|clause| ClauseView::of(tx.ctx(), clause)))
        })
        .await
}

async fn list_clause_dependents(read: Read<ClausesRead>, id: Id) -> Result<Reply<DependentsView>> {
    let db = &read.app.db;
    store::get(db, id.0).await?;
    let (visible, total) = legal_clauses::visible_dependents(db, &read.ctx, id.0).await?;
    Reply::new(DependentsView::of(visible, total))
}

async fn repeal_clause(act: Act<ClausesWrite>, at: Versioned, body: Json<RepealBody>) -> Result<Reply<ClauseView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = legal_clauses::repeal(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|clause| ClauseView::of(tx.ctx(), clause)))
        })
        .await
}

async fn reinstate_clause(act: Act<ClausesWrite>, at: Versioned, body: Json<ReasonBody>) -> Result<Reply<ClauseView>> {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = legal_clauses::reinstate(app, tx, at.id, at.version, body.0.reason.clone()).await?;
            Ok(change.map(|clause| ClauseView::of(tx.ctx(), clause)))
        })
        .await
}

async fn list_clause_history(read: Read<ClausesRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "legal-clauses", id.0, &list).await
}
