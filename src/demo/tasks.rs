//! The story of the demo: a published plan, a joint task from commitment to publication, another left in draft.

use super::accounts::{acting, again};
use super::items::published_of;
use super::{libraries, plans, records, supervision, visits};
use crate::app::App;
use crate::kernel::ctx::{Ctx, random};
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::write;
use crate::persistence::register::departments;
use crate::service::inspections::inspections;
use crate::service::inspections::inspections::{CheckBody, PointBody, ResultBody};
use crate::service::spot_checks::tasks;
use crate::service::spot_checks::tasks::{CommitBody, RevealBody, StratumBody, TaskBody, TaskDepartmentBody};
use chrono::Days;
use domain::access::Reach;
use domain::credit::CreditClass;
use domain::inspections::inspections::InspectionAction;
use domain::spot_checks::draws::{Algorithm, commitment};
use domain::spot_checks::tasks::PoolFilter;
use domain::spot_checks::tasks::{SpotType, TaskKind};
use entity::inspections::inspections::Model as Inspection;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use uuid::Uuid;

pub async fn tell(app: &App) -> Result<String> {
    let plan = plans::publish(app).await?;
    visits::rules(app).await?;
    let (inspected, drawn_from, asked) = Box::pin(run_joint_task(app, plan)).await?;
    let lead = acting(app, "market.lead", Reach::All).await?;
    let draft = task_body(app, "2026年食品经营单位“双随机、一公开”抽查", None, &["51082103"], "食品经营").await?;
    write(&app.db, &again(&lead), async |tx| tasks::create(app, tx, draft.clone()).await).await?;
    Ok(format!(
        "联合抽查 1 项已从 {drawn_from} 户中抽取并公示 {inspected} 份结果，入企检查另有 {asked} 次在办，另有 1 项任务为草稿"
    ))
}

pub async fn department_of(app: &App, code: &str) -> Result<Uuid> {
    let department = departments::by_code(&app.db, code).await?;
    department.map(|department| department.id).ok_or_else(|| AppError::internal(format!("no department {code}")))
}

async fn task_body(app: &App, name: &str, plan: Option<Uuid>, codes: &[&str], tag: &str) -> Result<TaskBody> {
    let mut bodies = Vec::new();
    for code in codes {
        let department_id = department_of(app, code).await?;
        let department = departments::get(&app.db, department_id).await?.name;
        let own = published_of(app, department_id).await?;
        let item_ids: Vec<_> = own.iter().take(2).map(|item| item.id).collect();
        let library = libraries::officers(app, (department_id, &department), item_ids.clone()).await?;
        bodies.push(TaskDepartmentBody { department_id, item_ids, officer_library_id: Some(library) });
    }

    let today = Ctx::system("demo").today();
    let stratum = |class, rate_bp, minimum| StratumBody { class, rate_bp, minimum };

    Ok(TaskBody {
        name: name.to_owned(),
        plan_id: plan,
        plan_line_ids: Vec::new(),
        kind: TaskKind::DoubleRandom,
        strategy_id: None,
        spot_type: SpotType::Targeted,
        starts_on: today,
        ends_on: today.checked_add_days(Days::new(60)).unwrap_or(today),
        departments: bodies,
        pool_filter: PoolFilter::default(),
        object_library_id: Some(libraries::objects(app, tag).await?),
        strata: vec![
            stratum(CreditClass::Trustworthy, 200, 1),
            stratum(CreditClass::General, 500, 1),
            stratum(CreditClass::Key, 2_500, 1),
            stratum(CreditClass::Dishonest, 5_000, 1),
        ],
        lone_object_reason: None,
        left_out_reason: None,
        excess_reason: None,
        chance: None,
        exclude_months: 12,
        officers_per_object: 2,
    })
}

/// Commit, freeze, reveal, draw, match, inspect, review, publish.
async fn run_joint_task(app: &App, plan: Uuid) -> Result<(usize, i32, usize)> {
    let lead = acting(app, "market.lead", Reach::All).await?;
    let name = "2026年餐饮服务单位部门联合抽查";
    let body = task_body(app, name, Some(plan), &["51082103", "51082106"], "餐饮服务").await?;
    let task = write(&app.db, &again(&lead), async |tx| tasks::create(app, tx, body.clone()).await).await?.task;
    let id = task.id;
    let mut parties = Vec::new();
    for username in ["market.lead", "emergency.admin", "justice"] {
        parties.push((acting(app, username, Reach::All).await?, random::<32>()));
    }
    let mut version = task.version;

    for (party, secret) in &parties {
        let commitment = hex::encode(commitment::commit(Algorithm::NEWEST, id, 1, party.actor.department_id, secret));
        let body = CommitBody { commitment };
        let done =
            write(&app.db, &again(party), async |tx| tasks::commit(app, tx, id, version, body.clone()).await).await?;
        version = done.task.version;
    }

    let frozen = write(&app.db, &again(&lead), async |tx| tasks::freeze(app, tx, id, version).await).await?;
    version = frozen.task.version;
    let terms = frozen.parts.draw.map(|draw| draw.terms).unwrap_or_default();
    for (party, secret) in &parties {
        let body = RevealBody { secret: hex::encode(secret), terms: terms.clone(), signature: None };
        let done =
            write(&app.db, &again(party), async |tx| tasks::reveal(app, tx, id, version, body.clone()).await).await?;
        version = done.task.version;
    }

    write(&app.db, &again(&lead), async |tx| tasks::draw(app, tx, id, version).await).await?;
    let (inspected, visited) = inspect_all(app, id).await?;
    let draw = crate::persistence::spot_checks::draws::of_epoch(&app.db, id, 1).await?;

    let visited = visited.ok_or_else(|| AppError::internal("nothing was drawn"))?;
    let asked = Box::pin(visits::in_each_state(app, visited)).await?;
    Ok((inspected, draw.map_or(0, |draw| draw.pool_count), asked))
}

/// Both departments go to each object together; gives the number of results, and an object that was visited.
async fn inspect_all(app: &App, task: Uuid) -> Result<(usize, Option<Uuid>)> {
    use entity::inspections::inspections::{Column, Entity};
    let rows = Entity::find().filter(Column::TaskId.eq(task)).order_by_asc(Column::DepartmentId).all(&app.db).await;
    let market = department_of(app, "51082103").await?;
    let mut by_object: BTreeMap<Uuid, Vec<(&str, Inspection)>> = BTreeMap::new();
    for row in rows.or_app()? {
        let side = if row.department_id == market { "market" } else { "emergency" };
        by_object.entry(row.object_id).or_default().push((side, row));
    }

    let mut done = 0;
    for parts in by_object.values() {
        let named: Vec<_> = parts.iter().map(|(side, row)| (*side, row)).collect();
        let visit = visits::go_together(app, &named).await?;
        for (side, row) in parts {
            inspect(app, side, row.id, done).await?;
            done += 1;
        }
        let (side, _) = named.first().copied().ok_or_else(|| AppError::internal("a visit of nobody"))?;
        visits::leave(app, side, visit).await?;
    }
    Ok((done, by_object.keys().next().copied()))
}

/// From the start of an inspection to its publication; every fifth finds a problem.
async fn inspect(app: &App, side: &str, id: Uuid, at: usize) -> Result<()> {
    use entity::inspections::inspections::Entity;
    let row = Entity::find_by_id(id).one(&app.db).await.or_app()?.ok_or_else(AppError::not_found)?;
    let admin = acting(app, &format!("{side}.admin"), Reach::All).await?;
    let reviewer = acting(app, &format!("{side}.reviewer"), Reach::All).await?;
    let items = crate::persistence::inspections::inspections::items_of(&app.db, row.task_id, row.department_id).await?;
    let problem = at % 5 == 4;
    let body = ResultBody {
        inspected_on: admin.today(),
        verify_ways: vec!["1".to_owned()],
        result_codes: if problem { vec!["5".to_owned(), "E".to_owned()] } else { vec!["1".to_owned()] },
        points: items
            .into_iter()
            .map(|item| PointBody {
                spot_check_item_id: item,
                list_version: None,
                result: None,
                checks: (1..=2)
                    .map(|number| CheckBody {
                        number,
                        result: if problem && number == 2 { "2" } else { "1" }.to_owned(),
                        fact: Some(if problem && number == 2 { "台账记录不全" } else { "符合要求" }.to_owned()),
                        evidence: Vec::new(),
                    })
                    .collect(),
                problem: problem.then(|| "台账记录不全".to_owned()),
                handling: problem.then(|| "责令限期改正，已改正".to_owned()),
            })
            .collect(),
        repeat_explanation: None,
        evidence_count: (at == 0).then_some(records::PHOTOS),
        summary: Some(if problem { "发现问题，经责令已改正。" } else { "未发现问题。" }.to_owned()),
    };
    let mut version = row.version;
    let done = write(&app.db, &again(&admin), async |tx| {
        let now = tx.ctx().now;
        inspections::start(app, tx, id, version, now).await
    })
    .await?;
    version = done.inspection.version;
    // One inspection shows what an inspection leaves behind.
    if at == 0 {
        Box::pin(records::photos(app, &admin, id)).await?;
        Box::pin(records::notice(app, &admin, id)).await?;
    }
    let record = async |tx: &_| inspections::record_result(app, tx, id, version, body.clone()).await;
    let mut version = write(&app.db, &again(&admin), async |tx| record(tx).await).await?.inspection.version;
    if at == 0 {
        Box::pin(records::record(app, &admin, id)).await?;
    }
    let steps = [
        (&admin, InspectionAction::Submit, None),
        (&reviewer, InspectionAction::ApproveResult, Some("同意公示".to_owned())),
        (&admin, InspectionAction::Publish, None),
    ];
    for (who, action, words) in steps {
        let act = async |tx: &_| inspections::act(app, tx, id, version, action, words.clone()).await;
        version = write(&app.db, &again(who), async |tx| act(tx).await).await?.inspection.version;
    }
    if at == 0 {
        Box::pin(records::result(app, &admin, id)).await?;
    }
    if problem {
        // One of them is for the police.
        Box::pin(supervision::measures(app, &admin, id, at < 5)).await?;
    }

    Ok(())
}
