//! 审计: the trail for the auditor, and the history of one record for those who may see it.

mod dto;

use crate::app::App;
use crate::http::kernel::extract::{List, Listed, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::PageReply;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::oversight::audit as store;
use domain::access::permit::AuditRead;
pub use dto::AuditEntryView;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("audit", "审计记录");
    group.get(
        "/api/v1/audit/entries",
        "list_audit_entries",
        "查询审计记录",
        "谁在何时对哪条记录做了什么，以及前后内容；仅安全审计员可见。",
        list_audit_entries,
    );
}

/// The trail as a list.
pub struct Trail;

impl Listed for Trail {
    type Entity = entity::oversight::audit_entries::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_audit_entries(read: Read<AuditRead>, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::trail(), &list.request).await?;
    let shown = read.ctx.actor.sees_class();
    PageReply::new(
        &list,
        page.map(|entry| {
            let view = AuditEntryView::from(entry);
            if shown { view } else { view.without_class() }
        }),
    )
}

/// Like [`history`], with members taken out of what was before and after.
pub async fn history_without(
    hidden: &[&str],
    app: &App,
    ctx: &Ctx,
    resource: &'static str,
    id: Uuid,
    list: &List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    let page = list::page(&app.db, ctx, &store::LISTING, store::history(resource, id), &list.request).await?;
    PageReply::new(list, page.map(|entry| AuditEntryView::from(entry).without(hidden)))
}

/// 变更记录 of one record. The caller has read the record under their own scope before.
pub async fn history(
    app: &App,
    ctx: &Ctx,
    resource: &'static str,
    id: Uuid,
    list: &List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    history_without(&[], app, ctx, resource, id, list).await
}
