//! Visits of the demo: the rows that limit them, one visit for both departments of the joint task, and one in each state.

use super::accounts::{acting, again};
use super::items::published_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::write;
use crate::persistence::officers::personnel;
use crate::persistence::register::departments;
use crate::service::inspections::InspectOfficerBody;
use crate::service::officers::personnel::facts;
use crate::service::visits::visit_rules::VisitRuleBody;
use crate::service::visits::visits::{
    EnterBody, LeaveBody, RequestBody, ScanBody, VisitBody, VisitOpeningBody, VisitTerms, entry_code, scan,
};
use crate::service::visits::{visit_rules, visits};
use chrono::{Datelike, Days, NaiveDate};
use domain::access::Reach;
use domain::officers::certificates::check_certificate;
use domain::visits::budget::RuleKind;
use domain::visits::{VisitAction, VisitStatus};
use entity::inspections::inspections::Model as Inspection;
use entity::visits::visits::Model as Visit;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// The departments that go together.
const SIDES: [&str; 2] = ["market", "emergency"];

/// What the demo's county published.
pub async fn rules(app: &App) -> Result<()> {
    let justice = acting(app, "justice", Reach::All).await?;
    for (code, name, kind, amount) in [
        ("CAP_BODY", "同一部门对同一企业每年不超过 2 次", RuleKind::BodyCap, 2),
        ("CAP_ENTERPRISE", "市县两级对同一企业每年不超过 4 次", RuleKind::EnterpriseCap, 4),
        ("INTERVAL", "对同一企业两次检查间隔不少于 30 天", RuleKind::Interval, 30),
    ] {
        let body = VisitRuleBody {
            code: code.to_owned(),
            name: name.to_owned(),
            basis: "涉企行政检查年度频次上限公告（演示数据）".to_owned(),
            kind,
            amount,
            day_from: None,
            day_to: None,
            kinds: Vec::new(),
            department_ids: Vec::new(),
            classes: Vec::new(),
            object_types: Vec::new(),
            starts_on: justice.today(),
        };
        write(&app.db, &again(&justice), async |tx| visit_rules::create(tx, body.clone()).await).await?;
    }
    Ok(())
}

fn terms(today: NaiveDate) -> VisitTerms {
    let last = today.checked_add_days(Days::new(4)).filter(|last| last.year() == today.year());
    VisitTerms {
        ground: None,
        purpose: "年度联合抽查，进一次门、查多事项".to_owned(),
        on_site_reason: "须现场查看经营场所和台账".to_owned(),
        surprise: false,
        window_from: today,
        window_to: last.unwrap_or(today),
    }
}

async fn create(app: &App, who: &Ctx, body: VisitBody) -> Result<Visit> {
    Ok(write(&app.db, &again(who), async |tx| visits::create(app, tx, body.clone()).await).await?.visit)
}

async fn request(app: &App, who: &Ctx, draft: &Visit, body: RequestBody) -> Result<Visit> {
    let step = async |tx: &_| visits::request(app, tx, draft.id, draft.version, body.clone()).await;
    Ok(write(&app.db, &again(who), async |tx| step(tx).await).await?.visit)
}

async fn act(app: &App, who: &Ctx, id: Uuid, action: VisitAction) -> Result<Visit> {
    let version = current(app, id).await?.version;
    let words = Some("同意（演示数据）".to_owned());
    let step = async |tx: &_| visits::act(app, tx, id, version, action, words.clone()).await;
    Ok(write(&app.db, &again(who), async |tx| step(tx).await).await?.visit)
}

async fn current(app: &App, id: Uuid) -> Result<Visit> {
    let found = crate::persistence::visits::visits::by_id(&app.db, id).await?;
    found.ok_or_else(|| AppError::internal("no such visit"))
}

/// The heads of these sides approve their parts.
async fn approve(app: &App, sides: &[&str], id: Uuid) -> Result<()> {
    for side in sides {
        let head = acting(app, &format!("{side}.head"), Reach::Department).await?;
        act(app, &head, id, VisitAction::Approve).await?;
    }
    Ok(())
}

/// From the notice through the door: they go in, and the enterprise scans.
async fn go_in(app: &App, admin: &Ctx, id: Uuid) -> Result<()> {
    act(app, admin, id, VisitAction::Notify).await?;
    let version = current(app, id).await?.version;
    let body = EnterBody { entered_at: None, make_up_reason: None, in_time: false };
    let step = async |tx: &_| visits::enter(app, tx, id, version, body.clone()).await;
    write(&app.db, &again(admin), async |tx| step(tx).await).await?;

    let visit = visits::complete_one(&app.db, current(app, id).await?).await?;
    let code = entry_code(app, &again(admin), &visit).await?.code;
    scan(app, &Ctx::system("demo"), ScanBody { code }).await?;
    Ok(())
}

/// Both departments go to an object of the joint task together; gives the visit.
pub async fn go_together(app: &App, parts: &[(&str, &Inspection)]) -> Result<Uuid> {
    let mut host: Option<Uuid> = None;
    for (side, inspection) in parts {
        let admin = acting(app, &format!("{side}.admin"), Reach::Department).await?;
        let terms = terms(admin.today());
        let draft =
            create(app, &admin, VisitBody { inspection_ids: vec![inspection.id], opening: None, terms }).await?;
        let body = RequestBody { join_id: host, apart_reason: None };
        let asked = request(app, &admin, &draft, body).await?;
        host.get_or_insert(asked.id);
    }

    let host = host.ok_or_else(|| AppError::internal("a visit of nobody"))?;
    let sides: Vec<_> = parts.iter().map(|(side, _)| *side).collect();
    approve(app, &sides, host).await?;
    let first = sides.first().ok_or_else(|| AppError::internal("a visit of nobody"))?;
    go_in(app, &acting(app, &format!("{first}.admin"), Reach::Department).await?, host).await?;
    Ok(host)
}

/// They come out again.
pub async fn leave(app: &App, side: &str, id: Uuid) -> Result<()> {
    let admin = acting(app, &format!("{side}.admin"), Reach::Department).await?;
    let version = current(app, id).await?.version;
    let body = LeaveBody { left_at: None, make_up_reason: None, in_time: false, no_scan_reason: None };
    let step = async |tx: &_| visits::leave(app, tx, id, version, body.clone()).await;
    write(&app.db, &again(&admin), async |tx| step(tx).await).await?;
    Ok(())
}

/// A joint visit in each state in which one may stand (the joint task's are closed), and one that the rows refuse: it stays a draft,
/// and its budget says why.
pub async fn in_each_state(app: &App, visited: Uuid) -> Result<usize> {
    use VisitStatus as S;
    let states = [S::Requested, S::Approved, S::Notified, S::Entered, S::Left, S::Cancelled, S::OffSite];
    let fresh = entity::register::objects::Entity::find()
        .filter(entity::register::objects::Column::ObjectType.eq("1"))
        .filter(entity::register::objects::Column::Id.ne(visited))
        .order_by_asc(entity::register::objects::Column::Name)
        .limit(7);
    let admin = acting(app, "market.admin", Reach::Department).await?;
    for (state, object) in states.into_iter().zip(fresh.all(&app.db).await.or_app()?) {
        let visit = joint(app, object.id).await?;
        match state {
            S::Cancelled => drop(act(app, &admin, visit, VisitAction::Cancel).await?),
            S::OffSite => drop(act(app, &admin, visit, VisitAction::TakeOffSite).await?),
            S::Approved | S::Notified | S::Entered | S::Left => {
                approve(app, &SIDES, visit).await?;
                if state == S::Notified {
                    act(app, &admin, visit, VisitAction::Notify).await?;
                }
                if matches!(state, S::Entered | S::Left) {
                    go_in(app, &admin, visit).await?;
                }
                if state == S::Left {
                    leave(app, "market", visit).await?;
                }
            }
            S::Draft | S::Requested | S::Closed | S::Merged => {}
        }
    }

    daily(app, &admin, "market", visited).await?;
    Ok(states.len() + 1)
}

/// Both departments ask for a daily check of an object: one visit.
async fn joint(app: &App, object: Uuid) -> Result<Uuid> {
    let mut host = None;
    for side in SIDES {
        let admin = acting(app, &format!("{side}.admin"), Reach::Department).await?;
        let draft = daily(app, &admin, side, object).await?;
        let body = RequestBody { join_id: host, apart_reason: None };
        let asked = request(app, &admin, &draft, body).await?;
        host.get_or_insert(asked.id);
    }
    host.ok_or_else(|| AppError::internal("a visit of nobody"))
}

/// A daily check of an object, as a department drafts it.
async fn daily(app: &App, admin: &Ctx, side: &str, object_id: Uuid) -> Result<Visit> {
    let code = if side == "market" { "51082103" } else { "51082106" };
    let department = departments::by_code(&app.db, code).await?;
    let department = department.ok_or_else(|| AppError::internal(format!("no department {code}")))?;
    let spots = published_of(app, department.id).await?;
    let officers = two_officers(app, department.id, admin.today()).await?.into_iter().enumerate();
    let officers = officers.map(|(at, personnel_id)| InspectOfficerBody { personnel_id, is_leader: at == 0 }).collect();
    let item_ids = spots.iter().take(1).map(|spot| spot.id).collect();
    let opening = Some(VisitOpeningBody { object_id, item_ids, officers });
    let terms = terms(admin.today());
    create(app, admin, VisitBody { inspection_ids: Vec::new(), opening, terms }).await
}

/// The first two of a department whose certificates hold.
async fn two_officers(app: &App, department: Uuid, today: NaiveDate) -> Result<Vec<Uuid>> {
    let people = personnel::roster(&app.db, vec![department]).await?;
    let held = personnel::certificates_of(&app.db, people.iter().map(|person| person.id).collect()).await?;
    let mut fit = Vec::new();
    for (officer, certificates) in held {
        for certificate in certificates {
            if check_certificate(&facts(&certificate)?, today).is_ok() {
                fit.push(officer);
                break;
            }
        }
    }
    fit.truncate(2);
    Ok(fit)
}
