//! 部门.

mod dto;

use crate::http::kernel::extract::{Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::persistence::kernel::list;
use crate::persistence::register::departments as store;
use crate::service::register::departments;
use crate::service::register::departments::{DepartmentBody, DepartmentPatch};
use domain::access::permit::{DepartmentsWrite, ReferenceRead};
use dto::DepartmentView;

pub fn routes(api: &mut Api) {
    let mut group = api.group("departments", "部门");
    group.get("/api/v1/departments", "list_departments", "查询部门", "全县部门及其下属机构。", list_departments);
    group.post(
        "/api/v1/departments",
        "create_department",
        "新建部门",
        "编码唯一；上级部门须已存在。",
        create_department,
    );
    group.get("/api/v1/departments/{id}", "get_department", "部门详情", "一个部门。", get_department);
    group.patch(
        "/api/v1/departments/{id}",
        "update_department",
        "修改部门",
        "按 RFC 7396 合并：null 清空，缺省不变。",
        update_department,
    );

    group.get(
        "/api/v1/departments/{id}/history",
        "list_department_history",
        "部门变更记录",
        "谁在何时做了什么。",
        list_department_history,
    );
}

pub struct Departments;

impl Listed for Departments {
    type Entity = entity::register::departments::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_departments(read: Read<ReferenceRead>, list: List<Departments>) -> Result<PageReply<DepartmentView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::LISTING, store::scoped(), &list.request).await?;
    PageReply::new(&list, page.map(DepartmentView::from))
}

async fn get_department(read: Read<ReferenceRead>, id: Id) -> Result<Reply<DepartmentView>> {
    Reply::new(store::get(&read.app.db, id.0).await?.into())
}

async fn create_department(
    write: Write<DepartmentsWrite>,
    body: Json<DepartmentBody>,
) -> Result<Created<DepartmentView>> {
    let app = &write.app;
    let reply = write.run(async |tx| Ok(departments::create(app, tx, body.0.clone()).await?.map(Into::into))).await?;
    // It may lie below somebody's department.
    app.forget(|_| true);
    Ok(reply)
}

async fn update_department(
    write: Write<DepartmentsWrite>,
    at: Versioned,
    body: Json<DepartmentPatch>,
) -> Result<Reply<DepartmentView>> {
    let app = &write.app;
    let reply = write
        .run(async |tx| Ok(departments::update(app, tx, at.id, at.version, body.0.clone()).await?.map(Into::into)))
        .await?;
    app.forget(|_| true);
    Ok(reply)
}

async fn list_department_history(
    read: Read<DepartmentsWrite>,
    id: Id,
    list: List<Trail>,
) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, id.0).await?;
    history(&read.app, &read.ctx, "departments", id.0, &list).await
}
