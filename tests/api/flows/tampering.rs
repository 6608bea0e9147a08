//! Whoever changes a database behind the service's back is found, and the log is one whoever writes it.

use super::log::{checkpoint, sealed};
use crate::harness::{Database, Server, World, command};
use domain::kernel::merkle::{self, Digest, Tiles};
use domain::oversight::log::note::Checkpoint;
use futures::future::join_all;
use mingjian::app::App;
use mingjian::config::Settings;
use mingjian::persistence::oversight::log::{leaf_of, lines_from};
use mingjian::service::oversight::log::{Difference, begin, seal, verify};
use reqwest::Method;
use sea_orm::{ConnectOptions, ConnectionTrait, Database as Connection, DatabaseConnection};
use serde_json::json;
use std::sync::Arc;

/// A process without a server on a database, and a connection past it.
struct Attack {
    app: Arc<App>,
    raw: DatabaseConnection,
}

impl Attack {
    async fn on(database: &Database) -> Self {
        let mut settings = Settings::default();
        settings.database.url.clone_from(&database.url);
        settings.security.secret_file = database.secret_file();
        let app = App::new(settings).await.unwrap();
        begin(&app).await.unwrap();
        seal(&app).await.unwrap();
        let mut options = ConnectOptions::new(&database.url);
        options.max_connections(1).sqlx_logging(false);
        Self { app, raw: Connection::connect(options).await.unwrap() }
    }

    async fn sql(&self, sql: &str) {
        self.raw.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// An id as SQL.
    fn id(&self, number: u128) -> String {
        let postgres = self.raw.get_database_backend() == sea_orm::DbBackend::Postgres;
        if postgres { format!("'{number:032x}'::uuid") } else { format!("X'{number:032x}'") }
    }

    async fn found(&self, witnessed: &[Checkpoint]) -> Option<Difference> {
        verify(&self.app, witnessed).await.unwrap().difference
    }

    async fn size(&self) -> u64 {
        verify(&self.app, &[]).await.unwrap().lines
    }

    /// Everything of the log as it is, kept aside to be put back.
    async fn keep(&self) {
        for table in TABLES {
            self.sql(&format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
    }

    async fn put_back(&self) {
        for table in TABLES {
            self.sql(&format!("DELETE FROM {table}")).await;
            self.sql(&format!("INSERT INTO {table} SELECT * FROM kept_{table}")).await;
        }
    }

    /// Whoever holds the database can make the tree anew, over lines that were changed.
    async fn rebuild(&self, leaves: &[Digest]) {
        self.sql("DELETE FROM log_tiles").await;
        let mut tiles = Tiles::default();
        tiles.0.extend(merkle::append(Tiles::default(), 0, leaves).0);
        for ((level, number), hashes) in tiles.0 {
            let text: String = hashes.iter().map(hex::encode).collect();
            self.sql(&format!("INSERT INTO log_tiles VALUES ({level}, {number}, '{text}')")).await;
        }
        self.sql(&format!("UPDATE log_heads SET size = {}", leaves.len())).await;
    }
}

const TABLES: [&str; 5] = ["audit_entries", "log_leaves", "log_tiles", "log_heads", "log_pending"];

/// Whoever changes, takes out, puts in, moves or re-attributes a line is found, whichever line it is.
#[tokio::test]
async fn a_thousand_edits_of_a_database_are_found() {
    let world = World::bare().await;
    sealed(&world).await;
    let World { database, server, .. } = world;
    assert_eq!(server.stop(), Some(0));
    let attack = Attack::on(&database).await;
    assert_eq!(attack.found(&[]).await, None, "nobody touched it");
    let size = attack.size().await;
    assert!(size > 20, "{size} lines");
    attack.keep().await;

    let columns = "actor_id, actor_name, actor_role, on_behalf_of, department_id, action, resource, resource_id, reason, request_id, before, after";
    let mut found = 0;
    for round in 0..1_000_u64 {
        // Spread over all lines and kinds, the same in every run.
        let (place, kind) = ((round * 7) % size, round % 15);
        let other = (place + 1 + round % (size - 1)) % size;
        let line = format!("id = (SELECT entry_id FROM log_leaves WHERE place = {place})");
        let update = |set: &str| format!("UPDATE audit_entries SET {set} WHERE {line}");
        let edit = match kind {
            0 => update("action = CASE WHEN action = 'UPDATED' THEN 'CREATED' ELSE 'UPDATED' END"),
            1 => update("actor_name = actor_name || '。'"),
            2 => update("reason = coalesce(reason, '') || '改'"),
            3 => update("after = '{\"altered\": true}'"),
            4 => update("department_id = NULL, actor_id = NULL, actor_role = 'SOMEBODY'"),
            5 => format!("DELETE FROM audit_entries WHERE {line}"),
            6 => update("resource = 'plans', request_id = 'x'"),
            7 => format!("two lines change their places: {place} and {other}"),
            8 => format!("DELETE FROM log_leaves WHERE place = {place}"),
            9 => update("action = 'NOTHING'"),
            10 => format!("UPDATE log_leaves SET salt = 'no salt' WHERE place = {place}"),
            11 => format!(
                "UPDATE log_tiles SET hashes = 'x' || substr(hashes, 2) WHERE level = 0 AND number = {}",
                place / 256
            ),
            _ => {
                let id = attack.id(u128::from(round));
                format!(
                    "INSERT INTO audit_entries (id, at, {columns}) SELECT {id}, at, {columns} FROM audit_entries WHERE {line}"
                )
            }
        };
        // A unique index does not let two lines change their places in one step.
        if kind == 7 {
            attack.sql(&format!("DELETE FROM log_leaves WHERE place IN ({place}, {other})")).await;
            for (at, from) in [(place, other), (other, place)] {
                attack
                    .sql(&format!(
                        "INSERT INTO log_leaves SELECT {at}, entry_id, salt FROM kept_log_leaves WHERE place = {from}"
                    ))
                    .await;
            }
        } else {
            attack.sql(&edit).await;
        }
        // A line that was put in may be given a place outside the log, or be queued as if it had just been written.
        let (id, zeros) = (attack.id(u128::from(round)), "0".repeat(64));
        let salt = &zeros[..32];
        match kind {
            13 => attack.sql(&format!("INSERT INTO log_leaves VALUES (-1, {id}, '{salt}')")).await,
            14 => attack.sql(&format!("INSERT INTO log_pending VALUES ({id}, '{salt}', '{zeros}', '{zeros}')")).await,
            _ => {}
        }
        found += usize::from(attack.found(&[]).await.is_some());
        assert_eq!(found as u64, round + 1, "round {round}: {edit}");
        attack.put_back().await;
    }
    assert_eq!(attack.found(&[]).await, None, "all is as it was");
}

/// Whoever rewrites lines, tree and checkpoints alike leaves nothing in the database that tells of it: a checkpoint that was
/// kept elsewhere does.
#[tokio::test]
async fn a_log_that_was_made_anew_is_found_by_a_checkpoint_kept_elsewhere() {
    let world = World::bare().await;
    let log = sealed(&world).await;
    let kept = checkpoint(log["note"].as_str().unwrap(), log["key"].as_str().unwrap());
    let note = log["note"].as_str().unwrap().to_owned();
    let World { database, server, .. } = world;
    assert_eq!(server.stop(), Some(0));
    let attack = Attack::on(&database).await;
    let witnessed = [kept.clone()];
    assert_eq!(attack.found(&witnessed).await, None);
    attack.sql("DELETE FROM log_cosignatures").await;
    attack.sql("DELETE FROM log_checkpoints").await;
    attack.keep().await;

    // The tail is cut off, with every trace of it.
    let lines = lines_from(&attack.app.db, 0, 10_000).await.unwrap();
    let leaves: Vec<_> =
        lines.iter().map(|(leaf, line)| leaf_of(line.as_ref().unwrap(), &leaf.salt).unwrap()).collect();
    let cut = usize::try_from(kept.size).unwrap() - 3;
    attack
        .sql(&format!("DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM log_leaves WHERE place >= {cut})"))
        .await;
    attack.sql(&format!("DELETE FROM log_leaves WHERE place >= {cut}")).await;
    attack.rebuild(&leaves[..cut]).await;
    assert_eq!(attack.found(&[]).await, None, "the database alone tells nothing");
    assert_eq!(attack.found(&witnessed).await, Some(Difference::Checkpoint { size: kept.size }));
    attack.put_back().await;

    // A line is another, and the tree is made of it.
    attack.sql("UPDATE audit_entries SET actor_name = '另一人' WHERE id = (SELECT entry_id FROM log_leaves WHERE place = 4)").await;
    let lines = lines_from(&attack.app.db, 0, 10_000).await.unwrap();
    let leaves: Vec<_> =
        lines.iter().map(|(leaf, line)| leaf_of(line.as_ref().unwrap(), &leaf.salt).unwrap()).collect();
    attack.rebuild(&leaves).await;
    assert_eq!(attack.found(&[]).await, None, "the database alone tells nothing");
    assert_eq!(attack.found(&witnessed).await, Some(Difference::Checkpoint { size: kept.size }));

    // The command says so as well.
    let file = database.secret_file().with_extension("note");
    std::fs::write(&file, note).unwrap();
    let verified = |notes: &[&str]| {
        let output = command(&database, &[&["verify-audit"], notes].concat()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (whole, said) = verified(&[]);
    assert!(whole && said.starts_with("unaltered: "), "{said}");
    let (whole, said) = verified(&[file.to_str().unwrap()]);
    assert!(
        !whole
            && said.starts_with(&format!("REWRITTEN: the log is not the one of the checkpoint of {} lines", kept.size)),
        "{said}"
    );
    attack.put_back().await;
    attack
        .sql("UPDATE audit_entries SET reason = 'x' WHERE id = (SELECT entry_id FROM log_leaves WHERE place = 7)")
        .await;
    let (whole, said) = verified(&[]);
    assert!(!whole && said.starts_with("ALTERED: line 7, audit entry "), "{said}");
    // A log that was taken away is not founded anew by whoever looks.
    attack.sql("DELETE FROM log_heads").await;
    let (whole, said) = verified(&[]);
    assert!(!whole && said.starts_with("NO LOG: "), "{said}");
}

/// Two processes write and seal at once: every line has one place, and none is left out.
#[tokio::test]
async fn two_processes_keep_one_log() {
    let world = World::county().await;
    let second = Server::start(&world.database);
    let create = |at: usize| {
        let body = json!({ "name": format!("旺苍并行{at}店"), "object_type": "1", "region_code": "510821" });
        let server = if at.is_multiple_of(2) { &world.server } else { &second };
        world.request_at(server, Method::POST, "market.lead", "/api/v1/objects").json(&body).send()
    };
    let made = join_all((0..120).map(create)).await;
    assert!(made.iter().all(|answer| answer.status == 201));
    sealed(&world).await;
    let World { database, server, .. } = world;
    assert_eq!((server.stop(), second.stop()), (Some(0), Some(0)));
    let attack = Attack::on(&database).await;
    assert_eq!(attack.found(&[]).await, None);
}

/// A database of before there was a log, on which two processes start at once: every line is taken up, once.
#[tokio::test]
async fn lines_of_before_are_taken_up_once() {
    let world = World::county().await;
    sealed(&world).await;
    let World { database, server, .. } = world;
    assert_eq!(server.stop(), Some(0));
    let first = Attack::on(&database).await;
    let lines = first.size().await;
    for table in ["log_cosignatures", "log_checkpoints", "log_pending", "log_leaves", "log_tiles", "log_heads"] {
        first.sql(&format!("DELETE FROM {table}")).await;
    }
    let second = Attack { raw: first.raw.clone(), app: App::new(first.app.settings.clone()).await.unwrap() };
    let (one, other) = tokio::join!(begin(&first.app), begin(&second.app));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    let (one, other) = tokio::join!(seal(&first.app), seal(&second.app));
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!((first.found(&[]).await, first.size().await), (None, lines));
}
