//! Credit classes and risks of the demo: a strategy in force, clues in every state, models in force and in shadow.

use super::accounts::{acting, again};
use crate::app::App;
use crate::jobs::drain;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::access::users;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::write;
use crate::persistence::register::departments;
use crate::service::credit::{self, StrategyBody, StrategyRowBody};
use crate::service::risks::risk_clues as clues;
use crate::service::risks::risk_clues::{
    Act, AssignBody, ClueBody, DisposeBody, FeedBackBody, MeasureBody, MergeBody, ReturnBody, VerifyBody,
};
use crate::service::risks::risk_models as models;
use crate::service::risks::risk_models::{BacktestBody, ModelBody, RunBody};
use chrono::Days;
use domain::access::Reach;
use domain::credit::{CreditClass, Visit};
use domain::risks::risk_clues::{ClueSource, RiskLevel, Verdict};
use domain::spot_checks::tasks::TaskKind;
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use std::sync::Arc;
use uuid::Uuid;

/// The people of the story.
struct Cast {
    office: Ctx,
    lead: Ctx,
    admin: Ctx,
    reviewer: Ctx,
    market: Uuid,
    admin_account: Uuid,
}

pub async fn tell(app: &Arc<App>) -> Result<String> {
    let market = departments::by_code(&app.db, "51082103").await?.map(|department| department.id).unwrap_or_default();
    let admin_account = users::by_username(&app.db, "market.admin").await?.map(|user| user.id).unwrap_or_default();
    let cast = Cast {
        office: acting(app, "coordinator", Reach::All).await?,
        lead: acting(app, "market.lead", Reach::All).await?,
        admin: acting(app, "market.admin", Reach::Department).await?,
        reviewer: acting(app, "market.reviewer", Reach::Department).await?,
        market,
        admin_account,
    };
    strategy(app, &cast).await?;
    let states = every_state(app, &cast).await?;
    let run = run_models(app, &cast).await?;

    Ok(format!(
        "信用抽查策略 1 份已启用；{states} 条线索各处一种状态；风险模型 5 个（启用 1、影子运行 1），已生成线索 {run} 条"
    ))
}

async fn strategy(app: &App, cast: &Cast) -> Result<()> {
    let row = |class, rate_bp, max_per_year, visit| StrategyRowBody { class, rate_bp, minimum: 1, max_per_year, visit };
    let body = StrategyBody {
        code: "COUNTY-STANDARD".to_owned(),
        name: "旺苍县信用风险分类差异化抽查策略".to_owned(),
        kinds: vec![TaskKind::DoubleRandom, TaskKind::Special],
        rows: vec![
            row(CreditClass::Trustworthy, 100, Some(1), Visit::OnClueOnly),
            row(CreditClass::General, 500, Some(1), Visit::OffSiteFirst),
            row(CreditClass::Key, 2_500, Some(2), Visit::OnSite),
            row(CreditClass::Dishonest, 10_000, None, Visit::OnSite),
        ],
        reason: "国发〔2019〕5号：抽查比例、频次与信用风险挂钩".to_owned(),
    };
    let made =
        write(&app.db, &again(&cast.lead), async |tx| credit::create_strategy(app, tx, body.clone()).await).await?;
    write(&app.db, &again(&cast.office), async |tx| credit::activate_strategy(tx, made.id, 1).await).await?;

    Ok(())
}

/// A complaint about an enterprise, which market regulation is to work on.
async fn receive(app: &App, cast: &Cast, object: Uuid, level: RiskLevel) -> Result<Uuid> {
    receive_from(app, &cast.admin, cast, object, (level, ClueSource::Complaint, None)).await
}

async fn receive_from(
    app: &App,
    sender: &Ctx,
    cast: &Cast,
    object: Uuid,
    (level, source, source_no): (RiskLevel, ClueSource, Option<String>),
) -> Result<Uuid> {
    let body = ClueBody {
        name: "消费者反映经营异常".to_owned(),
        domain: "80".to_owned(),
        level,
        source,
        source_no,
        object_id: Some(object),
        uscc: None,
        object_name: None,
        item_id: None,
        region_code: None,
        township_code: None,
        content: "消费者反映其商品标签不符合规定，要求核查。".to_owned(),
        issued_at: None,
        department_id: Some(cast.market),
    };
    let made = write(&app.db, &again(sender), async |tx| clues::create(app, tx, body.clone()).await).await?;

    Ok(made.clue.id)
}

/// The steps of a clue from its receipt to its end, each with whoever takes it.
fn way(cast: &Cast) -> Vec<(&Ctx, Act)> {
    let measure = MeasureBody {
        measure: "3".to_owned(),
        content: "责令限期改正商品标签。".to_owned(),
        inspection_id: None,
        task_id: None,
        penalty_no: None,
        classification_id: None,
    };
    let verified =
        VerifyBody { verdict: Verdict::True, verification: "现场核实，标签不符合规定。".to_owned() };

    vec![
        (&cast.admin, Act::Sign),
        (&cast.admin, Act::Assign(AssignBody { user_id: cast.admin_account })),
        (&cast.admin, Act::Accept),
        (&cast.admin, Act::Verify(verified)),
        (&cast.admin, Act::Dispose(DisposeBody { measures: vec![measure] })),
        (&cast.admin, Act::FeedBack(FeedBackBody { feedback: "已改正，复查合格。".to_owned() })),
        (&cast.reviewer, Act::Approve(Some("同意".to_owned()))),
        (&cast.office, Act::Close),
    ]
}

async fn take(app: &App, who: &Ctx, clue: Uuid, act: Act) -> Result<()> {
    let version = crate::persistence::risks::risk_clues::get(&app.db, who, clue).await?.version;
    write(&app.db, &again(who), async |tx| clues::act(app, tx, clue, version, act.clone()).await).await?;
    Ok(())
}

/// One clue in each of the thirteen states.
async fn every_state(app: &App, cast: &Cast) -> Result<usize> {
    use entity::register::objects::{Column, Entity};
    let objects: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .order_by_asc(Column::Name)
        .limit(13)
        .into_tuple()
        .all(&app.db)
        .await
        .or_app()?;
    let mut clues = Vec::new();

    for (at, object) in objects.iter().enumerate() {
        let level = RiskLevel::ALL[1 + at % 3];
        // What is returned to the level above came from there.
        let clue = if at == 11 {
            let from_above = (level, ClueSource::Provincial, Some("SC20261129001".to_owned()));
            receive_from(app, &cast.office, cast, *object, from_above).await?
        } else {
            receive(app, cast, *object, level).await?
        };
        // The first nine stand after so many steps of the way; the last four leave it.
        let steps = match at {
            0..=8 => at,
            9 => 6,
            10 | 11 => 1,
            _ => 0,
        };
        for (who, act) in way(cast).into_iter().take(steps) {
            take(app, who, clue, act).await?;
        }
        clues.push(clue);
    }

    let [.., rework, pending, returned, merged] = clues.as_slice() else {
        return Err(AppError::internal("the demo has too few objects"));
    };
    take(app, &cast.reviewer, *rework, Act::Rework("请补充整改前后照片".to_owned())).await?;
    for clue in [pending, returned] {
        let body = ReturnBody {
            reason: "主体登记机关为邻县".to_owned(),
            evidence: vec!["登记信息查询结果".to_owned()],
        };
        take(app, &cast.admin, *clue, Act::Return(body)).await?;
    }

    take(app, &cast.office, *returned, Act::ApproveReturn).await?;
    let object = objects.last().copied().unwrap_or_default();
    let master = receive(app, cast, object, RiskLevel::Orange).await?;
    let body = MergeBody { master_id: master, reason: "同一主体同一问题".to_owned() };
    take(app, &cast.office, *merged, Act::Merge(body)).await?;
    // The master has had three complaints, which a model will notice.
    receive(app, cast, object, RiskLevel::Blue).await?;

    Ok(clues.len())
}

/// The seven models: one in force, one in shadow, five drafts; and one run of them.
async fn run_models(app: &Arc<App>, cast: &Cast) -> Result<i64> {
    let today = cast.lead.today();
    for template in models::templates()? {
        let mut content = template.content;
        content.disposal_department_id = Some(cast.market);
        content.expires_on = today.checked_add_days(Days::new(365));
        let (active, shadow) = (template.code == "COMPLAINT-BURST", template.code == "OFFICER-CONCENTRATION");
        let body = ModelBody {
            code: template.code,
            name: template.name,
            domain: template.domain,
            department_id: cast.market,
            content,
        };
        let made = write(&app.db, &again(&cast.lead), async |tx| models::create(tx, body.clone()).await).await?;
        if !active && !shadow {
            continue;
        }
        let id = made.1.id;
        let version = async || {
            Ok::<_, AppError>(crate::persistence::risks::risk_models::version(&app.db, &cast.lead, id).await?.0.version)
        };
        let at = version().await?;
        write(&app.db, &again(&cast.lead), async |tx| models::test(app, tx, id, at).await).await?;
        let period = BacktestBody {
            from: today.checked_sub_days(Days::new(730)).unwrap_or(today),
            to: today.checked_sub_days(Days::new(366)).unwrap_or(today),
        };
        let at = version().await?;
        let queued = async |tx: &_| models::queue_backtest(app, tx, id, at, period.clone()).await;
        write(&app.db, &again(&cast.lead), async |tx| queued(tx).await).await?;
        drain(app).await?;
        let at = version().await?;
        write(&app.db, &again(&cast.lead), async |tx| models::shadow(app, tx, id, at).await).await?;
        if active {
            run(app, cast, true).await?;
            let at = version().await?;
            write(&app.db, &again(&cast.office), async |tx| models::activate(app, tx, id, at).await).await?;
        }
    }

    run(app, cast, true).await
}

async fn run(app: &Arc<App>, cast: &Cast, whole: bool) -> Result<i64> {
    let queued = write(&app.db, &again(&cast.lead), async |tx| models::queue_run(tx, RunBody { whole }).await).await?;
    drain(app).await?;
    Ok(crate::persistence::risks::risk_models::run(&app.db, queued.0.id).await?.raised)
}
