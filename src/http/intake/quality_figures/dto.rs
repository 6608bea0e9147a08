//! How the figures of quality are shown.

use crate::http::kernel::reply::View;
use crate::service::intake::behaviours::figures::{Asked, Group};
use chrono::{Months, NaiveDate};
use domain::intake::behaviours::BehaviourSet;
use domain::kernel::clocks::calendar::start_of;
use domain::oversight::indicators::Ratio;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// 数据质量统计
#[derive(Serialize, ToSchema)]
pub struct QualityFiguresView {
    /// 起始月份
    #[schema(example = "2026-01")]
    pub from: String,
    /// 截止月份
    #[schema(example = "2026-11")]
    pub to: String,
    pub items: Vec<QualityFigureView>,
    /// All that the caller may see, together
    pub total: QualityFigureView,
}

impl View for QualityFiguresView {}

/// 一项统计. Volumes are shown, and nobody is assessed by them (国办发〔2024〕54号).
#[derive(Serialize, ToSchema)]
pub struct QualityFigureView {
    /// null where departments are not told apart
    #[schema(required)]
    pub department_id: Option<Uuid>,
    /// 乡镇代码; empty where a row's township is not known, null where townships are not told apart
    #[schema(required)]
    pub township_code: Option<String>,
    #[schema(required)]
    pub kind: Option<BehaviourSet>,
    /// 到达月份
    #[schema(required, example = "2026-11")]
    pub month: Option<String>,
    /// 行数, without those that were deleted by the end of the period
    pub rows: i64,
    /// 期末有未处理错误的行数
    pub errors: i64,
    /// 曾有错误的行数
    pub first_errors: i64,
    /// 应计及时的行数: without the stock
    pub timed: i64,
    /// 按时到达的行数
    pub in_time: i64,
    /// 准确率, basis points, rounded down: rows without an error at the end of the period ÷ rows; null where there is none
    #[schema(required)]
    pub accuracy_bp: Option<u64>,
    /// 首次准确率, basis points: rows that were never wrong ÷ rows
    #[schema(required)]
    pub first_accuracy_bp: Option<u64>,
    /// 及时率, basis points: rows that came within the working days that they may take ÷ rows, without the stock
    #[schema(required)]
    pub timeliness_bp: Option<u64>,
    /// 上报及时率, basis points: rows ÷ Σ(whole days + 1)
    #[schema(required)]
    pub promptness_bp: Option<u64>,
    /// 现时有未处理错误的行数
    pub open_errors: i64,
    /// 行的链接
    pub records: QualityRecordsView,
}

/// The rows behind a figure, as they stand now
#[derive(Serialize, ToSchema)]
pub struct QualityRecordsView {
    /// 有未处理错误的
    pub open_errors: String,
    /// 曾有错误的
    pub ever_wrong: String,
    /// 未按时到达的
    pub late: String,
}

impl QualityFiguresView {
    pub fn of(asked: Asked, groups: &[Group]) -> Self {
        let (from, to) = asked.months;
        let mut total = Group::default();
        for group in groups {
            total.sums += group.sums;
            total.open_errors += group.open_errors;
        }
        Self {
            from: shown(from),
            to: shown(to),
            items: groups.iter().map(|group| QualityFigureView::of(asked, group)).collect(),
            total: QualityFigureView::of(asked, &total),
        }
    }
}

impl QualityFigureView {
    fn of(asked: Asked, group: &Group) -> Self {
        let sums = group.sums;

        Self {
            department_id: group.department_id,
            township_code: group.township_code.clone(),
            kind: group.kind,
            month: group.month.map(shown),
            rows: sums.rows,
            errors: sums.errors,
            first_errors: sums.first_errors,
            timed: sums.timed,
            in_time: sums.in_time,
            accuracy_bp: Ratio::basis_points(sums.accuracy()),
            first_accuracy_bp: sums.first_accuracy().basis_points(),
            timeliness_bp: sums.timeliness().basis_points(),
            promptness_bp: sums.promptness().basis_points(),
            open_errors: group.open_errors,
            records: QualityRecordsView::of(asked, group),
        }
    }
}

impl QualityRecordsView {
    fn of(asked: Asked, group: &Group) -> Self {
        let (from, to) = group.month.map_or(asked.months, |month| (month, month));
        let end = to.checked_add_months(Months::new(1)).unwrap_or(to);
        let moment = |day: NaiveDate| start_of(day).format("%Y-%m-%dT%H:%M:%SZ");
        let department = group.department_id.or(asked.department).map(|id| format!("&department_id={id}"));
        let kind = group.kind.or(asked.kind).map(|kind| format!("&kind={}", kind.code()));
        let township = group.township_code.as_ref().map(|township| match township.as_str() {
            "" => "&township_code[is_null]=true".to_owned(),
            township => format!("&township_code={township}"),
        });
        let parts = [department, kind, township].into_iter().flatten();
        let period = format!("/api/v1/behaviours?created_at[gte]={}&created_at[lt]={}", moment(from), moment(end));
        let rows = std::iter::once(period).chain(parts).collect::<String>();

        Self {
            open_errors: format!("{rows}&status=QUARANTINED"),
            ever_wrong: format!("{rows}&was_wrong=true&status[ne]=REMOVED"),
            late: format!("{rows}&in_time=false&origin[ne]=STOCK&status[ne]=REMOVED"),
        }
    }
}

/// `2026-11`
fn shown(month: NaiveDate) -> String {
    month.format("%Y-%m").to_string()
}
