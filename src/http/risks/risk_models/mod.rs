//! 风险模型, their versions, runs and hits.

mod dto;
mod runs;

use crate::app::App;
use crate::http::intake::jobs::JobView;
use crate::http::kernel::extract::{Act, Id, Json, List, Listed, Read, Versioned, Write};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::{Accepted, Created, PageReply, Reply};
use crate::http::oversight::audit::{AuditEntryView, Trail, history};
use crate::kernel::error::Result;
use crate::kernel::input::ReasonBody;
use crate::persistence::kernel::change::Change;
use crate::persistence::kernel::list;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::risks::risk_models as store;
use crate::service::risks::risk_models as models;
use crate::service::risks::risk_models::{BacktestBody, ModelBody, RunBody, VersionBody};
use domain::access::Permit;
use domain::access::permit::{ModelsApprove, ModelsRead, ModelsRun, ModelsWrite};
use dto::{ModelElementsView, ModelPrecisionView, ModelVersionView, ModelView, TemplatesView};
use entity::risks::risk_model_versions::Model as Version;
use runs::{HitView, RunView};
use std::collections::BTreeMap;

pub fn routes(api: &mut Api) {
    let mut group = api.group("risk-models", "风险预警模型");
    group.get(
        "/api/v1/risk-models",
        "list_models",
        "查询风险模型",
        "本部门编制（统筹部门为全县）的模型及其版本。",
        list_models,
    );
    group.post(
        "/api/v1/risk-models",
        "create_model",
        "编制风险模型",
        "模型及其第一个草稿版本；条件表达式在保存时即受检查。",
        create_model,
    );
    group.get("/api/v1/risk-models/{id}", "get_model", "风险模型详情", "模型及其各版本。", get_model);
    group.post(
        "/api/v1/risk-models/{id}/versions",
        "create_model_version",
        "起草新版本",
        "新版本从草稿开始；启用中和影子运行中的版本不受影响。",
        create_version,
    );
    group.get(
        "/api/v1/risk-models/{id}/history",
        "list_model_history",
        "模型变更记录",
        "谁在何时做了什么。",
        list_model_history,
    );
    group.get(
        "/api/v1/risk-model-templates",
        "list_model_templates",
        "随平台提供的模型",
        "五个可直接采用的模型，说明见 docs/risk-models.md。",
        list_templates,
    );
    group.get(
        "/api/v1/risk-model-versions/{id}",
        "get_model_version",
        "模型版本详情",
        "要素、测试、回测和影子比较。",
        get_version,
    );
    group.put(
        "/api/v1/risk-model-versions/{id}",
        "update_model_version",
        "修改模型版本",
        "整体替换草稿的内容；测试通过的版本修改后须重新测试。",
        update_version,
    );
    group.get(
        "/api/v1/risk-model-versions/{id}/elements",
        "get_model_elements",
        "模型要素检查",
        "逐项指出缺失或无效的要素。",
        get_elements,
    );
    group.get(
        "/api/v1/risk-model-versions/{id}/precision",
        "get_model_precision",
        "模型准确率",
        "按线索核查结论计算。",
        get_precision,
    );
    group.post(
        "/api/v1/risk-model-versions/{id}/test",
        "test_model_version",
        "测试",
        "运行内置用例，全部通过方可进入下一步。",
        test_version,
    );
    group.post(
        "/api/v1/risk-model-versions/{id}/backtest",
        "backtest_model_version",
        "回测",
        "以历史数据逐月检验，由作业办理；给出准确率、召回率、前 k 召回率及各部门、乡镇、类型、规模的差异。",
        backtest_version,
    );
    group.post(
        "/api/v1/risk-model-versions/{id}/shadow",
        "shadow_model_version",
        "转影子运行",
        "要素齐全（含回测）方可；影子运行不生成线索，只与启用的版本比较。",
        shadow_version,
    );
    group.post(
        "/api/v1/risk-model-versions/{id}/activate",
        "activate_model_version",
        "启用",
        "完成影子运行后由编制人以外的人启用；原启用的版本随之停用。",
        activate_version,
    );
    group.post(
        "/api/v1/risk-model-versions/{id}/retire",
        "retire_model_version",
        "停用",
        "立即停用，写明理由；运行中的研判自下一批起不再使用。",
        retire_version,
    );
    group.get(
        "/api/v1/risk-runs",
        "list_model_runs",
        "查询模型运行",
        "各次运行研判、命中和生成线索的数量。",
        list_runs,
    );
    group.post(
        "/api/v1/risk-runs",
        "create_model_run",
        "运行模型",
        "由作业办理；缺省只研判上次以来有新事实的对象。",
        create_run,
    );
    group.get("/api/v1/risk-runs/{id}", "get_model_run", "模型运行详情", "一次运行的结果。", get_run);

    group.get(
        "/api/v1/risk-hits",
        "list_model_hits",
        "查询模型命中",
        "哪个版本为何命中哪个对象，含影子运行。",
        list_hits,
    );
}

pub struct Models;

impl Listed for Models {
    type Entity = entity::risks::risk_models::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::LISTING;
}

pub struct Runs;

impl Listed for Runs {
    type Entity = entity::risks::risk_runs::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::RUNS;
}

pub struct Hits;

impl Listed for Hits {
    type Entity = entity::risks::risk_hits::Entity;
    const LISTING: &'static list::Listing<Self::Entity> = &store::HITS;
}

async fn list_models(read: Read<ModelsRead>, list: List<Models>) -> Result<PageReply<ModelView>> {
    let db = &read.app.db;
    let page = list::page(db, &read.ctx, &store::LISTING, store::scoped(&read.ctx), &list.request).await?;
    let mut versions: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for version in store::versions(db, page.items.iter().map(|model| model.id).collect()).await? {
        versions.entry(version.model_id).or_default().push(version);
    }
    let view = |model: entity::risks::risk_models::Model| {
        let versions = versions.remove(&model.id).unwrap_or_default();
        ModelView::of(model, versions)
    };
    PageReply::new(&list, page.map(view))
}

async fn get_model(read: Read<ModelsRead>, id: Id) -> Result<Reply<ModelView>> {
    let model = store::get(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(ModelView::of(model, store::versions(&read.app.db, vec![id.0]).await?))
}

async fn create_model(write: Write<ModelsWrite>, body: Json<ModelBody>) -> Result<Created<ModelView>> {
    models::accept(&write.app, &body.0.content).await?;
    let step = async |tx: &_| models::create(tx, body.0.clone()).await;
    write.run(async |tx| Ok(step(tx).await?.map(|(model, version)| ModelView::of(model, vec![version])))).await
}

async fn list_model_history(read: Read<ModelsRead>, id: Id, list: List<Trail>) -> Result<PageReply<AuditEntryView>> {
    store::get(&read.app.db, &read.ctx, id.0).await?;
    history(&read.app, &read.ctx, "risk-models", id.0, &list).await
}

async fn list_templates(_: Read<ModelsRead>) -> Result<Reply<TemplatesView>> {
    Reply::new(TemplatesView { items: models::templates()? })
}

/// A version with its model's department, by which the caller's actions are judged.
async fn shown(app: &App, tx: &WriteTx, change: Change<Version>) -> Result<Change<ModelVersionView>> {
    let (_, model) = store::version(tx.conn(), tx.ctx(), change.value.id).await?;
    Ok(change.map(|version| ModelVersionView::of(app, tx.ctx(), model.department_id, version)))
}

async fn create_version(
    write: Write<ModelsWrite>,
    id: Id,
    body: Json<VersionBody>,
) -> Result<Created<ModelVersionView>> {
    models::accept(&write.app, &body.0.content).await?;
    write.run(async |tx| shown(&write.app, tx, models::create_version(tx, id.0, body.0.clone()).await?).await).await
}

async fn get_version(read: Read<ModelsRead>, id: Id) -> Result<Reply<ModelVersionView>> {
    let (version, model) = store::version(&read.app.db, &read.ctx, id.0).await?;
    Reply::new(ModelVersionView::of(&read.app, &read.ctx, model.department_id, version))
}

type Answer = Result<Reply<ModelVersionView>>;

async fn update_version(write: Write<ModelsWrite>, at: Versioned, body: Json<VersionBody>) -> Answer {
    models::accept(&write.app, &body.0.content).await?;
    write
        .run(async |tx| {
            shown(&write.app, tx, models::update(&write.app, tx, at.id, at.version, body.0.clone()).await?).await
        })
        .await
}

async fn get_elements(read: Read<ModelsRead>, id: Id) -> Result<Reply<ModelElementsView>> {
    let (version, _) = store::version(&read.app.db, &read.ctx, id.0).await?;
    let check = models::elements(&version, read.ctx.today())?;
    Reply::new(ModelElementsView::of(id.0, &check))
}

async fn get_precision(read: Read<ModelsRead>, id: Id) -> Result<Reply<ModelPrecisionView>> {
    let (version, _) = store::version(&read.app.db, &read.ctx, id.0).await?;
    let precision = models::precision(&read.app.db, version.model_id, version.number).await?;
    Reply::new(ModelPrecisionView::of(id.0, precision))
}

async fn run<P: Permit>(act: Act<P>, step: impl AsyncFn(&App, &WriteTx) -> Result<Change<Version>>) -> Answer {
    act.0.run(async |tx| shown(&act.0.app, tx, step(&act.0.app, tx).await?).await).await
}

async fn test_version(act: Act<ModelsWrite>, at: Versioned) -> Answer {
    run(act, async |app, tx| models::test(app, tx, at.id, at.version).await).await
}

async fn backtest_version(act: Act<ModelsWrite>, at: Versioned, body: Json<BacktestBody>) -> Result<Accepted<JobView>> {
    let app = &act.0.app;
    let step = async |tx: &_| models::queue_backtest(app, tx, at.id, at.version, body.0.clone()).await;
    let accepted = act.0.run(async |tx| Ok(step(tx).await?.map(JobView::from))).await?;
    act.0.app.wake_jobs();
    Ok(accepted)
}

async fn shadow_version(act: Act<ModelsWrite>, at: Versioned) -> Answer {
    run(act, async |app, tx| models::shadow(app, tx, at.id, at.version).await).await
}

async fn activate_version(act: Act<ModelsApprove>, at: Versioned) -> Answer {
    run(act, async |app, tx| models::activate(app, tx, at.id, at.version).await).await
}

async fn retire_version(act: Act<ModelsApprove>, at: Versioned, body: Json<ReasonBody>) -> Answer {
    run(act, async |app, tx| models::retire(app, tx, at.id, at.version, body.0.reason.clone()).await).await
}

async fn list_runs(read: Read<ModelsRead>, list: List<Runs>) -> Result<PageReply<RunView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::RUNS, store::all_runs(), &list.request).await?;
    PageReply::new(&list, page.map(RunView::from))
}

async fn create_run(write: Write<ModelsRun>, body: Json<RunBody>) -> Result<Accepted<JobView>> {
    let step = async |tx: &_| models::queue_run(tx, body.0.clone()).await;
    let accepted = write.run(async |tx| Ok(step(tx).await?.map(|(_, job)| JobView::from(job)))).await?;
    write.app.wake_jobs();
    Ok(accepted)
}

async fn get_run(read: Read<ModelsRead>, id: Id) -> Result<Reply<RunView>> {
    Reply::new(store::run(&read.app.db, id.0).await?.into())
}

async fn list_hits(read: Read<ModelsRead>, list: List<Hits>) -> Result<PageReply<HitView>> {
    let page = list::page(&read.app.db, &read.ctx, &store::HITS, store::scoped_hits(&read.ctx), &list.request).await?;
    PageReply::new(&list, page.map(HitView::from))
}
