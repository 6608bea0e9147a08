//! 公平性统计: kept with each draw, added up over a period.

use crate::kernel::error::Result;
use crate::persistence::kernel::tx::WriteTx;
use crate::persistence::spot_checks::draws;
use chrono::{Days, NaiveDate};
use domain::kernel::clocks::calendar::start_of;
use domain::spot_checks::draws::matching::Team;
use domain::spot_checks::draws::pool::Officer;
use domain::spot_checks::fairness::{FairnessKind, Figure, by_group, pairs, repeats, size_band};
use entity::spot_checks::draw_figures;
use entity::spot_checks::draws::Model;
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Keeps what a draw's chances were, beside what was drawn.
pub(crate) async fn keep(
    tx: &WriteTx,
    draw: &Model,
    teams: &[Team],
    objects: &BTreeMap<String, Uuid>,
    people: &BTreeMap<Officer, Uuid>,
) -> Result<()> {
    let drawn: BTreeSet<_> =
        teams.iter().filter_map(|team| objects.get(&hex::encode(team.object_ref)).copied()).collect();
    let pool = draws::grouped(tx.conn(), draw.id).await?;
    let mut figures: BTreeMap<(FairnessKind, String), Figure> = BTreeMap::new();
    type Group = fn(&draws::Grouped) -> String;
    let groups: [(FairnessKind, Group); 3] = [
        (FairnessKind::Township, |object| object.township_code.clone().unwrap_or_default()),
        (FairnessKind::ObjectType, |object| object.object_type.clone()),
        (FairnessKind::Size, |object| size_band(object.registered_capital_fen).to_owned()),
    ];
    // Of a draw whose results may not name their task nothing is told that would match them to it.
    for (kind, group) in groups.into_iter().filter(|_| draw.linkable) {
        let objects = pool.iter().map(|one| (one.stratum.as_str(), group(one), drawn.contains(&one.object_id)));
        figures.extend(by_group(&draw.strata, objects).into_iter().map(|(key, figure)| ((kind, key), figure)));
    }

    let before = draws::earlier_visits(tx.conn(), draw.id, drawn.into_iter().collect()).await?;
    let departments: BTreeSet<_> = teams.iter().map(|team| team.department).collect();
    for department in departments {
        let own: Vec<_> = teams.iter().filter(|team| team.department == department).collect();
        let staff: BTreeSet<_> =
            draws::roster_of(tx.conn(), draw.id, department).await?.into_iter().map(|row| row.personnel_id).collect();
        let met = pairs(staff.len() as u64, &own.iter().map(|team| team.officers.clone()).collect::<Vec<_>>());
        figures.insert((FairnessKind::OfficerPairs, department.to_string()), met);
        let mut again = Figure::default();
        for team in own {
            let object = objects.get(&hex::encode(team.object_ref));
            let known = object.and_then(|object| before.get(object));
            let known: BTreeSet<_> = known.into_iter().flatten().filter(|person| staff.contains(person)).collect();
            let members = team.officers.iter().filter_map(|officer| people.get(officer));
            let realised = members.filter(|person| known.contains(person)).count() as u64;
            again += repeats(staff.len() as u64, team.officers.len() as u64, known.len() as u64, realised);
        }
        figures.insert((FairnessKind::ObjectOfficer, department.to_string()), again);
    }

    let rows = figures.into_iter().map(|((kind, key), figure)| {
        let Figure { expected_micro, variance_micro, realised } = figure;
        draw_figures::Model { draw_id: draw.id, kind, key, expected_micro, variance_micro, realised }
    });
    draws::insert_all::<draw_figures::Entity>(tx.conn(), rows.collect()).await
}

/// Chances against what came, over the draws of a period.
pub struct Fairness {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub draws: u64,
    /// Draws that were given up after they were drawn; they are not counted in the figures.
    pub given_up: u64,
    pub figures: BTreeMap<(FairnessKind, String), Figure>,
}

/// The account of the days from one to another, both included.
pub async fn fairness(conn: &impl ConnectionTrait, from: NaiveDate, to: NaiveDate) -> Result<Fairness> {
    let (begin, end) = (start_of(from), start_of(to.checked_add_days(Days::new(1)).unwrap_or(to)));
    let (draws, rows) = draws::figures(conn, begin, end).await?;
    let given_up = draws::given_up(conn, begin, end).await?;
    let mut figures: BTreeMap<(FairnessKind, String), Figure> = BTreeMap::new();
    for row in rows {
        let draw_figures::Model { kind, key, expected_micro, variance_micro, realised, .. } = row;
        *figures.entry((kind, key)).or_default() += Figure { expected_micro, variance_micro, realised };
    }

    Ok(Fairness { from, to, draws, given_up, figures })
}
