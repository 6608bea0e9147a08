//! A plan that was published, and amended once.

use super::accounts::{acting, again};
use super::items::published_of;
use super::tasks::department_of;
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::write;
use crate::persistence::spot_checks::plans as store;
use crate::service::spot_checks::plans;
use crate::service::spot_checks::plans::{Act, FilingBody, PlanBody, PlanLineBody};
use domain::access::Reach;
use domain::credit::CreditClass;
use domain::spot_checks::plans::lines::ClassRate;
use domain::spot_checks::plans::{ItemKind, PlanKind};
use domain::spot_checks::tasks::SpotType;
use uuid::Uuid;

/// Six lines of two departments, published; then the last one is cancelled. Gives the plan.
pub async fn publish(app: &App) -> Result<Uuid> {
    let lead = acting(app, "market.lead", Reach::All).await?;
    let mut lines = Vec::new();
    for (code, unit) in [("51082103", "食品安全监督管理股"), ("51082106", "危险化学品监督管理股")] {
        let department = department_of(app, code).await?;
        for spot in published_of(app, department).await?.iter().take(3) {
            let line = line(lines.len() + 1, spot, unit);
            lines.push(PlanLineBody { lead_department_id: Some(department), ..line });
        }
    }
    let body = PlanBody {
        year: 2026,
        name: "旺苍县2026年度部门联合“双随机、一公开”抽查计划".to_owned(),
        kind: PlanKind::Annual,
        department_id: None,
        discussed_on: None,
        approval_no: None,
        lines,
    };
    let plan = write(&app.db, &again(&lead), async |tx| plans::create(app, tx, body.clone()).await).await?.plan;
    go_to_the_public(app, plan.id, plan.version, "旺司备〔2026〕3号").await?;

    cancel_last_line(app, plan.id).await?;

    Ok(plan.id)
}

/// The last line is cancelled: the public sees a second edition, and what it changed.
async fn cancel_last_line(app: &App, id: Uuid) -> Result<()> {
    let lead = acting(app, "market.lead", Reach::All).await?;
    let plan = store::get(&app.db, &lead, id).await?;
    let act = Act::Amend("企业已全部关停".to_owned());
    let amend = async |tx: &_| plans::act(app, tx, id, plan.version, act.clone()).await;
    let plan = write(&app.db, &again(&lead), async |tx| amend(tx).await).await?;
    let last = plan.lines.len();
    let lines = plan.lines.iter().map(|stored| PlanLineBody {
        id: Some(stored.id),
        number: stored.number.clone(),
        cancelled_reason: (stored.position == i32::try_from(last).unwrap_or_default())
            .then(|| "辖区内此类企业已全部关停".to_owned()),
        category: stored.category.clone(),
        item_name: stored.item_name.clone(),
        targets: stored.targets.clone(),
        spot_type: stored.spot_type,
        lead_name: stored.lead_name.clone(),
        lead_department_id: stored.lead_department_id,
        cooperating: Vec::new(),
        item_kind: stored.item_kind,
        executing_unit: Some(stored.executing_unit.clone()),
        ratio_text: stored.ratio_text.clone(),
        class_rates: stored.class_rates.0.clone(),
        mode_text: stored.mode_text.clone(),
        period_text: stored.period_text.clone(),
        justification: None,
        spot_check_item_id: stored.spot_check_item_id,
    });
    let body = PlanBody {
        year: plan.plan.year,
        name: plan.plan.name.clone(),
        kind: plan.plan.kind,
        department_id: None,
        discussed_on: None,
        approval_no: None,
        lines: lines.collect(),
    };
    let version = plan.plan.version;
    let change = async |tx: &_| plans::update(tx, id, version, body.clone()).await;
    let version = write(&app.db, &again(&lead), async |tx| change(tx).await).await?.plan.version;

    go_to_the_public(app, id, version, "旺司备〔2026〕9号").await
}

/// Submitted, reviewed, filed and published.
async fn go_to_the_public(app: &App, plan: Uuid, version: i32, filing_no: &str) -> Result<()> {
    let lead = acting(app, "market.lead", Reach::All).await?;
    let reviewer = acting(app, "market.reviewer", Reach::Department).await?;
    let justice = acting(app, "justice", Reach::All).await?;
    let filing = FilingBody { filing_no: filing_no.to_owned(), filed_on: None };
    let steps = [
        (&lead, Act::Submit),
        (&reviewer, Act::Approve { legal_opinion: "主体、事项、比例和程序合法，同意".to_owned() }),
        (&justice, Act::File(filing)),
        (&lead, Act::Publish),
    ];
    for (version, (who, act)) in (version..).zip(steps) {
        write(&app.db, &again(who), async |tx| plans::act(app, tx, plan, version, act.clone()).await).await?;
    }

    Ok(())
}

fn line(number: usize, spot: &entity::spot_checks::spot_check_items::Model, unit: &str) -> PlanLineBody {
    let rate = |class, rate_bp| ClassRate { class, rate_bp: Some(rate_bp), count: None };
    PlanLineBody {
        id: None,
        number: Some(format!("{number:03}")),
        spot_type: Some(SpotType::Targeted),
        lead_name: None,
        lead_department_id: None,
        cooperating: Vec::new(),
        class_rates: vec![rate(CreditClass::General, 500), rate(CreditClass::Key, 2_500)],
        mode_text: Some("现场检查".to_owned()),
        cancelled_reason: None,
        category: spot.category.clone(),
        item_name: spot.name.clone(),
        targets: spot.targets.clone(),
        item_kind: ItemKind::General,
        executing_unit: Some(unit.to_owned()),
        ratio_text: "5%".to_owned(),
        period_text: "2026年10—12月".to_owned(),
        justification: None,
        spot_check_item_id: Some(spot.id),
    }
}
