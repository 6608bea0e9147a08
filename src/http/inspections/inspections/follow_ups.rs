//! 后续处置.

use super::dto::FollowUpView;
use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::kernel::error::Result;
use crate::persistence::inspections::follow_ups;
use crate::persistence::kernel::list;
use crate::service::inspections::inspections;
use crate::service::inspections::inspections::{CompleteBody, FollowUpBody};
use domain::access::permit::{InspectionsRead, InspectionsRecord};

pub struct FollowUps;

impl Listed for FollowUps {
    type Entity = entity::inspections::follow_ups::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &follow_ups::LISTING;
}

pub(super) async fn list_follow_ups(
    read: Read<InspectionsRead>,
    list: List<FollowUps>,
) -> Result<PageReply<FollowUpView>> {
    let scope = follow_ups::scoped(&read.ctx);
    let page = list::page(&read.app.db, &read.ctx, &follow_ups::LISTING, scope, &list.request).await?;
    PageReply::new(&list, page.map(FollowUpView::from))
}

pub(super) async fn create_follow_up(
    write: Write<InspectionsRecord>,
    id: Id,
    body: Json<FollowUpBody>,
) -> Result<Created<FollowUpView>> {
    write.run(async |tx| Ok(inspections::add_follow_up(tx, id.0, body.0.clone()).await?.map(Into::into))).await
}

pub(super) async fn complete_follow_up(
    act: Act<InspectionsRecord>,
    at: Versioned,
    body: Json<CompleteBody>,
) -> Result<Reply<FollowUpView>> {
    act.0
        .run(async |tx| {
            let change = inspections::complete_follow_up(tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(FollowUpView::from))
        })
        .await
}
