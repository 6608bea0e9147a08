//! 离线作业.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::{edit, list};
use crate::persistence::visits::offline as store;
use crate::service::visits::offline;
use crate::service::visits::offline::{PassBody, RecordsBody};
use domain::access::permit::InspectionsRecord;
use domain::visits::offline::OfflineRecordAction;
use dto::{OfflinePassView, OfflineRecordView, SentRecordsView, TakenPassView};
use entity::visits::{offline_passes, offline_records};

pub fn routes(api: &mut Api) {
    let mut group = api.group("offline", "离线作业");
    group.get(
        "/api/v1/offline-passes",
        "list_offline_passes",
        "查询离线作业包",
        "执法人员见本人领取的，部门见本部门的。",
        list_passes,
    );
    group.post(
        "/api/v1/offline-passes",
        "take_offline_pass",
        "领取离线作业包",
        "本人待录入结果的检查及检查要点，可实施的入企检查及入企码；有效七天。",
        take_pass,
    );
    group.get(
        "/api/v1/offline-passes/{id}",
        "get_offline_pass",
        "离线作业包详情",
        "有效期、回传期限及当前可办理的操作。",
        get_pass,
    );
    group.post(
        "/api/v1/offline-passes/{id}/records",
        "send_offline_records",
        "回传离线记录",
        "进入、录入结果、离开，任意次序、可重复发送；先全部留存，再逐条办理。同一编号的同一记录只办一次；与他人记录不同的列为冲突。",
        send_records,
    );
    group.post(
        "/api/v1/offline-passes/{id}/revoke",
        "revoke_offline_pass",
        "作废离线作业包",
        "设备遗失等，由本人或部门作废，写明理由；此后不再接收其记录。",
        revoke_pass,
    );
    group.get(
        "/api/v1/offline-passes/{id}/history",
        "list_offline_pass_history",
        "离线作业包变更记录",
        "谁在何时做了什么。",
        list_pass_history,
    );

    group.get(
        "/api/v1/offline-records",
        "list_offline_records",
        "查询离线记录",
        "设备时间、到达时间、办理情况和未采用的原因。",
        list_records,
    );
    group.get(
        "/api/v1/offline-records/{id}",
        "get_offline_record",
        "离线记录详情",
        "所发送的内容、办理情况及当前可办理的操作。",
        get_record,
    );
    group.post(
        "/api/v1/offline-records/{id}/apply",
        "apply_offline_record",
        "采用离线记录",
        "核对后采用未采用的记录；与他人记录冲突的，以本记录替代已录入、尚未提交审核的结果。",
        apply_record,
    );
    group.post(
        "/api/v1/offline-records/{id}/discard",
        "discard_offline_record",
        "放弃离线记录",
        "写明理由；记录仍保留。",
        discard_record,
    );
    group.get(
        "/api/v1/offline-records/{id}/history",
        "list_offline_record_history",
        "离线记录变更记录",
        "谁在何时做了什么。",
        list_record_history,
    );
}

pub struct Passes;

impl Listed for Passes {
    type Entity = offline_passes::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::PASSES;
}

pub struct Records;

impl Listed for Records {
    type Entity = offline_records::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::RECORDS;
}

async fn list_passes(read: Read<InspectionsRecord>, list: List<Passes>) -> Result<PageReply<OfflinePassView>> {
    let scoped = store::scoped_passes(&read.ctx);
    let page = list::page(&read.app.db, &read.ctx, &store::PASSES, scoped, &list.request).await?;
    PageReply::new(&list, page.map(|pass| OfflinePassView::of(&read.app, &read.ctx, pass)))
}

async fn get_pass(read: Read<InspectionsRecord>, id: Id) -> Result<Reply<OfflinePassView>> {
    let pass = edit::find::<offline_passes::Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(OfflinePassView::of(&read.app, &read.ctx, pass))
}

async fn take_pass(write: Write<InspectionsRecord>, body: Json<PassBody>) -> Result<Created<TakenPassView>> {
    let app = &write.app;
    let step = async |tx: &_| offline::take(app, tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|taken| TakenPassView::of(app, tx.ctx(), taken)))).await
}

/// Many changes, each by itself: what a record's id is for, an idempotency key is not needed for.
async fn send_records(
    write: Write<InspectionsRecord>,
    id: Id,
    body: Json<RecordsBody>,
) -> Result<Reply<SentRecordsView>> {
    let records = offline::receive(&write.app, &write.ctx, id.0, &body.0).await?;
    let mut subjects = offline::subjects(&write.app.db, &records).await?;
    let items = records.into_iter().map(|record| {
        let subject = subjects.remove(&record.id);
        OfflineRecordView::of(&write.ctx, record, subject)
    });
    Reply::new(SentRecordsView { items: items.collect() })
}

async fn revoke_pass(
    act: Act<InspectionsRecord>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<OfflinePassView>> {
    let app = &act.0.app;
    let step = async |tx: &_| offline::revoke(app, tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|pass| OfflinePassView::of(app, tx.ctx(), pass)))).await
}

async fn list_records(read: Read<InspectionsRecord>, list: List<Records>) -> Result<PageReply<OfflineRecordView>> {
    let scoped = store::scoped_records(&read.ctx);
    let page = list::page(&read.app.db, &read.ctx, &store::RECORDS, scoped, &list.request).await?;
    let mut subjects = offline::subjects(&read.app.db, &page.items).await?;
    PageReply::new(
        &list,
        page.map(|record| {
            let subject = subjects.remove(&record.id);
            OfflineRecordView::of(&read.ctx, record, subject)
        }),
    )
}

async fn get_record(read: Read<InspectionsRecord>, id: Id) -> Result<Reply<OfflineRecordView>> {
    let record = edit::find::<offline_records::Entity>(&read.app.db, &read.ctx, id.0).await?;
    let subject = offline::subject(&read.app.db, &record).await?;
    Reply::new(OfflineRecordView::of(&read.ctx, record, subject))
}

async fn apply_record(act: Act<InspectionsRecord>, at: Versioned) -> Result<Reply<OfflineRecordView>> {
    settle(act, at, OfflineRecordAction::Apply, None).await
}

async fn discard_record(
    act: Act<InspectionsRecord>,
    at: Versioned,
    body: Json<ReasonBody>,
) -> Result<Reply<OfflineRecordView>> {
    settle(act, at, OfflineRecordAction::Discard, Some(body.0.reason)).await
}

async fn settle(
    act: Act<InspectionsRecord>,
    at: Versioned,
    action: OfflineRecordAction,
    reason: Option<String>,
) -> Result<Reply<OfflineRecordView>> {
    let app = &act.0.app;
    let step = async |tx: &WriteTx| {
        let change = offline::settle(app, tx, at.id, at.version, action, reason.clone()).await?;
        let subject = offline::subject(tx.conn(), &change.value).await?;
        Ok(change.map(|record| OfflineRecordView::of(tx.ctx(), record, subject)))
    };
    let reply = act.0.run(step).await?;
    let record = edit::find::<offline_records::Entity>(&app.db, &act.0.ctx, at.id).await?;
    if let Some(visit) = record.visit_id {
        offline::go_on(app, &act.0.ctx, visit).await;
    }
    Ok(reply)
}

async fn list_pass_history(
    read: Read<InspectionsRecord>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<offline_passes::Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "offline-passes", id.0, &list).await
}

async fn list_record_history(
    read: Read<InspectionsRecord>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<offline_records::Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "offline-records", id.0, &list).await
}
