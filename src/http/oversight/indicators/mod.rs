//! 指标.

mod dto;

use crate::http::kernel::extract::{Code, Param, ParamKind, ParamValue, Params, Query, Read, forbidden};
use crate::http::kernel::openapi::Api;
use crate::http::kernel::reply::Reply;
use crate::kernel::error::{AppError, Result};
use crate::service::oversight::indicators;
use domain::access::Reach;
use domain::access::permit::IndicatorsRead;
use domain::oversight::indicators::IndicatorCode;
use dto::{ExplainView, IndicatorView, IndicatorsView};
use uuid::Uuid;

pub fn routes(api: &mut Api) {
    let mut group = api.group("indicators", "县级工作指标");
    group.get(
        "/api/v1/indicators",
        "list_indicators",
        "全部指标",
        "各指标的全县（或本部门）值；逐项为分子、分母与比率。",
        list_indicators,
    );
    group.get(
        "/api/v1/indicators/{code}",
        "get_indicator",
        "指标详情",
        "code 为指标代码（如 CLAIM_RATE）或序号（1、2、3.1、3.2、4.1—4.4、5.1、5.2、5.3、6.2、7、8、9.1、9.2、10.1、10.2、11.1、12.1、12.2、13.1、13.2；3 即 3.2，4 即 4.1，5 即 5.2，6 即 6.2，11 即 11.1，13 即 13.1）；分部门（6.2 分乡镇）列出分子、分母、比率。",
        get_indicator,
    );

    group.get(
        "/api/v1/indicators/{code}/explain",
        "explain_indicator",
        "指标解释",
        "未计入分子的每一条记录及其原因，按标识排序（4.1、13.1 按到达先后）。",
        explain_indicator,
    );
}

const EXPLAIN_LIMIT: u64 = 200;

/// Which part of an explanation.
#[derive(Default)]
pub struct Part {
    department: Option<Uuid>,
    cursor: Option<Uuid>,
    limit: Option<u64>,
}

impl Params for Part {
    const PARAMS: &'static [Param] = &[
        Param { name: "department_id", doc: "只看一个部门", kind: ParamKind::Id },
        Param { name: "cursor", doc: "上一页给出的 next_cursor", kind: ParamKind::Id },
        Param { name: "limit", doc: "每页条数，默认 50", kind: ParamKind::Count { max: EXPLAIN_LIMIT } },
    ];

    fn set(&mut self, name: &str, value: ParamValue) {
        match (name, value) {
            ("department_id", ParamValue::Id(id)) => self.department = Some(id),
            ("cursor", ParamValue::Id(id)) => self.cursor = Some(id),
            ("limit", ParamValue::Count(count)) => self.limit = Some(count),
            _ => {}
        }
    }
}

fn known(code: &Code) -> Result<IndicatorCode> {
    IndicatorCode::named(&code.0).ok_or_else(AppError::not_found)
}

async fn list_indicators(read: Read<IndicatorsRead>) -> Result<Reply<IndicatorsView>> {
    let mut items = Vec::new();
    for code in IndicatorCode::ALL {
        items.push(IndicatorView::of(&indicators::compute(&read.app, &read.ctx, *code).await?));
    }
    Reply::new(IndicatorsView { items })
}

async fn get_indicator(read: Read<IndicatorsRead>, code: Code) -> Result<Reply<IndicatorView>> {
    Reply::new(IndicatorView::of(&indicators::compute(&read.app, &read.ctx, known(&code)?).await?))
}

async fn explain_indicator(read: Read<IndicatorsRead>, code: Code, part: Query<Part>) -> Result<Reply<ExplainView>> {
    if let Some(permission) = known(&code)?.records()
        && !matches!(read.ctx.actor.reach(permission), Some(Reach::All | Reach::Department))
    {
        return Err(forbidden(permission));
    }
    let part = part.0;
    let limit = usize::try_from(part.limit.unwrap_or(50)).map_err(AppError::internal)?;
    let (missing, total) =
        indicators::explain(&read.app, &read.ctx, known(&code)?, part.department, part.cursor, limit + 1).await?;
    Reply::new(ExplainView::of(missing, total, limit))
}
