//! 执法文书.

mod dto;
mod paper;

use crate::app::App;
use crate::http::kernel::extract::{Act, Anonymous, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::http::records::files::LinkView;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::list::Page;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::kernel::{edit, list};
use crate::persistence::records::documents as store;
use crate::service::records::documents;
use crate::service::records::documents::{DocumentBody, Filled, Handing, InputsBody, Paper, RefusalBody, ServiceBody};
use domain::access::Permit;
use domain::access::permit::{DocumentsRead, DocumentsVoid, DocumentsWrite};
use domain::records::documents::templates;
use dto::{DocumentLinkBody, DocumentTemplatesView, DocumentView, PublicDocumentView};
use entity::records::documents::{Entity, Model};
use paper::VerifyCode;
use sea_orm::ConnectionTrait;

pub fn routes(api: &mut Api) {
    let mut group = api.group("documents", "执法文书");
    group.get(
        "/api/v1/document-templates",
        "list_document_templates",
        "文书模板",
        "各种文书现行和以往的模板：执法人员填写的项，由平台数据填写的项。",
        list_templates,
    );

    group.post(
        "/api/v1/inspections/{id}/documents",
        "create_document",
        "起草文书",
        "按现行模板起草；填写项可以后补，制发前须齐全。",
        create_document,
    );
    group.get(
        "/api/v1/documents",
        "list_documents",
        "查询文书",
        "部门见本部门检查的，执法人员见本人承担的。",
        list_documents,
    );
    group.get(
        "/api/v1/documents/{id}",
        "get_document",
        "文书详情",
        "填写内容、文号、摘要、送达情况及当前可办理的操作。",
        get_document,
    );
    group.put("/api/v1/documents/{id}", "update_document", "修改文书草稿", "整体替换填写项。", update_document);
    group.get(
        "/api/v1/documents/{id}/preview",
        "preview_document",
        "预览文书草稿",
        "以当前数据排版的 PDF，每页标“草稿”。",
        preview_document,
    );

    group.post(
        "/api/v1/documents/{id}/issue",
        "issue_document",
        "制发文书",
        "取得文号（每机关、文种、年度连续不断号），以当时的平台数据排版为 PDF 和 DOCX；此后不再改变。",
        issue_document,
    );
    group.post(
        "/api/v1/documents/{id}/links",
        "create_document_link",
        "查看文书文件",
        "取得 PDF 或 DOCX 的限时链接，记入审计。",
        create_link,
    );
    group.post(
        "/api/v1/documents/{id}/serve",
        "serve_document",
        "登记送达",
        "送达方式、受送达人、时间；留置送达须有见证人。",
        serve_document,
    );
    group.post(
        "/api/v1/documents/{id}/record-refusal",
        "record_document_refusal",
        "登记拒收",
        "拒收事由和见证人。",
        record_refusal,
    );
    group.post(
        "/api/v1/documents/{id}/void",
        "void_document",
        "作废文书",
        "写明理由；文号保留，公开核验显示已作废。制发人不能作废。",
        void_document,
    );
    group.post(
        "/api/v1/documents/{id}/discard",
        "discard_document",
        "放弃文书草稿",
        "未取得文号的草稿，写明理由。",
        discard_document,
    );
    group.get(
        "/api/v1/documents/{id}/history",
        "list_document_history",
        "文书变更记录",
        "谁在何时做了什么，包括谁查看过。",
        list_history,
    );
    group.get(
        "/api/v1/public/documents/{code}",
        "verify_document",
        "公开核验文书",
        "以文书上的核验码查询：文号、制发机关、日期、状态和文件摘要；不含文书内容。",
        verify_document,
    );
}

pub struct Documents;

impl Listed for Documents {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_templates(_: Read<DocumentsRead>) -> Result<Reply<DocumentTemplatesView>> {
    Reply::new(DocumentTemplatesView { items: templates::all().iter().map(Into::into).collect() })
}

async fn list_documents(read: Read<DocumentsRead>, list: List<Documents>) -> Result<PageReply<DocumentView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let made = documents::with_inspections(db, &page.items).await?;
    let Page { items, next_cursor, total, total_capped } = page;
    let view = |row: Model| {
        let made = made.get(&row.inspection_id).cloned();
        DocumentView::of(&read.ctx, row, made, None)
    };
    let items = items.into_iter().map(view).collect();
    PageReply::new(&list, Page { items, next_cursor, total, total_capped })
}

/// A document with what stands in it.
async fn shown(app: &App, conn: &impl ConnectionTrait, ctx: &Ctx, row: Model) -> Result<DocumentView> {
    let mut made = documents::with_inspections(conn, std::slice::from_ref(&row)).await?;
    let made = made.remove(&row.inspection_id);
    let said = (Filled::open(app, &row).await?, Handing::open(app, &row).await?);
    Ok(DocumentView::of(ctx, row, made, Some(said)))
}

async fn get_document(read: Read<DocumentsRead>, id: Id) -> Result<Reply<DocumentView>> {
    let row = edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(shown(&read.app, &read.app.db, &read.ctx, row).await?)
}

async fn create_document(
    write: Write<DocumentsWrite>,
    id: Id,
    body: Json<DocumentBody>,
) -> Result<Created<DocumentView>> {
    let app = &write.app;
    let step = async |tx: &_| documents::create(app, tx, id.0, body.0.clone()).await;
    run(&write, step).await
}

type Answer = Result<Reply<DocumentView>>;

async fn update_document(write: Write<DocumentsWrite>, at: Versioned, body: Json<InputsBody>) -> Answer {
    let app = &write.app;
    let step = async |tx: &_| documents::update(app, tx, at.id, at.version, body.0.inputs.clone()).await;
    run(&write, step).await
}

async fn preview_document(read: Read<DocumentsRead>, id: Id) -> Result<Paper> {
    documents::preview(&read.app, &read.ctx, id.0).await
}

async fn issue_document(act: Act<DocumentsWrite>, at: Versioned) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| documents::issue(app, tx, at.id, at.version).await;
    run(&act.0, step).await
}

async fn create_link(write: Write<DocumentsRead>, id: Id, body: Json<DocumentLinkBody>) -> Result<Created<LinkView>> {
    let app = &write.app;
    let step = async |tx: &_| documents::open_file(app, tx, id.0, body.0.format).await;
    write.run(async |tx| Ok(step(tx).await?.map(LinkView::from))).await
}

async fn serve_document(act: Act<DocumentsWrite>, at: Versioned, body: Json<ServiceBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| documents::serve(app, tx, at.id, at.version, body.0.clone()).await;
    run(&act.0, step).await
}

async fn record_refusal(act: Act<DocumentsWrite>, at: Versioned, body: Json<RefusalBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| documents::record_refusal(app, tx, at.id, at.version, body.0.clone()).await;
    run(&act.0, step).await
}

async fn void_document(act: Act<DocumentsVoid>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    let step = async |tx: &_| documents::void(tx, at.id, at.version, body.0.reason.clone()).await;
    run(&act.0, step).await
}

async fn discard_document(act: Act<DocumentsWrite>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    let step = async |tx: &_| documents::discard(tx, at.id, at.version, body.0.reason.clone()).await;
    run(&act.0, step).await
}

/// Runs a step and answers with the document as it then is.
async fn run<P: Permit, const STATUS: u16>(
    write: &Write<P>,
    step: impl AsyncFn(&WriteTx) -> Result<Change<Model>>,
) -> Result<Reply<DocumentView, STATUS>> {
    write
        .run(async |tx| {
            let change = step(tx).await?;
            let view = shown(&write.app, tx.conn(), tx.ctx(), change.value.clone()).await?;
            Ok(change.map(|_| view))
        })
        .await
}

async fn list_history(read: Read<DocumentsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "documents", id.0, &list).await
}

async fn verify_document(anonymous: Anonymous, code: VerifyCode) -> Result<Reply<PublicDocumentView>> {
    let found = documents::verified(&anonymous.app, &code.0).await?;
    Ok(Reply::new(PublicDocumentView::from(found))?.public())
}
