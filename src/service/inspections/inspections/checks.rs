//! 检查要点: what the list in force has an officer look at, answered one by one.

use super::record::ResultBody;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, FieldError, Result};
use crate::persistence::inspections::inspections as store;
use crate::persistence::inspections::inspections::Parts;
use crate::persistence::spot_checks::spot_check_items;
use crate::service::spot_checks::spot_check_items::{Used, used_versions};
use domain::inspections::inspections::derived;
use domain::kernel::text::{listed, text};
use entity::inspections::inspection_checks;
use entity::inspections::inspections::Model;
use entity::spot_checks::{spot_check_items as spots, tasks};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

/// 检查要点结果
#[derive(Clone, Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct CheckBody {
    /// 检查要点序号: its place in the list, from 1
    #[schema(minimum = 1, maximum = 200)]
    pub number: i32,
    /// 1 合格, 2 不合格, 3 未检查, 4 合理缺项 (dictionary item-result)
    #[schema(pattern = "^[1-4]$")]
    pub result: String,
    /// 事实: needed where it did not pass.
    #[schema(max_length = 2000)]
    #[serde(default)]
    pub fact: Option<String>,
    /// 证据编号
    #[schema(max_items = 20, max_length = 200)]
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// What an inspection is made for.
#[derive(Clone)]
pub struct ToAnswer {
    pub task: tasks::Model,
    /// Its items, each with what the list in force on its day (or today) says.
    pub items: Vec<(spots::Model, Used)>,
}

pub async fn to_answer(conn: &impl ConnectionTrait, ctx: &Ctx, inspection: &Model) -> Result<ToAnswer> {
    let task = crate::persistence::spot_checks::tasks::by_id(conn, inspection.task_id).await?;
    let items = store::items_of(conn, inspection.task_id, inspection.department_id).await?;
    let spots = spot_check_items::by_ids(conn, items).await?;
    let day = inspection.inspected_on.unwrap_or_else(|| ctx.today());
    let mut used = used_versions(conn, &spots, day).await?;
    let with = spots.into_iter().map(|spot| {
        let (_, used) = used.remove(&spot.id).unwrap_or_default();
        (spot, used)
    });
    Ok(ToAnswer { task, items: with.collect() })
}

/// The result of each item: what follows from the answers to its check points, each answered once.
pub(super) fn answers(body: &ResultBody, used: &BTreeMap<Uuid, Used>, before: &Parts) -> Result<Vec<String>> {
    let mut errors = Vec::new();
    let mut results = Vec::new();
    for (at, point) in body.points.iter().enumerate() {
        let asked = used.get(&point.spot_check_item_id).map_or(0, |used| used.check_points.len());
        // A result of before check points were answered is put right as it was given.
        let of_old = before.points.iter().any(|known| known.spot_check_item_id == point.spot_check_item_id)
            && !before.checks.iter().any(|known| known.spot_check_item_id == point.spot_check_item_id);
        let answered: BTreeSet<_> = point.checks.iter().map(|check| check.number).collect();
        let mut error = |pointer: String, code, detail| errors.push(FieldError::new(pointer, code, detail));
        for (check, answer) in point.checks.iter().enumerate() {
            let pointer = format!("/points/{at}/checks/{check}");
            if usize::try_from(answer.number).map_or(true, |number| number > asked) {
                let detail =
                    text!("该事项的现行清单只有 {asked} 个检查要点。", "The list in force has {asked} check point(s).");
                error(format!("{pointer}/number"), "NOT_IN_LIST", detail);
            } else if answer.result == "2" && answer.fact.as_ref().is_none_or(|fact| fact.trim().is_empty()) {
                let detail = text!("不合格的检查要点须写明事实。", "What did not pass is described.");
                error(format!("{pointer}/fact"), "REQUIRED", detail);
            }
        }
        if answered.len() != point.checks.len() {
            let detail = text!("同一检查要点只能填一次。", "A check point is answered once.");
            error(format!("/points/{at}/checks"), "DUPLICATE", detail);
        }

        let open: Vec<_> = (1..=asked)
            .filter(|number| !i32::try_from(*number).is_ok_and(|number| answered.contains(&number)))
            .map(|number| number.to_string())
            .collect();
        let in_force = used.get(&point.spot_check_item_id).and_then(|used| used.list_version);
        if let (Some(read), Some(version)) = (point.list_version, in_force)
            && read != version
        {
            let detail = text!(
                "该日适用的是清单第 {version} 版，请重新读取检查要点。",
                "On that day version {version} of the list was in force; read its check points again."
            );
            error(format!("/points/{at}/list_version"), "DIFFERS", detail);
        }
        let given = of_old && point.checks.is_empty() && point.result.is_some();
        if !open.is_empty() && !given {
            let numbers = listed(&open);
            let detail = text!(
                "检查要点 {zh} 尚未填写结果。",
                "Check point(s) {en} have no result yet.",
                zh = numbers.zh,
                en = numbers.en
            );
            error(format!("/points/{at}/checks"), "REQUIRED", detail);
        }

        let found: Vec<_> = point.checks.iter().map(|check| check.result.as_str()).collect();
        let follows = if found.is_empty() { None } else { Some(derived(&found).to_owned()) };
        match (&point.result, &follows) {
            (Some(said), Some(follows)) if said != follows => {
                let detail = text!(
                    "与检查要点得出的结果（{follows}）不一致；可不填，由检查要点得出。",
                    "It follows from the check points that this is {follows}; leave it out."
                );
                error(format!("/points/{at}/result"), "DIFFERS", detail);
            }
            (None, None) if open.is_empty() => {
                let detail = text!("请填写检查项结果。", "Give the item's result.");
                error(format!("/points/{at}/result"), "REQUIRED", detail);
            }
            (Some(_) | None, Some(_) | None) => {}
        }
        results.push(follows.or_else(|| point.result.clone()).unwrap_or_default());
    }
    if errors.is_empty() { Ok(results) } else { Err(AppError::invalid(errors)) }
}

/// The answers as they are kept, each with the words of its check point.
pub(super) fn answered(id: Uuid, body: &ResultBody, used: &BTreeMap<Uuid, Used>) -> Vec<inspection_checks::Model> {
    let mut rows = Vec::new();
    for point in &body.points {
        let asked = used.get(&point.spot_check_item_id).map(|used| used.check_points.as_slice()).unwrap_or_default();
        for check in &point.checks {
            let place = usize::try_from(check.number).unwrap_or_default().checked_sub(1);
            let words = place.and_then(|place| asked.get(place)).cloned().unwrap_or_default();
            rows.push(inspection_checks::Model {
                inspection_id: id,
                spot_check_item_id: point.spot_check_item_id,
                number: check.number,
                name: words.name.unwrap_or_default(),
                content: words.content.unwrap_or_default(),
                result: check.result.clone(),
                fact: check.fact.clone(),
                evidence: check.evidence.clone().into(),
            });
        }
    }
    rows
}
