//! The shape of the source, read as text: which layer may name what, how long a file may be, what is banned.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "{folder}");
    found
}

/// Lines of code: no comments, no strings of prose.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim_start).filter(|line| !line.starts_with("//"))
}

#[track_caller]
fn forbid(folder: &str, words: &[&str], why: &str) {
    let mut hits = Vec::new();
    for (path, text) in files(folder) {
        for line in code(&text) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                hits.push(format!("{}: {word}: {line}", path.display()));
            }
        }
    }
    assert!(hits.is_empty(), "{why}\n{}", hits.join("\n"));
}

#[test]
fn the_domain_is_pure() {
    let outside = [
        "crate::persistence",
        "crate::service",
        "crate::http",
        "crate::app",
        "crate::config",
        "crate::ctx",
        "sea_orm",
        "actix",
        "utoipa",
        "tokio",
        "async ",
        "Utc::now",
        "now_v7",
        "rand::",
        "std::fs",
        "std::env",
        "reqwest",
    ];
    forbid("src/domain", &outside, "domain is pure: no layer above, no I/O, no clock, no chance");
}

#[test]
fn layers_look_down_only() {
    forbid(
        "src/persistence",
        &["crate::service", "crate::http", "crate::app", "actix", "utoipa"],
        "persistence knows domain and entity only",
    );
    forbid("src/service", &["crate::http", "actix", "HttpRequest", "StatusCode"], "services know no HTTP");
    forbid("src/jobs", &["crate::http"], "jobs know no HTTP");
    forbid("entity/src", &["pub fn ", "crate::domain"], "entities have no logic");
}

#[test]
fn one_folder_knows_which_database_it_is() {
    for (path, text) in files("src") {
        if path.parent().is_some_and(|folder| folder.ends_with("persistence/db")) {
            continue;
        }
        for word in ["DatabaseBackend", "DbBackend", "is_postgres", "is_sqlite"] {
            assert!(!code(&text).any(|line| line.contains(word)), "{}: {word}", path.display());
        }
    }
}

/// SQL text appears nowhere but in the folder that knows the database: the migration lock, and INSERTs sent as one statement.
#[test]
fn raw_sql_is_banned() {
    for (path, text) in files("src") {
        if !path.parent().is_some_and(|folder| folder.ends_with("persistence/db")) {
            for word in ["execute_unprepared", "from_sql_and_values", "Statement::from_string"] {
                assert!(!code(&text).any(|line| line.contains(word)), "{}: {word}", path.display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["src", "entity/src", "migration/src", "tests/api"] {
        for (path, text) in files(folder) {
            assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
        }
    }
}

#[test]
fn files_stay_short() {
    let mut lengths: Vec<_> = files("src").into_iter().map(|(path, text)| (text.lines().count(), path)).collect();
    lengths.sort();
    let median = lengths[lengths.len() / 2].0;
    assert!(median <= 140, "the median is {median}");
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > 320).collect();
    assert!(long.is_empty(), "files over 320 lines: {long:?}");
}

/// The same plural noun names the file in every layer.
#[test]
fn a_noun_has_one_name() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for noun in [
        "departments",
        "objects",
        "personnel",
        "plans",
        "tasks",
        "draws",
        "inspections",
        "items",
        "implementation_lists",
        "indicators",
        "legal_clauses",
        "mappings",
        "worklist",
        "imports",
        "users",
        "spot_check_items",
    ] {
        for layer in ["persistence", "service", "http"] {
            let (file, folder) = (root.join(layer).join(format!("{noun}.rs")), root.join(layer).join(noun));
            assert!(file.exists() || folder.exists(), "{layer} has no {noun}");
        }
    }
}
