//! 待办.

mod dto;

use crate::http::kernel::extract::{List, Listed, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::oversight::worklist as store;
use domain::access::permit::SelfUse;
use dto::{WorklistEntryView, WorklistSummaryView};

pub fn routes(api: &mut Api) {
    let mut group = api.group("worklist", "待办");
    group.get(
        "/api/v1/worklist",
        "list_worklist",
        "我的待办",
        "等我办理的事：待认领、待完善、被退回、待审核、上级变化等，按办理期限排序。",
        list_worklist,
    );

    group.get(
        "/api/v1/worklist/summary",
        "get_worklist_summary",
        "待办统计",
        "各类待办的件数，其中已超期的件数。",
        get_worklist_summary,
    );
}

pub struct Entries;

impl Listed for Entries {
    type Entity = entity::oversight::worklist_entries::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_worklist(read: Read<SelfUse>, list: List<Entries>) -> Result<PageReply<WorklistEntryView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(|entry| WorklistEntryView::of(entry, read.ctx.today())))
}

async fn get_worklist_summary(read: Read<SelfUse>) -> Result<Reply<WorklistSummaryView>> {
    let all = store::counts(&read.app.db, &read.ctx, None).await?;
    let late = store::counts(&read.app.db, &read.ctx, Some(read.ctx.today())).await?;
    Reply::new(WorklistSummaryView::of(&all, &late))
}
