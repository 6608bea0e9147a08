//! 质量统计.

mod dto;

use crate::http::kernel::extract::{Param, ParamKind, ParamValue, Params, Query, Read};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::Reply;
use crate::kernel::error::{AppError, Result};
use crate::service::intake::behaviours::figures;
use crate::service::intake::behaviours::figures::Asked;
use chrono::{Datelike, NaiveDate};
use domain::access::permit::BehavioursRead;
use domain::intake::behaviours::BehaviourSet;
use domain::intake::behaviours::figures::{FiguresBy, month_of};
use domain::kernel::text::text;
use dto::QualityFiguresView;
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("quality-figures", "数据质量统计");
    group.get(
        "/api/v1/quality-figures",
        "get_quality_figures",
        "数据质量统计",
        "某一时期到达的监管行为数据的准确率、首次准确率和及时率，按部门、乡镇、数据集或月份（可再按一项细分）；准确率以所查时期的最后一日未更正的错误计（按月份统计时各月均以该日计，要看某月月末的，只查该月），另列现时的错误数；每项附其错误行、曾错行和迟到行的链接。",
        get_quality_figures,
    );
}

/// Which figures are asked for.
#[derive(Default)]
pub struct Wanted {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    by: Option<FiguresBy>,
    then_by: Option<FiguresBy>,
    department: Option<Uuid>,
    kind: Option<BehaviourSet>,
}

impl Params for Wanted {
    const PARAMS: &'static [Param] = &[
        Param { name: "from", doc: "起始月份，默认本年一月", kind: ParamKind::Month },
        Param { name: "to", doc: "截止月份，默认本月", kind: ParamKind::Month },
        Param { name: "by", doc: "按何统计，默认部门", kind: ParamKind::Choice(FiguresBy::CODES) },
        Param { name: "then_by", doc: "再按何细分", kind: ParamKind::Choice(FiguresBy::CODES) },
        Param { name: "department_id", doc: "只看一个部门", kind: ParamKind::Id },
        Param { name: "kind", doc: "只看一个数据集", kind: ParamKind::Choice(BehaviourSet::CODES) },
    ];

    const MAY_MISS: bool = true;

    fn set(&mut self, name: &str, value: ParamValue) {
        match (name, value) {
            ("from", ParamValue::Day(month)) => self.from = Some(month),
            ("to", ParamValue::Day(month)) => self.to = Some(month),
            ("by", ParamValue::Choice(by)) => self.by = by.parse().ok(),
            ("then_by", ParamValue::Choice(by)) => self.then_by = by.parse().ok(),
            ("department_id", ParamValue::Id(id)) => self.department = Some(id),
            ("kind", ParamValue::Choice(kind)) => self.kind = kind.parse().ok(),
            _ => {}
        }
    }
}

async fn get_quality_figures(read: Read<BehavioursRead>, wanted: Query<Wanted>) -> Result<Reply<QualityFiguresView>> {
    let Wanted { from, to, by, then_by, department, kind } = wanted.0;
    let now = month_of(read.ctx.today());
    let to = to.unwrap_or(now);
    let from = from.unwrap_or_else(|| NaiveDate::from_ymd_opt(to.year(), 1, 1).unwrap_or(to));
    if from > to {
        let detail = text!(
            "起始月份晚于截止月份，没有这样的时期。",
            "The first month lies behind the last: there is no such period."
        );
        return Err(AppError::not_found_because(detail));
    }

    let by: Vec<_> = [Some(by.unwrap_or(FiguresBy::Department)), then_by].into_iter().flatten().collect();
    let asked = Asked { months: (from, to), until: to, department, kind };
    let groups = figures::figures(&read.app, &read.ctx, asked, &by).await?;
    Reply::new(QualityFiguresView::of(asked, &groups))
}
