//! 信用分类抽查策略: what a class means for a check — rate, minimum, frequency and how to visit.

use super::{CreditClass, check_minimums, check_monotone};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::RateBounds;
use crate::kernel::rules::{RATES_RISE_WITH_RISK, Rules};
use crate::kernel::text::text;
use crate::spot_checks::plans::percent;
use crate::spot_checks::tasks::{StratumRule, with_unclassified};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

code_list! {
    /// 到户方式 (国办发〔2024〕54号: 能非现场的不入企).
    Visit "到户方式" { OnSite "现场检查", OffSiteFirst "非现场优先", OnClueOnly "有线索才入企" }
}

/// One line of a strategy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyRow {
    pub class: CreditClass,
    /// 抽查比例, basis points of the stratum.
    pub rate_bp: u32,
    /// At least so many of the stratum.
    pub minimum: u32,
    /// 年度检查频次上限 an object; none: as needed.
    pub max_per_year: Option<u32>,
    pub visit: Visit,
}

impl RateBounds {
    /// The bounds of a class; what is not classified is held to those of 一般.
    pub const fn of(&self, class: CreditClass) -> (u32, u32) {
        match class {
            CreditClass::Trustworthy => self.trustworthy,
            CreditClass::General | CreditClass::Unclassified => self.general,
            CreditClass::Key => self.key,
            CreditClass::Dishonest => self.dishonest,
        }
    }
}

/// A strategy has a line for each of the four classes, within the county's bounds, and nothing falls as risk rises.
pub fn check_strategy(rules: &Rules, rows: &[StrategyRow]) -> Result<(), Refusal> {
    let classes: BTreeSet<_> = rows.iter().map(|row| row.class).collect();
    let four = [CreditClass::Trustworthy, CreditClass::General, CreditClass::Key, CreditClass::Dishonest];
    if classes.len() != rows.len() || !four.iter().all(|class| classes.contains(class)) {
        return Err(Refusal::new(
            Code::StrategyInvalid,
            text!(
                "策略应对守法诚信、一般、重点监管、违法失信四类各有一行，且不重复。",
                "A strategy needs one line for each of the four classes, and none twice."
            ),
        ));
    }

    for row in rows {
        let (floor, ceiling) = rules.credit_rate_bounds_bp.of(row.class);
        if !(floor..=ceiling).contains(&row.rate_bp) {
            return Err(Refusal::new(
                Code::StrategyInvalid,
                text!(
                    "“{l}”类抽查比例 {r}% 超出允许范围 {low}%–{high}%。",
                    "The rate {r} % of class {c} is outside {low} to {high} %.",
                    l = row.class.label(),
                    c = row.class.code(),
                    r = percent(row.rate_bp),
                    low = percent(floor),
                    high = percent(ceiling)
                ),
            )
            .under(RATES_RISE_WITH_RISK));
        }
    }

    check_monotone(&rows.iter().map(|row| (row.class, row.rate_bp)).collect::<Vec<_>>())?;
    check_minimums(&rows.iter().map(|row| (row.class, row.rate_bp, row.minimum)).collect::<Vec<_>>())?;
    let mut ordered: Vec<_> = rows.iter().filter(|row| row.class != CreditClass::Unclassified).collect();
    ordered.sort_by_key(|row| row.class);
    let often = |row: &StrategyRow| row.max_per_year.unwrap_or(u32::MAX);

    if ordered.windows(2).any(|pair| often(pair[0]) > often(pair[1]) || pair[0].visit < pair[1].visit) {
        return Err(Refusal::new(
            Code::StrategyInvalid,
            text!(
                "频次上限和到户方式不得随风险升高而放松。",
                "Neither the yearly cap nor the way of visiting may be eased as risk rises."
            ),
        )
        .under(RATES_RISE_WITH_RISK));
    }

    Ok(())
}

/// The strata of a task under a strategy; what is not classified is drawn like 一般, and reported apart.
pub fn strata_of(rows: &[StrategyRow]) -> Vec<StratumRule> {
    let rule = |row: &StrategyRow| StratumRule { class: row.class, rate_bp: row.rate_bp, minimum: row.minimum };
    with_unclassified(rows.iter().map(rule).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<StrategyRow> {
        let row = |class, rate_bp, max_per_year, visit| StrategyRow { class, rate_bp, minimum: 1, max_per_year, visit };
        vec![
            row(CreditClass::Trustworthy, 100, Some(1), Visit::OnClueOnly),
            row(CreditClass::General, 500, Some(1), Visit::OffSiteFirst),
            row(CreditClass::Key, 2_500, Some(2), Visit::OnSite),
            row(CreditClass::Dishonest, 10_000, None, Visit::OnSite),
        ]
    }

    #[test]
    fn bounds_and_monotony() {
        let rules = Rules::default();
        assert_eq!(check_strategy(&rules, &rows()), Ok(()));
        assert_eq!(strata_of(&rows()).len(), 5, "what is not classified has a stratum of its own");
        let spoil = |spoil: fn(&mut Vec<StrategyRow>)| {
            let mut rows = rows();
            spoil(&mut rows);
            check_strategy(&rules, &rows).map_err(|refusal| refusal.code)
        };
        assert_eq!(spoil(|rows| rows[0].rate_bp = 5_000), Err(Code::StrategyInvalid), "above the ceiling of its class");
        assert_eq!(spoil(|rows| rows[3].rate_bp = 100), Err(Code::StrategyInvalid), "below the floor");
        assert_eq!(spoil(|rows| rows[3].max_per_year = Some(1)), Err(Code::StrategyInvalid), "frequency falls");
        assert_eq!(spoil(|rows| rows[3].visit = Visit::OnClueOnly), Err(Code::StrategyInvalid), "visits are eased");
        assert_eq!(spoil(|rows| rows.truncate(3)), Err(Code::StrategyInvalid));
        let wide = Rules { credit_rate_bounds_bp: crate::kernel::rules::RateBounds::WIDE, ..Rules::default() };
        let mut falling = rows();
        falling[1].rate_bp = 3_000;
        let refused = check_strategy(&wide, &falling).map_err(|refusal| refusal.code);

        assert_eq!(refused, Err(Code::RatesNotMonotone));
    }
}
