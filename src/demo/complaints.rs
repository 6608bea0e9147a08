//! Ten complaints, one in each state. Whoever complained is made up.

use super::accounts::{acting, again};
use super::tasks::department_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::write;
use crate::service::complaints::{
    Act, ComplaintBody, ConcludeBody, MaterialsBody, NotifyBody, RefuseBody, ReporterBody, TransferOutBody, act, create,
};
use crate::service::risks::risk_clues::{DispatchBody, MergeBody};
use domain::access::Reach;
use domain::complaints::{ComplaintChannel, ComplaintKind, ComplaintOutcome, HotlineTicket, RefusalGround};
use sea_orm::{EntityTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

pub async fn tell(app: &App) -> Result<String> {
    let office = acting(app, "coordinator", Reach::All).await?;
    let admin = acting(app, "market.admin", Reach::Department).await?;
    let market = department_of(app, "51082103").await?;
    let objects = entity::register::objects::Entity::find()
        .order_by_asc(entity::register::objects::Column::Id)
        .limit(10)
        .all(&app.db)
        .await
        .or_app()?;
    let of = |at: usize| objects.get(at).map(|object| object.id);

    let mut told = 0;
    let mut last = None;
    for (at, story) in stories().into_iter().enumerate() {
        let body = ComplaintBody { object_id: of(at / 2), ..story.body };
        let make = async |tx: &_| create(app, tx, body.clone()).await;
        let made = write(&app.db, &again(&office), async |tx| make(tx).await).await?.complaint;
        told += 1;
        let mut way = story.way;
        if !way.is_empty() {
            way.insert(0, Act::Dispatch(DispatchBody { department_id: market }));
        }
        if let (Some(master_id), true) = (last, story.is_merged) {
            way.push(Act::Merge(MergeBody {
                master_id, reason: "同一人就同一事项再次反映（演示）".to_owned()
            }));
        }
        walk(app, (&office, &admin), (made.id, made.version), way).await?;
        last = Some(made.id);
    }

    Ok(format!("投诉举报 {told} 件，各处一种状态"))
}

async fn walk(app: &App, (office, admin): (&Ctx, &Ctx), (id, version): (Uuid, i32), way: Vec<Act>) -> Result<()> {
    for (version, step) in (version..).zip(way) {
        let who = if matches!(step, Act::Dispatch(_)) { office } else { admin };
        let done = async |tx: &_| act(app, tx, id, version, step.clone()).await;
        write(&app.db, &again(who), async |tx| done(tx).await).await.map_err(AppError::internal)?;
    }
    Ok(())
}

/// What somebody told, and what was done about it.
struct Story {
    body: ComplaintBody,
    way: Vec<Act>,
    is_merged: bool,
}

fn story(kind: ComplaintKind, title: &str, way: Vec<Act>) -> Story {
    let channel = match kind {
        ComplaintKind::Complaint => ComplaintChannel::Market,
        ComplaintKind::Report => ComplaintChannel::Letter,
        ComplaintKind::Enquiry => ComplaintChannel::Hotline,
    };
    let reporter = ReporterBody {
        name: Some("演示人员".to_owned()),
        phone: Some("13800000000".to_owned()),
        ..ReporterBody::default()
    };
    let named = kind != ComplaintKind::Report;

    let body = ComplaintBody {
        kind,
        channel,
        ticket: (channel == ComplaintChannel::Hotline).then_some(HotlineTicket::Enquiry),
        source_no: None,
        title: title.to_owned(),
        content: format!("{title}（演示数据）。"),
        problem_type: Some("08".to_owned()),
        object_id: None,
        uscc: None,
        object_name: None,
        item_id: None,
        township_code: None,
        incident_on: None,
        incident_place: None,
        received_at: None,
        department_id: None,
        is_anonymous: !named,
        reporter: named.then_some(reporter),
    };
    Story { body, way, is_merged: false }
}

/// One for each state, in the order of a complaint's life.
fn stories() -> Vec<Story> {
    use ComplaintKind::{Complaint, Enquiry, Report};

    let handled = |outcome, case_no: Option<&str>, more: Vec<Act>| {
        let conclude = Act::Conclude(ConcludeBody {
            outcome,
            result: "现场核实后处理完毕（演示）。".to_owned(),
            case_no: case_no.map(str::to_owned),
            inspection_id: None,
        });
        [Act::Accept, Act::Begin, conclude].into_iter().chain(more).collect::<Vec<_>>()
    };
    let told = || Act::Notify(NotifyBody { told: "电话告知本人（演示）".to_owned() });
    let materials = Act::RequestMaterials(MaterialsBody { materials: "购物小票或付款记录".to_owned() });
    let refuse = Act::Refuse(RefuseBody {
        ground: RefusalGround::HandledElsewhere,
        reason: "人民法院已经受理同一争议（演示）".to_owned(),
    });
    let transfer = Act::Transfer(TransferOutBody {
        to: "广元市利州区市场监督管理局".to_owned(),
        reason: "经营者住所地在利州区（演示）".to_owned(),
    });

    vec![
        story(Enquiry, "咨询办理食品经营许可需要的材料", Vec::new()),
        story(Complaint, "所购家电不能使用，要求退货", vec![materials]),
        story(Complaint, "预付卡余额不予退还", vec![Act::Accept]),
        story(Complaint, "餐饮消费加收餐具费", vec![refuse]),
        story(
            Report,
            "销售超过保质期的食品",
            handled(ComplaintOutcome::CaseFiled, Some("旺市监立〔2026〕21号"), Vec::new()),
        ),
        story(Complaint, "装修材料与样品不符", handled(ComplaintOutcome::Agreed, None, vec![told()])),
        story(Complaint, "儿童玩具缺少合格证", handled(ComplaintOutcome::NotAgreed, None, vec![told(), Act::Close])),
        story(Complaint, "网购农资未按期发货", vec![transfer]),
        story(Report, "使用未经检定的电子秤", vec![Act::Accept, Act::Begin]),
        Story { is_merged: true, ..story(Report, "电子秤缺斤短两", vec![Act::Accept]) },
    ]
}
