//! Row 6: of which townships more than the share of their enterprises was inspected this year.

use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::oversight::clue_figures::Part;
use crate::persistence::oversight::coverage;
use crate::persistence::register::regions;
use chrono::{Datelike, NaiveDate};
use domain::kernel::text::{Text, text};
use domain::oversight::indicators::spot_checks::TownshipFacts;
use domain::spot_checks::plans::percent;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The county's townships, and what is registered in no known one.
pub struct Townships {
    pub known: Vec<TownshipFacts>,
    /// In no denominator: enterprises whose township is unknown, and how many of them were inspected.
    pub unknown: (u64, u64),
    pub share_bp: u32,
}

/// Objects count where they are today.
pub async fn townships(app: &App, today: NaiveDate) -> Result<Townships> {
    let (rules, county) = (&app.settings.rules, &app.settings.county.code);
    let year = (today.with_ordinal(1).unwrap_or(today), today);
    let mut enterprises = coverage::registered(&app.db, rules.coverage_counts_individuals).await?;
    let mut inspected = coverage::reached(&app.db, year, rules.coverage_counts_individuals).await?;
    let regions = regions::all(&app.db).await?;
    let own = regions.into_iter().filter(|region| region.parent_code.as_ref() == Some(county));
    let known = own.map(|region| {
        let code = Some(region.code.clone());
        TownshipFacts {
            enterprises: enterprises.remove(&code).unwrap_or_default(),
            inspected: inspected.remove(&code).unwrap_or_default(),
            code: region.code,
            name: region.name,
        }
    });
    let known = known.collect();

    Ok(Townships {
        known,
        unknown: (enterprises.values().sum(), inspected.values().sum()),
        share_bp: rules.township_coverage_bp,
    })
}

/// A township in a list of records: its nine digits as a number.
fn id_of(code: &str) -> Uuid {
    Uuid::from_u64_pair(0, code.parse().unwrap_or_default())
}

/// The townships that are not above the share, from one on, and how many there are.
pub(super) fn page(townships: &Townships, part: Part) -> (Vec<(Uuid, Uuid, Text)>, usize) {
    let below = townships.known.iter().filter(|township| !township.is_covered(townships.share_bp));
    let reason = |township: &TownshipFacts| {
        let (inspected, all, share) = (township.inspected, township.enterprises, percent(townships.share_bp));
        text!(
            "登记企业 {all} 户，本年被检查 {inspected} 户，不大于 {share}%",
            "{inspected} of {all} enterprises were inspected this year, no more than {share} %"
        )
    };
    let mut rows: Vec<_> = below.map(|township| (id_of(&township.code), Uuid::nil(), reason(township))).collect();
    rows.retain(|(_, department, _)| part.department.is_none_or(|wanted| wanted == *department));
    rows.sort_by_key(|(id, ..)| *id);

    let total = rows.len();
    let rest = rows.into_iter().filter(|(id, ..)| part.after.is_none_or(|after| *id > after));
    (rest.take(usize::try_from(part.limit).unwrap_or(usize::MAX)).collect(), total)
}

/// Code and name of each of the county's townships.
pub(super) async fn names(app: &App) -> Result<BTreeMap<Uuid, (String, String)>> {
    let regions = regions::all(&app.db).await?.into_iter();
    Ok(regions.map(|region| (id_of(&region.code), (region.code, region.name))).collect())
}
