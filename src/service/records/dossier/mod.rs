//! 一企一档: what there is of an enterprise, for whoever may read it, now or as it was at the end of a day.

mod book;
mod signed;
mod statement;

pub use book::workbook;
pub use signed::{Proof, sign};
pub use statement::{Statement, StatementTokenBody, grant, read_statement, revoke};

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::noun::history::{begun, end_of, of_object};
use crate::persistence::records::dossier as store;
use crate::persistence::records::dossier::{MOST, Of};
use crate::persistence::register::objects;
use crate::persistence::visits::visit_rules;
use crate::service::credit::{Standing, standing_on};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::access::{Permission, Reach};
use domain::kernel::clocks::calendar::local_date;
use domain::kernel::text::text;
use domain::records::dossier::{
    ClueLine, ComplaintLine, DocumentLine, EvidenceLine, FollowUpLine, InspectionLine, Line, ReferralLine, VisitLine,
};
use domain::visits::budget::enterprise_cap;
use entity::kernel::history;
use entity::register::objects::Model as Object;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Records of one kind; none where the caller may not read them.
pub type Block<L> = Option<Lines<L>>;

/// Records of one kind, newest first.
#[derive(Clone)]
pub struct Lines<L> {
    /// How far the caller sees: all of them, or a part.
    pub reach: Reach,
    pub items: Vec<L>,
    /// There are more than are read.
    pub is_cut: bool,
    pub updated_at: Option<DateTime<Utc>>,
}

/// 入企检查额度 of a calendar year.
#[derive(Clone)]
pub struct Budget {
    pub year: i32,
    /// None on an earlier day for whoever sees a part of the visits.
    pub used: Option<u32>,
    /// The strictest row that binds everybody, by its code.
    pub cap: Option<(String, u32)>,
}

/// What there is of an enterprise.
#[derive(Clone)]
pub struct Dossier {
    pub as_of: Option<NaiveDate>,
    pub known_at: Option<NaiveDate>,
    pub object: Object,
    pub class: Option<Standing>,
    pub budget: Option<Budget>,
    pub visits: Block<VisitLine>,
    pub inspections: Block<InspectionLine>,
    /// Result codes of inspections, as they are now.
    pub results: BTreeMap<Uuid, Vec<String>>,
    pub follow_ups: Block<FollowUpLine>,
    pub referrals: Block<ReferralLine>,
    pub clues: Block<ClueLine>,
    pub complaints: Block<ComplaintLine>,
    pub documents: Block<DocumentLine>,
    pub evidence: Block<EvidenceLine>,
}

/// What records were: states that are over since, by noun and id.
type States = BTreeMap<(String, Uuid), history::Model>;

/// One statement a block: twelve at most, however much there is.
/// Records say how they were at the end of the earlier of the two days; a class has days of its own.
pub async fn gather(
    app: &App,
    ctx: &Ctx,
    id: Uuid,
    (asked, known_at): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Dossier> {
    let conn = &app.db;
    let as_of = [asked, known_at].into_iter().flatten().min().filter(|day| *day < ctx.today());
    let current = objects::get(conn, ctx, id).await?;
    let states = match as_of {
        Some(day) => {
            check_kept(app, day).await?;
            of_object(conn, id, day).await?
        }
        None => BTreeMap::new(),
    };
    let past = as_of.map(|day| (end_of(day), &states));
    let object = object_then(current, past)?;
    let day = as_of.unwrap_or_else(|| ctx.today());
    let of = Of { object: id, before: as_of.map(end_of) };

    let class = match reading(ctx, Permission::CreditRead) {
        Some(_) => Some(standing_on(conn, id, asked.unwrap_or(day), known_at).await?),
        None => None,
    };
    let (mut visits, mut budget) = (None, None);
    if let Some(own) = reading(ctx, Permission::VisitsRead) {
        let read = block(own.reach, store::visits(conn, &own, of).await?, past)?;
        let used = used(app, &own, id, (day.year(), as_of), &read).await?;
        let rules = visit_rules::in_force(conn, day).await?;
        let cap = enterprise_cap(&rules, &object.object_type).map(|rule| (rule.code.clone(), rule.amount));
        budget = Some(Budget { year: day.year(), used, cap });
        visits = Some(read);
    }
    let (mut inspections, mut follow_ups, mut results) = (None, None, BTreeMap::new());
    if let Some(own) = reading(ctx, Permission::InspectionsRead) {
        let (lines, codes) = store::inspections(conn, &own, of).await?;
        inspections = Some(block(own.reach, lines, past)?);
        results = codes;
        if let Some((end, states)) = past {
            // Codes are those of now: of what has changed since, they say nothing.
            let lines = inspections.iter().flat_map(|block| &block.items);
            let same = |line: &&InspectionLine| {
                line.updated_at < end && !states.contains_key(&("inspections".to_owned(), line.id))
            };
            let unchanged: BTreeSet<_> = lines.filter(same).map(|line| line.id).collect();
            results.retain(|inspection, _| unchanged.contains(inspection));
        }
        follow_ups = Some(block(own.reach, store::follow_ups(conn, &own, of).await?, past)?);
    }

    Ok(Dossier {
        as_of: asked,
        known_at,
        referrals: match reading(ctx, Permission::CaseReferralsRead) {
            Some(own) => Some(block(own.reach, store::referrals(conn, &own, of).await?, past)?),
            None => None,
        },
        clues: match reading(ctx, Permission::CluesRead) {
            Some(own) => Some(block(own.reach, store::clues(conn, &own, of).await?, past)?),
            None => None,
        },
        complaints: match reading(ctx, Permission::ComplaintsRead) {
            Some(own) => Some(block(own.reach, store::complaints(conn, &own, of).await?, past)?),
            None => None,
        },
        documents: match reading(ctx, Permission::DocumentsRead) {
            Some(own) => Some(block(own.reach, store::documents(conn, &own, of).await?, past)?),
            None => None,
        },
        evidence: match reading(ctx, Permission::EvidenceRead) {
            Some(own) => Some(block(own.reach, store::evidence(conn, &own, of).await?, past)?),
            None => None,
        },
        object,
        class,
        budget,
        visits,
        inspections,
        results,
        follow_ups,
    })
}

/// The caller, as far as another permission reaches.
fn reading(ctx: &Ctx, permission: Permission) -> Option<Ctx> {
    if ctx.actor.is_system() {
        return Some(ctx.clone());
    }
    ctx.actor.reach(permission).map(|reach| Ctx { reach, ..ctx.clone() })
}

/// Nobody kept what records were before the history began.
async fn check_kept(app: &App, day: NaiveDate) -> Result<()> {
    let since = app.history_begun(async || begun(&app.db).await).await?;
    if end_of(day) > since {
        return Ok(());
    }
    let first = local_date(since);
    let detail =
        text!("历史状态自 {first} 起留存，此前的没有。", "What was is kept since {first}; of before there is nothing.");
    Err(AppError::not_found_because(detail))
}

/// The object as it was; before it was in the register there was none.
fn object_then(current: Object, past: Option<(DateTime<Utc>, &States)>) -> Result<Object> {
    let Some((end, states)) = past else { return Ok(current) };
    if current.created_at >= end {
        return Err(AppError::not_found());
    }
    match states.get(&("objects".to_owned(), current.id)) {
        Some(state) => serde_json::from_value(state.content.clone()).map_err(AppError::corrupt),
        None => Ok(current),
    }
}

/// Lines as they were: those that were there, each by its state of then.
fn block<L: Line>(reach: Reach, mut lines: Vec<L>, past: Option<(DateTime<Utc>, &States)>) -> Result<Lines<L>> {
    let most = usize::try_from(MOST).unwrap_or(usize::MAX);
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if let Some((end, states)) = past {
        for line in &mut lines {
            if let Some(state) = states.get(&(L::NAME.to_owned(), line.id())) {
                *line = L::deserialize(&state.content).map_err(AppError::corrupt)?;
            } else if line.updated_at() >= end {
                line.forget();
            }
        }
    }

    // What was touched since says nothing of then.
    let known = |at: &DateTime<Utc>| past.is_none_or(|(end, _)| *at < end);
    let updated_at = lines.iter().map(Line::updated_at).filter(known).max();
    Ok(Lines { reach, updated_at, items: lines, is_cut })
}

/// Visits of the year that count: the number that is kept, or what it was; none for whoever sees a part of them.
async fn used(
    app: &App,
    own: &Ctx,
    object: Uuid,
    (year, as_of): (i32, Option<NaiveDate>),
    visits: &Lines<VisitLine>,
) -> Result<Option<u32>> {
    if as_of.is_none() {
        return store::visits_used(&app.db, object, year).await.map(Some);
    }
    if own.reach != Reach::All || visits.is_cut {
        return Ok(None);
    }
    let counted = visits.items.iter().filter(|visit| visit.budget_year == Some(year)).count();
    Ok(u32::try_from(counted).ok())
}
