//! A database of an earlier release is brought to head and served from; what this build lacks a column for is not ready.

use crate::harness::{Database, Server, World, repo_file};
use migration::columns::{index, int, string};
use migration::step::{Alteration, Step};
use reqwest::Method;
use sea_orm::{ConnectionTrait, Database as Connection, Statement};
use serde_json::{Value, json};
use std::io::Read;

/// A database as release 0.1.0 (schema step 10) left it: two accounts, 39 objects, a catalogue, refused credit rows.
async fn earlier_release() -> Database {
    let database = Database::create().await;
    let kind = if database.url.starts_with("postgres") { "postgres" } else { "sqlite" };
    let file = std::fs::File::open(repo_file(&format!("tests/migrations/m0010_{kind}.sql.gz"))).unwrap();
    let mut sql = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut sql).unwrap();

    let url = if kind == "sqlite" { format!("{}?mode=rwc", database.url) } else { database.url.clone() };
    Connection::connect(url).await.unwrap().execute_unprepared(&sql).await.unwrap();
    database
}

#[tokio::test]
async fn an_earlier_release_is_brought_to_head_and_served_from() {
    let database = earlier_release().await;
    let world = World::serving(database);

    world.anonymous(Method::GET, "/readyz").send().await.expect(200);
    let body = json!({ "username": "old.lead", "password": "an old secret of 2026" });
    let tokens = world.anonymous(Method::POST, "/api/v1/auth/token").json(&body).send().await.expect(200);
    let token = tokens["access_token"].as_str().unwrap();
    let get = async |path: &str| world.with_token(Method::GET, token, path).send().await.expect(200);

    let objects: Value = get("/api/v1/objects?limit=200&total=exact").await;
    assert_eq!(objects["page"]["total"], 39);
    let object = get(&format!("/api/v1/objects/{}", objects["items"][0]["id"].as_str().unwrap())).await;
    assert!(object["tags"].is_array() && object["registration_status"].is_string(), "{object}");
    let catalogue = get("/api/v1/catalogue-items?limit=200").await;
    assert_eq!(catalogue["items"].as_array().unwrap().len(), 19);
    assert!(catalogue["items"][0]["content"]["name"].is_string(), "{catalogue}");
}

#[tokio::test]
async fn a_database_without_a_column_of_this_build_is_not_ready() {
    let world = World::bare().await;
    world.anonymous(Method::GET, "/readyz").send().await.expect(200);
    world.database.execute("ALTER TABLE objects RENAME COLUMN business_scope TO business_scope_once").await;

    // A server that has seen the column does not look again; one that starts does.
    let late = Server::start(&world.database);
    let ready = async || reqwest::get(format!("{}/readyz", late.url)).await.unwrap().status();
    assert_eq!(ready().await, 503);

    world.database.execute("ALTER TABLE objects RENAME COLUMN business_scope_once TO business_scope").await;
    assert_eq!(ready().await, 200);
}

/// A step of its own, up and down: a table, columns with a value to begin with, an index more and one less.
#[tokio::test]
async fn a_step_can_alter_what_is_there() {
    use sea_orm_migration::prelude::*;
    const STEP: Alteration = Alteration {
        step: Step { name: "m9999_test", tables: &[], indexes: &[index("regions", &["marks"])] },
        columns: &[("regions", int("marks").begins("7")), ("regions", string("remark", 20).null())],
        without: &[index("audit_entries", &["request_id"])],
    };
    let world = World::bare().await;
    let connection = Connection::connect(&world.database.url).await.unwrap();
    let manager = SchemaManager::new(&connection);
    let marks = async || {
        let row = connection.query_one_raw(Statement::from_string(
            connection.get_database_backend(),
            "select marks from regions order by code limit 1",
        ));
        row.await.map(|row| row.unwrap().try_get_by_index::<i32>(0).unwrap())
    };

    STEP.up(&manager).await.unwrap();
    assert_eq!(marks().await.unwrap(), 7);
    assert!(!manager.has_index("audit_entries", "ix_audit_entries_request_id").await.unwrap());

    STEP.down(&manager).await.unwrap();
    assert!(marks().await.is_err());
    assert!(manager.has_index("audit_entries", "ix_audit_entries_request_id").await.unwrap());
}
