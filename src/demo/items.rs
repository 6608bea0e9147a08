//! Three departments have claimed what is theirs; market regulation and the emergency bureau also have their
//! implementation lists in force and their spot-check items published.

use super::accounts::{acting, again};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::items::implementation_lists;
use crate::persistence::kernel::errors::AppResult;
use crate::persistence::kernel::tx::write;
use crate::persistence::register::departments;
use crate::persistence::spot_checks::spot_check_items as spots;
use crate::service::items::implementation_lists as lists;
use crate::service::items::implementation_lists::{CheckPointBody, ElementsBody};
use crate::service::items::items;
use crate::service::items::items::{ApproveBody, BatchBody, BatchItem};
use crate::service::spot_checks::spot_check_items;
use domain::access::Reach;
use domain::items::items::{BatchAction, BatchMode, INSPECTION, ItemState};
use domain::spot_checks::plans::ItemKind;
use domain::spot_checks::tasks::SpotType;
use entity::items::items::{Column, Entity, Model};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// Claims, completes, approves and publishes; says what was done.
pub async fn tell(app: &App) -> Result<String> {
    let mut published = 0;
    for (side, code, lists_too) in
        [("market", "51082103", true), ("emergency", "51082106", true), ("agri", "51082105", false)]
    {
        let admin = acting(app, &format!("{side}.admin"), Reach::Department).await?;
        let reviewer = acting(app, &format!("{side}.reviewer"), Reach::Department).await?;
        for item in claim_all(app, &admin, code).await? {
            let (id, version) = (item.id, item.version + 1);
            let submit = async |tx: &_| items::act(app, tx, id, version, items::Act::Submit).await;
            let version = write(&app.db, &again(&admin), async |tx| submit(tx).await).await?.item.version;
            let approve = items::Act::Approve(ApproveBody::default());
            let approve = async |tx: &_| items::act(app, tx, id, version, approve.clone()).await;
            write(&app.db, &again(&reviewer), async |tx| approve(tx).await).await?;
            if lists_too && item.administrative_type == INSPECTION {
                complete_list(app, &admin, &reviewer, &item).await?;
                published += 1;
            }
        }
    }

    Ok(format!("目录事项已由 3 个部门认领，{published} 项检查实施清单生效并公布为抽查事项"))
}

async fn claim_all(app: &App, admin: &Ctx, code: &str) -> Result<Vec<Model>> {
    let department = departments::by_code(&app.db, code).await?.map(|department| department.id).unwrap_or_default();
    let waiting = Entity::find()
        .filter(Column::DepartmentId.eq(department))
        .filter(Column::State.eq(ItemState::ToClaim))
        .order_by_asc(Column::Code)
        .all(&app.db)
        .await
        .or_app()?;
    let wanted = waiting.iter().map(|item| BatchItem { id: item.id, version: item.version }).collect();
    let body = BatchBody { action: BatchAction::Claim, mode: BatchMode::Atomic, items: wanted };
    write(&app.db, &again(admin), async |tx| items::batch(app, tx, body.clone()).await).await?;
    Ok(waiting)
}

async fn complete_list(app: &App, admin: &Ctx, reviewer: &Ctx, item: &Model) -> Result<()> {
    let list = implementation_lists::of_items(&app.db, &[item.id]).await?.remove(&item.id);
    let Some(list) = list else { return Ok(()) };
    let id = list.id;
    let body = elements(item);
    let fill = async |tx: &_| lists::update(app, tx, id, list.version, body.clone()).await;
    let version = write(&app.db, &again(admin), async |tx| fill(tx).await).await?.list.version;
    let submit = async |tx: &_| lists::act(app, tx, id, version, lists::Act::Submit).await;
    let version = write(&app.db, &again(admin), async |tx| submit(tx).await).await?.list.version;
    let approve = lists::Act::Approve(ApproveBody::default());
    let approve = async |tx: &_| lists::act(app, tx, id, version, approve.clone()).await;
    write(&app.db, &again(reviewer), async |tx| approve(tx).await).await?;
    let lead = acting(app, "market.lead", Reach::All).await?;
    for spot in spots::of_item(&app.db, item.id).await? {
        let publish = async |tx: &_| spot_check_items::publish(tx, spot.id, spot.version).await;
        write(&app.db, &again(&lead), async |tx| publish(tx).await).await?;
    }

    Ok(())
}

fn elements(item: &Model) -> ElementsBody {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let point = |name: &str, content: &str| CheckPointBody {
        name: Some(name.to_owned()),
        content: Some(content.to_owned()),
        essentials: Some("查阅资料、现场查看、询问当事人".to_owned()),
        basis_text: Some("见监管事项设定依据".to_owned()),
        check_types: words(&["RANDOM", "DAILY"]),
        ..CheckPointBody::default()
    };

    ElementsBody {
        check_category: Some("01".to_owned()),
        check_modes: words(&["1"]),
        double_random: Some(true),
        spot_type: Some(SpotType::Targeted),
        joint: Some(true),
        cooperating_bodies: words(&["旺苍县应急管理局", "旺苍县市场监督管理局"]),
        item_kind: Some(ItemKind::General),
        object_types: words(&["1"]),
        targets: Some(item.name.trim_start_matches('对').trim_end_matches("的监督检查").to_owned()),
        check_points: vec![
            point("主体资格", "证照是否齐全、有效，是否在许可范围内经营"),
            point("制度与记录", "管理制度、台账和人员培训记录是否齐全、真实"),
        ],
        exercise_level: Some("4".to_owned()),
        implement_nature: Some("01".to_owned()),
        frequency_text: Some("每年不超过2次".to_owned()),
        max_per_year: Some(2),
        ratio_floor_bp: Some(300),
        ratio_ceiling_bp: Some(1_000),
        result_codes: words(&["1", "5", "E"]),
        qualification_required: Some(false),
        qualification: None,
        minimum_officers: Some(2),
        documents: words(&["现场检查笔录", "责令改正通知书"]),
    }
}

/// The first published spot-check items of a department, for plans and tasks.
pub async fn published_of(
    app: &App,
    department: uuid::Uuid,
) -> Result<Vec<entity::spot_checks::spot_check_items::Model>> {
    let all = spots::published().all(&app.db).await.or_app()?;
    Ok(all.into_iter().filter(|spot| spot.department_id == Some(department)).collect())
}
