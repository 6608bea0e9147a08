//! Every list that grows with the years has a plan for each of its filters: with 200,000 rows no first page reads or sorts
//! the whole, on either database.

use crate::harness::{Database, run};
use domain::access::{Actor, Reach, Role};
use domain::intake::behaviours::BehaviourSet;
use domain::kernel::clocks::calendar::Calendar;
use domain::kernel::rules::Rules;
use mingjian::kernel::ctx::Ctx;
use mingjian::persistence::inspections::{case_referrals, follow_ups, inspections};
use mingjian::persistence::intake::{behaviours, imports};
use mingjian::persistence::kernel::db::Db;
use mingjian::persistence::kernel::list::{Kind, Listing, in_order};
use mingjian::persistence::kernel::tx::Desk;
use mingjian::persistence::oversight::{audit, supervision_cases};
use mingjian::persistence::records::{disposal_lists, documents, evidence, legal_holds};
use mingjian::persistence::register::objects;
use mingjian::persistence::risks::{risk_clues, risk_models};
use mingjian::persistence::visits::offline;
use mingjian::persistence::{complaints, credit};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection, DbBackend, EntityTrait, IdenStatic,
    QuerySelect, QueryTrait, Select, Statement,
};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use uuid::Uuid;

const ROWS: u32 = 200_000;
/// Rows that share a value of a filter: a day's page of a township, not one and not all.
const ALIKE: u32 = 40;
/// Filters that name one record, or what one record has: their few rows may be sorted when they are found.
const FEW: &str = "code number name uscc object_id task_id inspection_id record_id source_no master_id request_id";

struct Filled {
    db: Db,
    raw: DatabaseConnection,
}

impl Filled {
    async fn create(database: &Database) -> Self {
        assert_eq!(run(database, &["migrate"]).0, 0);
        let mut options = ConnectOptions::new(&database.url);
        options.max_connections(1).sqlx_logging(false);
        let raw = Connection::connect(options).await.unwrap();
        let desk = Desk { calendar: Calendar::published().unwrap(), rules: Rules::default() };
        let db = Db::connect(&database.url, 8, 1, desk, [0; 32]).await.unwrap();
        Self { db, raw }
    }

    fn is_postgres(&self) -> bool {
        self.raw.get_database_backend() == DbBackend::Postgres
    }

    async fn texts(&self, sql: &str, column: &str) -> Vec<String> {
        let rows = self.raw.query_all_raw(Statement::from_string(self.raw.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
    }

    /// Fills a table with rows that nobody refers to; `values` says what stands in a column.
    async fn fill(&self, table: &str, values: &BTreeMap<String, String>) {
        let (columns, source) = if self.is_postgres() {
            let sql = format!(
                "SELECT column_name || ' ' || data_type || ' ' || coalesce(character_maximum_length, 0) AS c
                 FROM information_schema.columns WHERE table_name = '{table}'"
            );
            (self.texts(&sql, "c").await, format!("generate_series(1, {ROWS}) AS r(n)"))
        } else {
            let sql = format!("SELECT name || ' ' || lower(type) AS c FROM pragma_table_info('{table}')");
            let all = format!(
                "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {ROWS}) SELECT n FROM r)"
            );
            (self.texts(&sql, "c").await, all)
        };
        let (mut names, mut cells) = (String::new(), String::new());
        for column in &columns {
            let (name, kind) = column.split_once(' ').unwrap();
            let cell = values.get(name).cloned().unwrap_or_else(|| self.any(name, kind));
            // PostgreSQL holds a text to its length.
            let length = kind.strip_prefix("character varying ").filter(|length| *length != "0");
            let cell = length.map_or(cell.clone(), |length| format!("left({cell}, {length})"));
            let comma = if names.is_empty() { "" } else { ", " };
            write!(names, "{comma}{name}").unwrap();
            write!(cells, "{comma}{cell}").unwrap();
        }
        let quiet = if self.is_postgres() {
            "SET session_replication_role = replica"
        } else {
            "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF"
        };
        self.raw.execute_unprepared(quiet).await.unwrap();
        let sql = format!("INSERT INTO {table} ({names}) SELECT {cells} FROM {source}");
        self.raw.execute_unprepared(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        self.raw.execute_unprepared(&format!("ANALYZE {table}")).await.unwrap();
    }

    /// A value of a column that no filter asks for.
    fn any(&self, name: &str, kind: &str) -> String {
        let postgres = self.is_postgres();
        match kind {
            kind if kind.starts_with("uuid") => self.uuid("n"),
            kind if kind.contains("json") && postgres => "'[]'::jsonb".to_owned(),
            kind if kind.contains("json") => "'[]'".to_owned(),
            kind if kind.starts_with("timestamp") && postgres => {
                "timestamptz '2020-01-01' + n * interval '1 minute'".to_owned()
            }
            kind if kind.starts_with("timestamp") || kind.starts_with("datetime") => {
                "strftime('%Y-%m-%d %H:%M:%f', 1577836800 + n * 60, 'unixepoch') || ' +00:00'".to_owned()
            }
            kind if kind.starts_with("date") && postgres => "date '2020-01-01' + n % 2000".to_owned(),
            kind if kind.starts_with("date") => "date(1577836800 + (n % 2000) * 86400, 'unixepoch')".to_owned(),
            kind if kind.starts_with("bool") && postgres => "n % 2 = 0".to_owned(),
            kind if kind.starts_with("bool") => "n % 2".to_owned(),
            kind if kind.starts_with("int") || kind.starts_with("big") || kind.starts_with("small") => "n".to_owned(),
            _ if name.ends_with("address") || name == "content" => "'x'".to_owned(),
            _ => "'V' || n".to_owned(),
        }
    }

    /// What the database means to do.
    async fn plan(&self, mut statement: Statement) -> String {
        let (explain, shown) =
            if self.is_postgres() { ("EXPLAIN ", "QUERY PLAN") } else { ("EXPLAIN QUERY PLAN ", "detail") };
        statement.sql = format!("{explain}{}", statement.sql);
        let rows = self.raw.query_all_raw(statement).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", shown).unwrap()).collect();
        plan.join("\n")
    }

    fn uuid(&self, number: &str) -> String {
        if self.is_postgres() {
            format!("lpad(to_hex({number}), 32, '0')::uuid")
        } else {
            // Sixteen bytes: the digits stand for themselves.
            format!("CAST(printf('%016d', {number}) AS BLOB)")
        }
    }

    /// A value of a filter, as a request names it, and as the rows have it.
    fn value(&self, name: &str, kind: Kind) -> Option<(String, String)> {
        // A code is one record's, and so are the numbers of senders and batches.
        let group =
            if matches!(name, "code" | "source_no" | "cd_batch") { "n".to_owned() } else { format!("n / {ALIKE}") };
        match kind {
            Kind::Code(codes) => {
                let rare = codes.last().unwrap();
                let common = codes.first().unwrap();
                // A value that most rows do not have, among the oldest.
                let cell = format!("CASE WHEN n <= {ALIKE} THEN '{rare}' ELSE '{common}' END");
                Some(((*rare).to_owned(), if rare == common { format!("'{rare}'") } else { cell }))
            }
            Kind::Text | Kind::Key => Some(("V7".to_owned(), format!("'V' || ({group})"))),
            Kind::Id => {
                let bytes = format!("{:016}", 7);
                let hex = hex::encode(bytes);
                let asked = if self.is_postgres() { format!("{:032x}", 7) } else { hex };
                Some((asked, self.uuid(&group)))
            }
            Kind::Bool => {
                let cell = format!("n <= {ALIKE}");
                Some(("true".to_owned(), cell))
            }
            Kind::Date | Kind::Time | Kind::Int | Kind::Related(_) | Kind::RelatedId(_) | Kind::OnDay(_) => None,
        }
    }
}

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
