//! A database whose tables hold rows that nobody refers to, and what it means to do.

use crate::harness::{Database, run};
use domain::kernel::clocks::calendar::Calendar;
use domain::kernel::rules::Rules;
use mingjian::persistence::kernel::db::Db;
use mingjian::persistence::kernel::list::Kind;
use mingjian::persistence::kernel::tx::Desk;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection, DbBackend, Statement};
use std::collections::BTreeMap;
use std::fmt::Write;

const ROWS: u32 = 200_000;
/// Rows that share a value of a filter: a day's page of a township, not one and not all.
const ALIKE: u32 = 40;

pub struct Filled {
    pub db: Db,
    pub raw: DatabaseConnection,
}

impl Filled {
    pub async fn create(database: &Database) -> Self {
        assert_eq!(run(database, &["migrate"]).0, 0);
        let mut options = ConnectOptions::new(&database.url);
        options.max_connections(1).sqlx_logging(false);
        let raw = Connection::connect(options).await.unwrap();
        let desk = Desk { calendar: Calendar::published().unwrap(), rules: Rules::default() };
        let db = Db::connect(&database.url, 8, 1, desk, [0; 32]).await.unwrap();
        Self { db, raw }
    }

    pub fn is_postgres(&self) -> bool {
        self.raw.get_database_backend() == DbBackend::Postgres
    }

    async fn texts(&self, sql: &str, column: &str) -> Vec<String> {
        let rows = self.raw.query_all_raw(Statement::from_string(self.raw.get_database_backend(), sql)).await.unwrap();
        rows.iter().map(|row| row.try_get("", column).unwrap()).collect()
    }

    /// Fills a table with rows that nobody refers to; `values` says what stands in a column.
    pub async fn fill(&self, table: &str, values: &BTreeMap<String, String>) {
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
    pub async fn plan(&self, mut statement: Statement) -> String {
        let (explain, shown) =
            if self.is_postgres() { ("EXPLAIN ", "QUERY PLAN") } else { ("EXPLAIN QUERY PLAN ", "detail") };
        statement.sql = format!("{explain}{}", statement.sql);
        let rows = self.raw.query_all_raw(statement).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.try_get("", shown).unwrap()).collect();
        plan.join("\n")
    }

    pub fn uuid(&self, number: &str) -> String {
        if self.is_postgres() {
            format!("lpad(to_hex({number}), 32, '0')::uuid")
        } else {
            // Sixteen bytes: the digits stand for themselves.
            format!("CAST(printf('%016d', {number}) AS BLOB)")
        }
    }

    /// A value of a filter, as a request names it, and as the rows have it.
    pub fn value(&self, name: &str, kind: Kind) -> Option<(String, String)> {
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
