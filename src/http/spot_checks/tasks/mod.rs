//! 抽查任务 and the steps of the draw.

mod dto;
mod preview;

use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::list;
use crate::persistence::spot_checks::tasks as store;
use crate::service::spot_checks::tasks;
use crate::service::spot_checks::tasks::{ChanceValueBody, CommitBody, RevealBody, Task, TaskBody, VoidEpochBody};
use domain::access::permit::{DrawsCommit, PlansReview, TasksRead, TasksWrite};
use dto::TaskView;
use preview::PreviewView;

pub fn routes(api: &mut Api) {
    let mut group = api.group("tasks", "抽查任务：封存、冻结、公开、抽取、匹配");
    group.get("/api/v1/tasks", "list_tasks", "查询抽查任务", "本部门参与（统筹部门为全县）的任务。", list_tasks);
    group.post(
        "/api/v1/tasks",
        "create_task",
        "建立抽查任务",
        "首个部门为发起部门；事项须有效，各层比例须随风险递增。",
        create_task,
    );
    group.get("/api/v1/tasks/{id}", "get_task", "抽查任务详情", "任务、部门、事项、封存及当前可办理的操作。", get_task);
    group.put("/api/v1/tasks/{id}", "update_task", "修改抽查任务", "整体替换草稿的内容。", update_task);
    group.get(
        "/api/v1/tasks/{id}/pool",
        "preview_pool",
        "对象库预览",
        "冻结前按层统计符合条件的对象和将抽取的户数。",
        preview_pool,
    );
    group.post(
        "/api/v1/tasks/{id}/approve-excess",
        "approve_task_excess",
        "批准超比例抽查",
        "抽取户数超过一般检查事项比例上限的任务，由编制、冻结以外的审核人员按所写理由批准；任务修改后须重新批准。",
        approve_excess,
    );
    group.post(
        "/api/v1/tasks/{id}/commit",
        "commit_task",
        "封存随机数",
        "各方在冻结前提交随机数的封存值；至少两个部门。",
        commit_task,
    );
    group.post(
        "/api/v1/tasks/{id}/freeze",
        "freeze_task",
        "冻结对象库",
        "固定对象库、人员库与回避关系并公布其摘要。",
        freeze_task,
    );
    group.post(
        "/api/v1/tasks/{id}/reveal",
        "reveal_task",
        "启封随机数",
        "冻结后各方启封随机数，须与封存值相符。",
        reveal_task,
    );
    group.post(
        "/api/v1/tasks/{id}/chance",
        "enter_task_chance",
        "录入公开数值",
        "任务约定了公开数值的，揭晓后由封存方录入：随机信标的签名当场核验，一方录入即可；公布的号码须两方（其中一方在发起部门系统以外）录入一致。",
        enter_chance,
    );
    group.post(
        "/api/v1/tasks/{id}/draw",
        "draw_task",
        "抽取对象和人员",
        "全部随机数公开后，按 docs/verifiable-draw.md 一次抽取对象并匹配人员（每户不少于两人、一名组长、无回避、负荷均衡），随即生成检查；可由任何人复算。",
        draw_task,
    );
    group.post(
        "/api/v1/tasks/{id}/redraw",
        "redraw_task",
        "重抽",
        "作废本轮并写明原因，开启新一轮；旧轮次保留。已有随机数公开的，须见证方同意。",
        redraw_task,
    );
    group.post(
        "/api/v1/tasks/{id}/cancel",
        "cancel_task",
        "取消任务",
        "检查开始前可取消，写明原因。已有随机数公开的，须见证方同意。",
        cancel_task,
    );
    group.post(
        "/api/v1/tasks/{id}/consent-void",
        "consent_task_void",
        "同意作废本轮",
        "发起部门系统以外的封存方（如司法行政部门）同意所申请的重抽或取消。",
        consent_void,
    );
    group.post(
        "/api/v1/tasks/{id}/decline-void",
        "decline_task_void",
        "不同意作废本轮",
        "写明理由；本轮继续有效。",
        decline_void,
    );

    group.get(
        "/api/v1/tasks/{id}/history",
        "list_task_history",
        "任务变更记录",
        "谁在何时做了什么。",
        list_task_history,
    );
}

pub struct Tasks;

impl Listed for Tasks {
    type Entity = entity::spot_checks::tasks::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

async fn list_tasks(read: Read<TasksRead>, list: List<Tasks>) -> Result<PageReply<TaskView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let mut parts = store::parts(db, page.items.iter().map(|task| task.id).collect()).await?;
    PageReply::new(
        &list,
        page.map(|task| {
            let parts = parts.remove(&task.id).unwrap_or_default();
            TaskView::of(&read.app, &read.ctx, Task { task, parts })
        }),
    )
}

async fn get_task(read: Read<TasksRead>, id: Id) -> Result<Reply<TaskView>> {
    let conn = &read.app.db;
    let task = store::get(conn, &read.ctx, id.0).await?;
    let parts = store::parts_of(conn, id.0).await?;
    Reply::new(TaskView::of(&read.app, &read.ctx, Task { task, parts }))
}

async fn preview_pool(read: Read<TasksRead>, id: Id) -> Result<Reply<PreviewView>> {
    Reply::new(tasks::preview(&read.app, &read.ctx, id.0).await?.into())
}

async fn create_task(write: Write<TasksWrite>, body: Json<TaskBody>) -> Result<Created<TaskView>> {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = tasks::create(app, tx, body.0.clone()).await?;
            Ok(change.map(|task| TaskView::of(app, tx.ctx(), task)))
        })
        .await
}

type Answer = Result<Reply<TaskView>>;

async fn update_task(write: Write<TasksWrite>, at: Versioned, body: Json<TaskBody>) -> Answer {
    let app = &write.app;
    write
        .run(async |tx| {
            let change = tasks::update(app, tx, at.id, at.version, body.0.clone()).await?;
            Ok(change.map(|task| TaskView::of(app, tx.ctx(), task)))
        })
        .await
}

async fn commit_task(act: Act<DrawsCommit>, at: Versioned, body: Json<CommitBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::commit(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn approve_excess(act: Act<PlansReview>, at: Versioned) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::approve_excess(app, tx, at.id, at.version).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn freeze_task(act: Act<TasksWrite>, at: Versioned) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::freeze(app, tx, at.id, at.version).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn reveal_task(act: Act<DrawsCommit>, at: Versioned, body: Json<RevealBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::reveal(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn enter_chance(act: Act<DrawsCommit>, at: Versioned, body: Json<ChanceValueBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::enter_chance(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn draw_task(act: Act<TasksWrite>, at: Versioned) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::draw(app, tx, at.id, at.version).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn redraw_task(act: Act<TasksWrite>, at: Versioned, body: Json<VoidEpochBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::redraw(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn cancel_task(act: Act<TasksWrite>, at: Versioned, body: Json<VoidEpochBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::cancel(app, tx, at.id, at.version, body.0.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn consent_void(act: Act<DrawsCommit>, at: Versioned) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::consent_void(app, tx, at.id, at.version).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn decline_void(act: Act<DrawsCommit>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    let app = &act.0.app;
    let step = async |tx: &_| tasks::decline_void(app, tx, at.id, at.version, body.0.reason.clone()).await;
    act.0.run(async |tx| Ok(step(tx).await?.map(|task| TaskView::of(app, tx.ctx(), task)))).await
}

async fn list_task_history(read: Read<TasksRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "tasks", id.0, &list).await
}
