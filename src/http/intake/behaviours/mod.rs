//! 监管行为 and their quality.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::file::{CsvFile, NamedTable, Spreadsheet};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{PageReply, Reply};
use crate::http::officers::personal_data::{PersonalDataView, PurposeBody};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::intake::behaviours as store;
use crate::persistence::kernel::{edit, list};
use crate::service::intake::behaviours;
use crate::service::intake::behaviours::{BehaviourBatchBody, BehaviourBody, OverrideBody};
use domain::access::permit::{BehavioursAudit, BehavioursRead, BehavioursWrite, PersonalDataRead, ReferenceRead};
use domain::intake::behaviours::quality::rules;
use dto::{BehaviourBatchView, BehaviourReceiptView, BehaviourReceiptsView, BehaviourView, QualityRulesView};
use entity::intake::behaviour_batches;
use entity::intake::behaviours::Entity;

pub fn routes(api: &mut Api) {
    let mut group = api.group("behaviours", "监管行为");
    group.get(
        "/api/v1/behaviours",
        "list_behaviours",
        "查询监管行为",
        "检查、处罚、强制和其他监管行为，连同各行的质量问题。",
        list_behaviours,
    );
    group.post(
        "/api/v1/behaviours",
        "send_behaviour",
        "报送监管行为",
        "一行国标数据及其交换字段（I 新增、U 修改、D 删除，可重复、乱序、迟到）；当即答复写入结果和每一处质量问题。",
        send_behaviour,
    );
    group.post(
        "/api/v1/behaviours/batch",
        "send_behaviours",
        "批量报送监管行为",
        "一次至多 1,000 行，逐行答复，与单行报送结果相同；交换字段有误的整批不收，逐一指明。",
        send_behaviours,
    );
    group.get("/api/v1/behaviours/{id}", "get_behaviour", "监管行为详情", "各列内容和质量问题。", get_behaviour);
    group.post(
        "/api/v1/behaviours/{id}/override-finding",
        "override_behaviour_finding",
        "核销质量问题",
        "由审核人写明理由核销一处问题，不再计为错误；报送人不能核销。",
        override_finding,
    );
    group.post(
        "/api/v1/behaviours/{id}/personal-data",
        "reveal_behaviour",
        "查看完整的个人信息",
        "行政相对人为自然人时的姓名和证件号码；须说明目的，并记入审计。",
        reveal_behaviour,
    );
    group.get(
        "/api/v1/behaviours/{id}/history",
        "list_behaviour_history",
        "监管行为变更记录",
        "各次报送前后的内容，含迟到留作历史的。",
        list_behaviour_history,
    );

    group.get(
        "/api/v1/behaviour-batches",
        "list_behaviour_batches",
        "查询监管行为批次",
        "各部门各表各批的行数、准确率和首次准确率；更正后随即变化。",
        list_batches,
    );
    group.get(
        "/api/v1/behaviour-batches/{id}",
        "get_behaviour_batch",
        "监管行为批次详情",
        "一批的行数、准确率和首次准确率。",
        get_batch,
    );
    group.get(
        "/api/v1/behaviour-batches/{id}/wrong-rows.xlsx",
        "get_wrong_rows_xlsx",
        "导出错误行（XLSX）",
        "一批中有未处理错误的行（一次至多 5,000 行）及其问题；在表中改正后原样导入，即更正这些行；导出后又有更新的行不会被覆盖。个人信息仍为掩码，不改动即保持原值。平台根据检查结果生成的行不在其中，请更正检查结果。",
        get_wrong_rows_xlsx,
    );
    group.get(
        "/api/v1/behaviour-batches/{id}/wrong-rows.csv",
        "get_wrong_rows_csv",
        "导出错误行（CSV）",
        "同上，UTF-8。",
        get_wrong_rows_csv,
    );
    group.get(
        "/api/v1/quality-rules",
        "list_quality_rules",
        "检核规则",
        "现行规则集：维度、级别、提示语和依据。",
        list_rules,
    );
}

pub struct Behaviours;

impl Listed for Behaviours {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Batches;

impl Listed for Batches {
    type Entity = behaviour_batches::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::BATCHES;
}

async fn list_behaviours(read: Read<BehavioursRead>, list: List<Behaviours>) -> Result<PageReply<BehaviourView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(Into::into))
}

async fn list_batches(read: Read<BehavioursRead>, list: List<Batches>) -> Result<PageReply<BehaviourBatchView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::BATCHES, store::scoped_batches(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(Into::into))
}

async fn get_batch(read: Read<BehavioursRead>, id: Id) -> Result<Reply<BehaviourBatchView>> {
    Reply::new(edit::find::<behaviour_batches::Entity>(&read.app.db, &read.ctx, id.0).await?.into())
}

async fn get_wrong_rows_xlsx(read: Read<BehavioursRead>, id: Id) -> Result<Spreadsheet> {
    wrong_rows(&read, id).await?.xlsx()
}

async fn get_wrong_rows_csv(read: Read<BehavioursRead>, id: Id) -> Result<CsvFile> {
    wrong_rows(&read, id).await?.csv()
}

async fn wrong_rows(read: &Read<BehavioursRead>, id: Id) -> Result<NamedTable> {
    let db = &read.app.db;
    let batch = edit::find::<behaviour_batches::Entity>(db, &read.ctx, id.0).await?;
    let table = behaviours::wrong_rows(db, &batch).await?;
    Ok(NamedTable { table, name: format!("wrong-{}-{}", batch.kind.code().to_lowercase(), batch.id) })
}

async fn get_behaviour(read: Read<BehavioursRead>, id: Id) -> Result<Reply<BehaviourView>> {
    Reply::new(edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?.into())
}

async fn send_behaviour(
    write: Write<BehavioursWrite>,
    body: Json<BehaviourBody>,
) -> Result<Reply<BehaviourReceiptView>> {
    let app = &write.app;
    write.run(async |tx| Ok(behaviours::receive_one(app, tx, body.0.clone()).await?.map(Into::into))).await
}

async fn send_behaviours(
    write: Write<BehavioursWrite>,
    body: Json<BehaviourBatchBody>,
) -> Result<Reply<BehaviourReceiptsView, 207>> {
    let app = &write.app;
    write.run(async |tx| Ok(behaviours::receive_batch(app, tx, body.0.clone()).await?.map(Into::into))).await
}

async fn override_finding(
    act: Act<BehavioursAudit>,
    at: Versioned,
    body: Json<OverrideBody>,
) -> Result<Reply<BehaviourView>> {
    let step = async |tx: &_| behaviours::override_finding(tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(Into::into))).await
}

async fn reveal_behaviour(
    write: Write<PersonalDataRead>,
    id: Id,
    body: Json<PurposeBody>,
) -> Result<Reply<PersonalDataView>> {
    let app = &write.app;
    write.run(async |tx| Ok(behaviours::reveal(app, tx, id.0, &body.0.purpose).await?.map(Into::into))).await
}

async fn list_behaviour_history(
    read: Read<BehavioursRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "behaviours", id.0, &list).await
}

async fn list_rules(_: Read<ReferenceRead>) -> Result<Reply<QualityRulesView>> {
    Reply::new(rules().into())
}
