//! Rows 4.1 and 13.1: read from the sums of the year; what is missing is read row by row.

use super::{MissingPage, begin_of_year};
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::intake::behaviour_figures as store;
use crate::persistence::intake::behaviour_figures::Asked;
use crate::persistence::oversight::behaviour_rows;
use crate::persistence::oversight::behaviour_rows::Lack;
use crate::persistence::oversight::clue_figures::Part;
use domain::intake::behaviours::figures::{FiguresBy, Sums, month_of};
use domain::kernel::clocks::calendar::local_date;
use domain::oversight::indicators::behaviours::{why_late, why_wrong};
use domain::oversight::indicators::{IndicatorCode, Ratio};
use std::collections::BTreeMap;
use uuid::Uuid;

/// What of the sums of rows an indicator is.
type Measure = fn(Sums) -> Ratio;

/// Of an indicator of rows: what it is, and which rows it leaves out.
pub(super) fn measure(code: IndicatorCode) -> Option<(Measure, Lack)> {
    if code == IndicatorCode::BehaviourAccuracy {
        Some((Sums::accuracy, Lack::OpenError))
    } else if code == IndicatorCode::BehaviourTimeliness {
        Some((Sums::timeliness, Lack::InTime))
    } else {
        None
    }
}

pub(super) async fn by_department(app: &App, ctx: &Ctx, ratio: Measure) -> Result<BTreeMap<Uuid, Ratio>> {
    let months = (month_of(local_date(begin_of_year(ctx))), month_of(ctx.today()));
    let asked = Asked { months, until: months.1, department: None, kind: None };
    let groups = store::sums(&app.db, ctx, asked, &[FiguresBy::Department]).await?;
    let values = groups.into_iter().map(|group| (group.department_id.unwrap_or_default(), ratio(group.sums)));
    Ok(values.collect())
}

/// The rows that are left out, and why.
pub(super) async fn missing(app: &App, ctx: &Ctx, (ratio, lack): (Measure, Lack), part: Part) -> Result<MissingPage> {
    let figures = by_department(app, ctx, ratio).await?;
    let of_part = figures.iter().filter(|(id, _)| part.department.is_none_or(|wanted| wanted == **id));
    let total: u64 = of_part.map(|(_, ratio)| ratio.denominator - ratio.numerator).sum();
    if total == 0 {
        return Ok((Vec::new(), 0));
    }

    let most = app.settings.rules.behaviour_working_days;
    let rows = behaviour_rows::lacking(&app.db, ctx, lack, begin_of_year(ctx), part).await?;
    let page = rows.into_iter().map(|row| {
        let why = match lack {
            Lack::OpenError => why_wrong(&row.findings),
            Lack::InTime => why_late(row.happened_on, local_date(row.arrived_at), most),
        };
        (row.id, row.department_id, why)
    });
    Ok((page.collect(), usize::try_from(total).unwrap_or(usize::MAX)))
}
