//! 名录库.

mod dto;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Query, Read, Versioned, Write};
use crate::http::kernel::file::TextFile;
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::{edit, list};
use crate::persistence::register::library_members;
use crate::persistence::spot_checks::libraries as store;
use crate::service::spot_checks::libraries;
use crate::service::spot_checks::libraries::LibraryBody;
use domain::access::permit::{LibrariesRead, LibrariesWrite};
use domain::spot_checks::libraries::{LibraryAction, members_text};
use dto::{BeforeEdition, LibraryEditionsView, LibraryView, OfEdition};
use entity::spot_checks::libraries::{Entity, Model};
use sea_orm::ConnectionTrait;

pub fn routes(api: &mut Api) {
    let mut group = api.group("libraries", "检查对象名录库、执法检查人员名录库");
    group.get(
        "/api/v1/libraries",
        "list_libraries",
        "查询名录库",
        "全县的检查对象名录库，本部门（统筹部门为全县）的执法检查人员名录库。",
        list_libraries,
    );
    group.post(
        "/api/v1/libraries",
        "create_library",
        "建立名录库",
        "按筛选条件和标签规则（检查对象），或按抽查事项、专业资格和有效证件（执法检查人员）建立，即为第 1 版。",
        create_library,
    );
    group.get(
        "/api/v1/libraries/{id}",
        "get_library",
        "名录库详情",
        "筛选条件、现行版次及当前可办理的操作；成员用 /objects 或 /personnel 的 library_id 查询。",
        get_library,
    );
    group.put(
        "/api/v1/libraries/{id}",
        "update_library",
        "修改名录库",
        "整体替换筛选条件，形成新的版次；类别和所属部门不能更改。",
        update_library,
    );
    group.post(
        "/api/v1/libraries/{id}/refresh",
        "refresh_library",
        "更新名录库",
        "按登记信息重新查找成员，有变化的形成新的版次；每天、每次冻结对象库时自动更新。",
        refresh_library,
    );
    group.post(
        "/api/v1/libraries/{id}/retire",
        "retire_library",
        "停用名录库",
        "写明理由；尚未冻结的任务要从中抽取的，不能停用。",
        retire_library,
    );
    group.post(
        "/api/v1/libraries/{id}/restore",
        "restore_library",
        "恢复使用名录库",
        "恢复后即按登记信息更新。",
        restore_library,
    );
    group.get(
        "/api/v1/libraries/{id}/editions",
        "list_library_editions",
        "名录库的版次",
        "各版次的筛选条件、成员数、增减、原因和成员清单文件的摘要，新的在前，每次至多 200 版。",
        list_library_editions,
    );
    group.get(
        "/api/v1/libraries/{id}/members.txt",
        "get_library_members",
        "名录库成员清单文件",
        "某一版次的成员编号，一行一个；文件的 SHA-256 即该版次的摘要，抽取记录引用它。",
        get_library_members,
    );

    group.get(
        "/api/v1/libraries/{id}/history",
        "list_library_history",
        "名录库变更记录",
        "谁在何时做了什么。",
        list_library_history,
    );
}

pub struct Libraries;

impl Listed for Libraries {
    type Entity = Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_libraries(read: Read<LibrariesRead>, list: List<Libraries>) -> Result<PageReply<LibraryView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let mut drafts = store::drafts(db, page.items.iter().map(|library| library.id).collect()).await?;
    PageReply::new(
        &list,
        page.map(|library| {
            let drafts = drafts.remove(&library.id).unwrap_or_default();
            LibraryView::of(&read.ctx, library, drafts)
        }),
    )
}

async fn get_library(read: Read<LibrariesRead>, id: Id) -> Result<Reply<LibraryView>> {
    let conn = &read.app.db;
    let library = edit::find::<Entity>(conn, &read.ctx, id.0).await?;
    let drafts = store::drafts_of(conn, id.0).await?;
    Reply::new(LibraryView::of(&read.ctx, library, drafts))
}

async fn create_library(write: Write<LibrariesWrite>, body: Json<LibraryBody>) -> Result<Created<LibraryView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = libraries::create(app, tx, body.0.clone()).await?;
            // No task can name what has just been made.
            Ok(change.map(|library| LibraryView::of(tx.ctx(), library, Vec::new())))
        })
        .await
}

type Answer = Result<Reply<LibraryView>>;

async fn update_library(write: Write<LibrariesWrite>, at: Versioned, body: Json<LibraryBody>) -> Answer {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = libraries::update(app, tx, at.id, at.version, body.0.clone()).await?;
            let drafts = store::drafts_of(tx.conn(), at.id).await?;
            Ok(change.map(|library| LibraryView::of(tx.ctx(), library, drafts)))
        })
        .await
}

async fn refresh_library(act: Act<LibrariesWrite>, at: Versioned) -> Answer {
    run(act, at, LibraryAction::Refresh, None).await
}

async fn retire_library(act: Act<LibrariesWrite>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, at, LibraryAction::Retire, Some(body.0.reason)).await
}

async fn restore_library(act: Act<LibrariesWrite>, at: Versioned) -> Answer {
    run(act, at, LibraryAction::Restore, None).await
}

async fn run(act: Act<LibrariesWrite>, at: Versioned, action: LibraryAction, reason: Option<String>) -> Answer {
    let app = &act.0.app;
    act.0
        .run(async |tx| {
            let change = libraries::act(app, tx, at.id, at.version, action, reason.clone()).await?;
            let drafts = store::drafts_of(tx.conn(), at.id).await?;
            Ok(change.map(|library| LibraryView::of(tx.ctx(), library, drafts)))
        })
        .await
}

async fn list_library_editions(
    read: Read<LibrariesRead>,
    id: Id,
    before: Query<BeforeEdition>,
) -> Result<Reply<LibraryEditionsView>> {
    let conn = &read.app.db;
    let library = edit::find::<Entity>(conn, &read.ctx, id.0).await?;
    let items = store::editions(conn, library.id, before.0.0, 200).await?;
    Reply::new(LibraryEditionsView { items: items.into_iter().map(Into::into).collect() })
}

async fn get_library_members(read: Read<LibrariesRead>, id: Id, of: Query<OfEdition>) -> Result<TextFile> {
    let conn = &read.app.db;
    let library = edit::find::<Entity>(conn, &read.ctx, id.0).await?;
    members_file(conn, &library, of.0.0.unwrap_or(library.edition)).await
}

async fn members_file(conn: &impl ConnectionTrait, library: &Model, edition: i32) -> Result<TextFile> {
    let kept = store::edition(conn, library.id, edition).await?;
    let members = if edition == library.edition {
        library_members::now(conn, library.id).await?
    } else {
        library_members::of_edition(conn, library.id, edition).await?
    };
    let content = members_text(&library.code, edition, &kept.filter, &members);
    Ok(TextFile { content, name: format!("{}-{edition}", library.code) })
}

async fn list_library_history(
    read: Read<LibrariesRead>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    edit::find::<Entity>(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "libraries", id.0, &list).await
}
