//! 数据导入.

mod dto;

use super::jobs::JobView;
use crate::http::kernel::extract::{Id, List, Listed, Read, Upload, Write, forbidden};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Accepted, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::intake::imports as store;
use crate::persistence::kernel::list;
use crate::service::intake::imports;
use domain::access::permit::{ImportsRead, ImportsWrite};
use domain::access::{Reach, import_permission};
use dto::{FindingView, ImportView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("imports", "数据导入");
    group.post(
        "/api/v1/imports",
        "create_import",
        "导入数据",
        "流式发送文件内容：CSV（UTF-8、GBK/GB18030 或 UTF-16；逗号、分号、制表符或竖线分隔）、XLSX、XLS、ODS、NDJSON，按内容识别；受理后由作业逐行办理，同一文件重发不产生变化。",
        create_import,
    );
    group.get("/api/v1/imports", "list_imports", "查询导入", "各次导入及其行数。", list_imports);
    group.get(
        "/api/v1/imports/{id}",
        "get_import",
        "导入详情",
        "新建、更新、未变、拒绝、略过之和等于总行数。",
        get_import,
    );
    group.get(
        "/api/v1/imports/{id}/findings",
        "list_import_findings",
        "导入问题",
        "每个存疑字段或被拒行：行号、字段、规则、说明。",
        list_import_findings,
    );

    group.get(
        "/api/v1/imports/{id}/history",
        "list_import_history",
        "导入变更记录",
        "谁在何时做了什么。",
        list_import_history,
    );
}

pub struct Imports;

impl Listed for Imports {
    type Entity = entity::intake::imports::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Findings;

impl Listed for Findings {
    type Entity = entity::intake::findings::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::FINDINGS;
}

async fn create_import(write: Write<ImportsWrite>, upload: Upload) -> Result<Accepted<JobView>> {
    let needed = import_permission(upload.dataset);
    // What a department may send is bounded row by row: its own records and those below.
    let reach = write.ctx.actor.reach(needed).ok_or_else(|| forbidden(needed))?;
    if reach != Reach::All && !upload.dataset.is_bounded_by_row() {
        return Err(forbidden(needed));
    }
    let accepted = write
        .run(async |tx| {
            let change = imports::receive(&write.app, tx, upload.dataset, &upload.filename, &upload.file).await?;
            Ok(change.map(|(_, job)| JobView::from(job)))
        })
        .await?;
    write.app.wake_jobs();

    Ok(accepted)
}

async fn list_imports(read: Read<ImportsRead>, list: List<Imports>) -> Result<PageReply<ImportView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(ImportView::from))
}

async fn get_import(read: Read<ImportsRead>, id: Id) -> Result<Reply<ImportView>> {
    Reply::new(store::get(&read.app.db, &read.ctx, id.0).await?.into())
}

async fn list_import_findings(read: Read<ImportsRead>, id: Id, list: List<Findings>) -> Result<PageReply<FindingView>> {
    let db = &read.app.db;
    store::get(db, &read.ctx, id.0).await?;
    let page = list::page(db, &read.ctx, &store::FINDINGS, store::findings_of(id.0), &list.request).await?;
    PageReply::new(&list, page.map(FindingView::from))
}

async fn list_import_history(read: Read<ImportsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "imports", id.0, &list).await
}
