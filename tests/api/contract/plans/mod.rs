//! Every list that grows with the years has a plan for each of its filters: with 200,000 rows no first page reads or sorts
//! the whole, on either database.

mod filled;

use crate::harness::Database;
use domain::access::{Actor, Reach, Role};
use domain::intake::behaviours::BehaviourSet;
use filled::Filled;
use mingjian::kernel::ctx::Ctx;
use mingjian::persistence::inspections::{case_referrals, follow_ups, inspections};
use mingjian::persistence::intake::{behaviours, imports};
use mingjian::persistence::kernel::list::{Listing, in_order};
use mingjian::persistence::oversight::{audit, supervision_cases};
use mingjian::persistence::records::{disposal_lists, documents, evidence, legal_holds};
use mingjian::persistence::register::objects;
use mingjian::persistence::risks::{risk_clues, risk_models};
use mingjian::persistence::visits::offline;
use mingjian::persistence::{complaints, credit};
use sea_orm::{ConnectionTrait, EntityTrait, IdenStatic, QuerySelect, QueryTrait, Select};
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Filters that name one record, or what one record has: their few rows may be sorted when they are found.
const FEW: &str = "code number name uscc object_id task_id inspection_id record_id source_no master_id request_id";

/// Reads what the database means to do for each filter of a list.
async fn check<E: EntityTrait>(filled: &Filled, listing: &Listing<E>, base: Select<E>) -> Vec<String> {
    check_within(filled, listing, base, BTreeMap::new()).await
}

/// The same where all rows share what the list is bound to.
async fn check_within<E: EntityTrait>(
    filled: &Filled,
    listing: &Listing<E>,
    base: Select<E>,
    mut values: BTreeMap<String, String>,
) -> Vec<String> {
    let entity = E::default();
    let table = entity.table_name();
    let mut asked = Vec::new();
    for field in listing.fields {
        let Some((value, cell)) = filled.value(field.name, field.kind) else { continue };
        values.insert(field.column.as_str().to_owned(), cell);
        asked.push((field.name, field.column.as_str().to_owned(), value));
    }
    filled.fill(table, &values).await;

    let mut faults = Vec::new();
    for (name, column, value) in asked {
        faults.extend(page(filled, listing, base.clone(), (name, &column), &[(name.to_owned(), value)]).await);
    }
    faults
}

/// The fault of a first page, where its plan has one; `asked` is the filter or the reach, and the column it goes by.
async fn page<E: EntityTrait>(
    filled: &Filled,
    listing: &Listing<E>,
    base: Select<E>,
    (name, column): (&str, &str),
    filter: &[(String, String)],
) -> Option<String> {
    let pairs = [filter, &[("total".to_owned(), "none".to_owned())]].concat();
    let request = listing.parse("/", &pairs).unwrap_or_else(|error| panic!("{}: {error:?}", listing.name));
    let query = in_order(&filled.db, &Ctx::system("plans"), listing, base, &request).unwrap().limit(51);
    let statement = query.build(filled.raw.get_database_backend());
    let few = FEW.split(' ').any(|few| few == name);
    if filled.is_postgres() {
        let sort = if few { "on" } else { "off" };
        filled.raw.execute_unprepared(&format!("SET enable_sort = {sort}")).await.unwrap();
    }

    let plan = filled.plan(statement).await;
    let good = is_good(filled.is_postgres(), E::default().table_name(), column, few, &plan);
    (!good).then(|| format!("{} by {name}:\n{plan}", listing.name))
}

/// Somebody of a role who reaches no further than what is their own.
fn somebody(role: Role, reach: Reach) -> Ctx {
    let system = Ctx::system("plans");
    let own = Uuid::from_bytes(*b"0000000000000007");
    let actor = Actor {
        id: own,
        role,
        departments: vec![own],
        region_code: Some("510821107".to_owned()),
        ..(*system.actor).clone()
    };
    Ctx { actor: Arc::new(actor), reach, ..system }
}

/// The list as those find it who open it and ask for nothing.
async fn check_reaches(filled: &Filled) -> Vec<String> {
    let department = somebody(Role::DepartmentAdmin, Reach::Department);
    let township = somebody(Role::Township, Reach::Region);
    let platform = somebody(Role::Partner, Reach::Assigned);
    let officer = somebody(Role::Officer, Reach::Assigned);
    let (clues, told) = (&risk_clues::LISTING, &complaints::LISTING);
    let faults = [
        page(filled, &objects::LISTING, objects::scoped(&township), ("township", "township_code"), &[]).await,
        page(filled, &inspections::LISTING, inspections::scoped(&department), ("department", "department_id"), &[])
            .await,
        page(filled, clues, risk_clues::scoped(&township), ("township", "township_code"), &[]).await,
        page(filled, clues, risk_clues::scoped(&platform), ("platform", "sender_id"), &[]).await,
        page(filled, clues, risk_clues::scoped(&officer), ("officer", "assigned_to"), &[]).await,
        page(filled, told, complaints::scoped(&platform), ("platform", "sender_id"), &[]).await,
        page(filled, told, complaints::scoped(&department), ("department", "department_id"), &[]).await,
        page(filled, &behaviours::LISTING, behaviours::scoped(&department), ("department", "department_id"), &[]).await,
    ];
    faults.into_iter().flatten().collect()
}

/// The records of a sender's keys are found key by key, and not among all that the sender has.
async fn check_keys(filled: &Filled) -> Vec<String> {
    let keys = (0..500).map(|at| (BehaviourSet::Check, "51082103".to_owned(), format!("K{at}"))).collect();
    let mut faults = Vec::new();
    for select in behaviours::of_keys(&keys) {
        let plan = filled.plan(select.build(filled.raw.get_database_backend())).await;
        let by_key = if filled.is_postgres() { "cd_id)::text = ANY" } else { "cd_id=?" };
        if !plan.contains(by_key) {
            faults.push(format!("behaviours by key:\n{plan}"));
        }
    }
    faults
}

/// It goes to its rows by the filter's own index, and finds them in their order; equal moments may be put in order by id.
/// PostgreSQL is asked what it can do: of a handful of rows it may well think that sorting them costs as little.
fn is_good(postgres: bool, table: &str, column: &str, few: bool, plan: &str) -> bool {
    if postgres {
        let by_index = plan.lines().any(|line| line.contains("Index Cond:") && line.contains(column));
        let in_order = few || !plan.contains("Sort") || plan.contains("Incremental Sort");
        return by_index && in_order && !plan.contains("Seq Scan");
    }
    let by_index = plan.contains(&format!("SEARCH {table} USING")) && plan.contains(&format!("{column}=?"));
    let in_order = few || !plan.contains("TEMP B-TREE") || plan.contains("LAST TERM");
    by_index && in_order
}

#[tokio::test]
async fn every_filter_of_every_list_that_grows_has_an_index_in_its_order() {
    let database = Database::create().await;
    let filled = Filled::create(&database).await;
    let ctx = Ctx::system("plans");
    let mut faults = Vec::new();

    // Filters by a day, a time or a number are ranges: no index serves a range and another order at once.
    faults.extend(check(&filled, &objects::LISTING, objects::scoped(&ctx)).await);
    faults.extend(check(&filled, &inspections::LISTING, inspections::scoped(&ctx)).await);
    faults.extend(check(&filled, &documents::LISTING, documents::scoped(&ctx)).await);
    faults.extend(check(&filled, &evidence::LISTING, evidence::scoped(&ctx)).await);
    faults.extend(check(&filled, &offline::PASSES, offline::scoped_passes(&ctx)).await);
    faults.extend(check(&filled, &offline::RECORDS, offline::scoped_records(&ctx)).await);
    faults.extend(check(&filled, &follow_ups::LISTING, follow_ups::scoped(&ctx)).await);
    faults.extend(check(&filled, &case_referrals::LISTING, case_referrals::scoped(&ctx)).await);
    faults.extend(check(&filled, &supervision_cases::LISTING, supervision_cases::scoped(&ctx)).await);
    faults.extend(check(&filled, &legal_holds::LISTING, legal_holds::scoped(&ctx)).await);
    faults.extend(check(&filled, &disposal_lists::LISTING, disposal_lists::scoped(&ctx)).await);
    faults.extend(check(&filled, &risk_clues::LISTING, risk_clues::scoped(&ctx)).await);
    faults.extend(check(&filled, &risk_models::HITS, risk_models::scoped_hits(&ctx)).await);
    faults.extend(check(&filled, &complaints::LISTING, complaints::scoped(&ctx)).await);
    faults.extend(check(&filled, &behaviours::LISTING, behaviours::scoped(&ctx)).await);
    faults.extend(check(&filled, &behaviours::BATCHES, behaviours::scoped_batches(&ctx)).await);
    faults.extend(check(&filled, &credit::LISTING, credit::scoped()).await);
    faults.extend(check(&filled, &audit::LISTING, audit::trail()).await);
    faults.extend(check_reaches(&filled).await);
    faults.extend(check_keys(&filled).await);
    let parent = if filled.is_postgres() { Uuid::from_u128(7) } else { Uuid::from_bytes(*b"0000000000000007") };
    let bound = BTreeMap::from([("import_id".to_owned(), filled.uuid("7"))]);
    faults.extend(check_within(&filled, &imports::FINDINGS, imports::findings_of(parent), bound).await);

    let bound = BTreeMap::from([("list_id".to_owned(), filled.uuid("7"))]);
    faults.extend(check_within(&filled, &disposal_lists::LINES, disposal_lists::lines_of(parent), bound).await);

    assert!(faults.is_empty(), "{} without a plan:\n{}", faults.len(), faults.join("\n\n"));
}
