//! The yardstick: bare actix-web with prepared SQL on one connection a worker, no token, no scope, no audit row.
//!
//! `cargo run --release -p benches --bin bare -- <database url> <port>`; see `benches/run.sh`.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on should stop")]

use actix_web::{App, HttpResponse, HttpServer, web};
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::sqlx::{self, Connection, Row, SqliteConnection};
use serde::Deserialize;
use serde_json::{Value, json};
use std::rc::Rc;
use tokio::sync::Mutex;
use tokio_postgres::row::RowIndex;
use tokio_postgres::types::FromSql;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

#[derive(Deserialize)]
struct NewObject {
    name: String,
    object_type: String,
    region_code: String,
}

const COLUMNS: &str = "id, uscc, uscc_valid, name, object_type, region_code, township_code, registered_address, \
    industry_code, enterprise_type, legal_representative, registered_capital_fen, registered_capital_text, \
    business_scope, registration_status, local_class, local_class_batch, version";

/// One connection with its statements prepared.
enum Bare {
    Postgres { client: Client, get: Statement, list: Statement, create: Statement },
    Sqlite(Box<Mutex<SqliteConnection>>),
}

fn sql() -> [String; 3] {
    [
        format!("select {COLUMNS} from objects where id = $1"),
        format!("select {COLUMNS} from objects where township_code = $1 order by name, id limit 51"),
        "insert into objects (id, identity_key, uscc_valid, name, object_type, region_code, registration_status, \
         local_class, tags, version, created_at, updated_at) values ($1, $2, false, $3, $4, $5, 'ACTIVE', 'UNCLASSIFIED', '[]', 1, $6, $6)"
            .to_owned(),
    ]
}

impl Bare {
    async fn connect(url: &str) -> Self {
        let [get, list, create] = sql();
        if url.starts_with("sqlite") {
            let path = url.trim_start_matches("sqlite://");
            let options = SqliteConnectOptions::new()
                .filename(path)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .busy_timeout(std::time::Duration::from_secs(10));
            return Self::Sqlite(Box::new(Mutex::new(SqliteConnection::connect_with(&options).await.unwrap())));
        }
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        actix_web::rt::spawn(connection);
        let (get, list) = (client.prepare(&get).await.unwrap(), client.prepare(&list).await.unwrap());
        let create = client.prepare(&create).await.unwrap();
        Self::Postgres { client, get, list, create }
    }
}

macro_rules! row {
    ($row:ident) => {
        json!({
            "id": $row.get::<Uuid, _>(0), "uscc": $row.get::<Option<String>, _>(1), "uscc_valid": $row.get::<bool, _>(2),
            "name": $row.get::<String, _>(3), "object_type": $row.get::<String, _>(4), "region_code": $row.get::<String, _>(5),
            "township_code": $row.get::<Option<String>, _>(6), "registered_address": $row.get::<Option<String>, _>(7),
            "industry_code": $row.get::<Option<String>, _>(8), "enterprise_type": $row.get::<Option<String>, _>(9),
            "legal_representative": $row.get::<Option<String>, _>(10), "registered_capital_fen": $row.get::<Option<i64>, _>(11),
            "registered_capital_text": $row.get::<Option<String>, _>(12), "business_scope": $row.get::<Option<String>, _>(13),
            "registration_status": $row.get::<String, _>(14), "local_class": $row.get::<String, _>(15),
            "local_class_batch": $row.get::<Option<String>, _>(16), "version": $row.get::<i32, _>(17),
        })
    };
}

fn pg_row(row: &tokio_postgres::Row) -> Value {
    struct Turned<'a>(&'a tokio_postgres::Row);
    impl<'a> Turned<'a> {
        /// The parameters in sqlx's order, so that both rows read alike.
        fn get<T: FromSql<'a>, I: RowIndex + std::fmt::Display>(&self, at: I) -> T {
            self.0.get(at)
        }
    }
    let row = Turned(row);
    row!(row)
}

fn sqlite_row(row: &sqlx::sqlite::SqliteRow) -> Value {
    row!(row)
}

async fn get(bare: web::Data<Rc<Bare>>, id: web::Path<Uuid>) -> HttpResponse {
    let found = match bare.as_ref().as_ref() {
        Bare::Postgres { client, get, .. } => client.query_opt(get, &[&*id]).await.unwrap().map(|row| pg_row(&row)),
        Bare::Sqlite(connection) => {
            let [get, ..] = sql();
            let query = sqlx::query(sqlx::AssertSqlSafe(get)).bind(*id);
            query.fetch_optional(&mut *connection.lock().await).await.unwrap().map(|row| sqlite_row(&row))
        }
    };
    found.map_or_else(|| HttpResponse::NotFound().finish(), |object| HttpResponse::Ok().json(object))
}

async fn list(bare: web::Data<Rc<Bare>>, township: web::Path<String>) -> HttpResponse {
    let items: Vec<Value> = match bare.as_ref().as_ref() {
        Bare::Postgres { client, list, .. } => {
            client.query(list, &[&*township]).await.unwrap().iter().take(50).map(pg_row).collect()
        }
        Bare::Sqlite(connection) => {
            let [_, list, _] = sql();
            let query = sqlx::query(sqlx::AssertSqlSafe(list)).bind(township.into_inner());
            let rows = query.fetch_all(&mut *connection.lock().await).await.unwrap();
            rows.iter().take(50).map(sqlite_row).collect()
        }
    };
    HttpResponse::Ok().json(json!({ "items": items }))
}

async fn create(bare: web::Data<Rc<Bare>>, body: web::Json<NewObject>) -> HttpResponse {
    let (id, now) = (mingjian::kernel::ctx::new_id(), mingjian::kernel::ctx::now());
    let key = format!("name:{}:{}", body.object_type, body.name);
    match bare.as_ref().as_ref() {
        Bare::Postgres { client, create, .. } => {
            let NewObject { name, object_type, region_code } = &*body;
            client.execute(create, &[&id, &key, name, object_type, region_code, &now]).await.unwrap();
        }
        Bare::Sqlite(connection) => {
            let [_, _, create] = sql();
            let body = body.into_inner();
            let query = sqlx::query(sqlx::AssertSqlSafe(create)).bind(id).bind(key).bind(body.name);
            let query = query.bind(body.object_type).bind(body.region_code).bind(now);
            query.execute(&mut *connection.lock().await).await.unwrap();
        }
    }
    HttpResponse::Created().json(json!({ "id": id }))
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let (url, port) = (args.next().unwrap(), args.next().unwrap());
    HttpServer::new(move || {
        let url = url.clone();
        App::new()
            .data_factory(move || {
                let url = url.clone();
                async move { Ok::<_, ()>(Rc::new(Bare::connect(&url).await)) }
            })
            .route("/objects/{id}", web::get().to(get))
            .route("/townships/{code}/objects", web::get().to(list))
            .route("/objects", web::post().to(create))
    })
    .workers(2)
    .bind(("127.0.0.1", port.parse().unwrap()))?
    .run()
    .await
}
