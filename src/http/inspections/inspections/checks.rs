//! 检查要点.

use crate::http::kernel::extract::{Id, Read};
use crate::http::kernel::reply::{Reply, View};
use crate::http::kernel::view::view;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspections as store;
use crate::service::inspections::inspections;
use crate::service::inspections::inspections::ToAnswer;
use crate::service::spot_checks::spot_check_items::Used;
use chrono::NaiveDate;
use domain::access::permit::InspectionsRead;
use domain::items::implementation_lists::CheckPoint;
use domain::kernel::stored::Stored;
use entity::inspections::inspection_checks;
use entity::spot_checks::spot_check_items;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 检查要点
#[derive(Serialize, ToSchema)]
pub struct CheckPointsView {
    /// 任务编号
    pub task_code: String,
    pub task_name: String,
    /// 任务期限
    pub starts_on: NaiveDate,
    pub ends_on: NaiveDate,
    pub items: Vec<CheckItemView>,
}

impl View for CheckPointsView {}

/// 一个检查项的检查要点
#[derive(Serialize, ToSchema)]
pub struct CheckItemView {
    pub spot_check_item_id: Uuid,
    pub name: String,
    /// 检查实施清单版本
    #[schema(required)]
    pub list_version: Option<i32>,
    pub points: Vec<CheckPointView>,
}

/// 一个检查要点
#[derive(Serialize, ToSchema)]
pub struct CheckPointView {
    /// 序号, from 1
    pub number: usize,
    /// 检查项名称
    #[schema(required)]
    pub name: Option<String>,
    /// 检查内容
    #[schema(required)]
    pub content: Option<String>,
    /// 操作要领和方法
    #[schema(required)]
    pub essentials: Option<String>,
    /// 依据
    #[schema(required)]
    pub basis_text: Option<String>,
    /// 已填的结果 (dictionary item-result)
    #[schema(required)]
    pub result: Option<String>,
    #[schema(required)]
    pub fact: Option<String>,
    pub evidence: Vec<String>,
}

view! {
    /// 检查要点结果
    pub struct CheckAnswerView of entity::inspections::inspection_checks::Model {
        /// 序号, from 1
        number: i32,
        name: String,
        content: String,
        /// dictionary item-result
        result: String,
        fact: Option<String>,
        /// 证据编号
        #[schema(value_type = Vec<String>)]
        evidence: Stored<Vec<String>>,
    }
}

impl CheckPointsView {
    pub fn of(asked: ToAnswer, answers: &[inspection_checks::Model]) -> Self {
        let item = |(spot, used): (spot_check_items::Model, Used)| {
            let points = used.check_points.into_iter().enumerate().map(|(at, point)| {
                let number = at + 1;
                let of = |answer: &&inspection_checks::Model| {
                    answer.spot_check_item_id == spot.id && usize::try_from(answer.number) == Ok(number)
                };
                CheckPointView::of(number, point, answers.iter().find(of))
            });
            CheckItemView {
                points: points.collect(),
                spot_check_item_id: spot.id,
                name: spot.name,
                list_version: used.list_version,
            }
        };
        Self {
            task_code: asked.task.code,
            task_name: asked.task.name,
            starts_on: asked.task.starts_on,
            ends_on: asked.task.ends_on,
            items: asked.items.into_iter().map(item).collect(),
        }
    }
}

impl CheckPointView {
    fn of(number: usize, point: CheckPoint, answer: Option<&inspection_checks::Model>) -> Self {
        Self {
            number,
            name: point.name,
            content: point.content,
            essentials: point.essentials,
            basis_text: point.basis_text,
            result: answer.map(|answer| answer.result.clone()),
            fact: answer.and_then(|answer| answer.fact.clone()),
            evidence: answer.map(|answer| answer.evidence.0.clone()).unwrap_or_default(),
        }
    }
}

pub(super) async fn list_check_points(read: Read<InspectionsRead>, id: Id) -> Result<Reply<CheckPointsView>> {
    let inspection = store::get(&read.app.db, &read.ctx, id.0).await?;
    let answers = store::parts_of(&read.app.db, id.0).await?.checks;
    let asked = inspections::to_answer(&read.app.db, &read.ctx, &inspection).await?;
    Reply::new(CheckPointsView::of(asked, &answers))
}
