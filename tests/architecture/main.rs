//! The shape of the source, read as text: which layer may name what, how long a file may be, what is banned.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod frozen;

use frozen::FROZEN;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
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

/// What the compiler cannot hold: the crates that `domain` may use are in its manifest, the rest is banned here.
#[test]
fn the_domain_is_pure() {
    let manifest = std::fs::read_to_string(root().join("domain/Cargo.toml")).unwrap();
    for line in manifest.lines() {
        let optional = line.contains("optional = true");
        let outside = ["tokio", "actix", "sqlx", "reqwest", "futures"];
        assert!(!outside.iter().any(|name| line.starts_with(name)), "domain names {line}");
        assert!(optional || !["sea-orm", "utoipa"].iter().any(|name| line.starts_with(name)), "{line}");
    }

    let outside = ["async ", "Utc::now", "now_v7", "rand::", "std::fs", "std::env"];
    forbid("domain/src", &outside, "domain is pure: no I/O, no clock, no chance");
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
    forbid("entity/src", &["pub fn ", "crate::service"], "entities have no logic");
}

/// The areas of the trade, the same in every layer.
const AREAS: [&str; 14] = [
    "access",
    "complaints",
    "credit",
    "inspections",
    "intake",
    "items",
    "kernel",
    "officers",
    "oversight",
    "records",
    "register",
    "risks",
    "spot_checks",
    "visits",
];

#[test]
fn every_layer_has_the_same_areas() {
    for layer in ["domain/src", "entity/src", "src/persistence", "src/service", "src/http"] {
        let mut found: Vec<_> = std::fs::read_dir(root().join(layer))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|name| !["lib", "mod", "routes"].contains(&name.as_str()))
            .collect();
        found.sort();
        assert_eq!(found, AREAS, "{layer}");
    }
}

#[test]
fn no_folder_is_crowded() {
    let mut entries = std::collections::BTreeMap::<PathBuf, std::collections::BTreeSet<PathBuf>>::new();
    for folder in ["domain/src", "entity/src", "migration/src", "src", "tests/api"] {
        for (path, _) in files(folder) {
            let mut path = path.as_path();
            while let Some(parent) = path.parent().filter(|parent| parent.starts_with(root().join(folder))) {
                entries.entry(parent.to_owned()).or_default().insert(path.to_owned());
                path = parent;
            }
        }
    }
    // The file that names the others does not count.
    for entries in entries.values_mut() {
        entries.retain(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            !matches!(name, Some("mod.rs" | "lib.rs" | "main.rs"))
        });
    }
    // Steps are a row of days, read by their numbers.
    entries.remove(&root().join("migration/src/steps"));
    for (folder, entries) in entries {
        assert!(entries.len() <= 14, "{} has {} entries", folder.display(), entries.len());
    }
}

#[test]
fn one_folder_knows_which_database_it_is() {
    for (path, text) in files("src") {
        if path.parent().is_some_and(|folder| folder.ends_with("persistence/kernel/db")) {
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
        if !path.parent().is_some_and(|folder| folder.ends_with("persistence/kernel/db")) {
            for word in ["execute_unprepared", "from_sql_and_values", "Statement::from_string"] {
                assert!(!code(&text).any(|line| line.contains(word)), "{}: {word}", path.display());
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for folder in ["domain/src", "src", "entity/src", "migration/src", "tests/api"] {
        for (path, text) in files(folder) {
            assert!(text.starts_with("//! "), "{} does not begin with //!", path.display());
        }
    }
}

#[test]
fn files_stay_short() {
    let mut lengths: Vec<_> = ["domain/src", "entity/src", "src"]
        .into_iter()
        .flat_map(files)
        .map(|(path, text)| (text.lines().count(), path))
        .collect();
    lengths.sort();

    let median = lengths[lengths.len() / 2].0;
    assert!(median <= 140, "the median is {median}");
    let long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > 300).collect();
    assert!(long.is_empty(), "files over 300 lines: {long:?}");
}

/// The same area and plural noun name the file in every layer.
#[test]
fn a_noun_has_one_name() {
    for (area, nouns) in [
        ("access", &["clients", "delegations", "users"][..]),
        ("register", &["departments", "objects"]),
        ("officers", &["personnel", "personal_data", "trainings"]),
        ("items", &["items", "implementation_lists", "legal_clauses", "mappings"]),
        ("spot_checks", &["plans", "tasks", "draws", "spot_check_items"]),
        ("inspections", &["inspections"]),
        ("risks", &["risk_clues", "risk_models"]),
        ("oversight", &["indicators", "log", "worklist"]),
        ("intake", &["imports", "jobs"]),
    ] {
        for noun in nouns {
            for layer in ["persistence", "service", "http"] {
                let place = root().join("src").join(layer).join(area);
                let (file, folder) = (place.join(format!("{noun}.rs")), place.join(noun));
                assert!(file.exists() || folder.exists(), "{layer}/{area} has no {noun}");
            }
        }
    }
}

#[test]
fn landed_steps_are_frozen() {
    use sha2::{Digest, Sha256};

    let steps = files("migration/src").into_iter().filter_map(|(path, text)| {
        let name = path.file_name()?.to_str()?.to_owned();
        name.starts_with("m0").then(|| (name, hex::encode(Sha256::digest(text))))
    });
    let found: std::collections::BTreeMap<_, _> = steps.collect();

    assert_eq!(found.len(), FROZEN.len(), "a step has no line in FROZEN, or is gone");
    for (name, digest) in FROZEN {
        assert_eq!(found.get(name).map(String::as_str), Some(digest), "{name} has landed: add a step instead");
    }
}

/// Paragraphs in code as in prose: of the functions over 15 lines, four in five have a blank line somewhere.
#[test]
fn long_functions_have_paragraphs() {
    let (mut long, mut flat) = (0, Vec::new());
    for folder in ["domain/src", "src"] {
        for (path, text) in files(folder) {
            let lines: Vec<_> = text.lines().collect();
            for (at, line) in lines.iter().enumerate() {
                let indent = line.len() - line.trim_start().len();
                let head = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(super) ");
                let head = head.trim_start_matches("pub(crate) ").trim_start_matches("const ");
                if !head.trim_start_matches("async ").starts_with("fn ") {
                    continue;
                }

                let end = lines[at..].iter().position(|line| *line == format!("{}}}", " ".repeat(indent)));
                let Some(body) = end.map(|end| &lines[at..at + end]).filter(|body| body.len() > 14) else { continue };
                long += 1;
                if !body.iter().any(|line| line.is_empty()) {
                    flat.push(format!("{}:{}", path.display(), at + 1));
                }
            }
        }
    }

    assert!(flat.len() * 5 <= long, "{} of {long} have none: {}", flat.len(), flat.join("\n"));
}

/// Whatever the trail says under an inspection's own id is emptied with its file.
#[test]
fn a_file_that_goes_takes_every_line_with_it() {
    let listed = std::fs::read_to_string(root().join("src/persistence/records/case_files.rs")).unwrap();
    let mut found = 0;
    for (path, text) in files("src/service") {
        for name in text.split("\"inspection-").skip(1).filter_map(|rest| rest.split('"').next()) {
            let name = format!("\"inspection-{name}\"");
            if text.contains(&format!("AuditAction::Recorded, {name}")) || text.contains(&format!(", {name}, ")) {
                found += 1;
                assert!(listed.contains(&name), "{name} of {} is left behind", path.display());
            }
        }
    }
    assert!(found >= 3, "{found}");
}
