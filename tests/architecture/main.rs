//! The shape of the source, read as text: which layer may name what, how long a file may be, what is banned.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

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

/// Steps of the schema that have landed, by the digest of their files. A database somewhere was made by them: what one got
/// wrong, the next one mends. A new step gets its line here when it lands.
const FROZEN: [(&str, &str); 34] = [
    ("m0001_identity.rs", "473f5543749e49843f7d5bd114fe50a34d990855e66ad2e8d6556753f1de756a"),
    ("m0002_trace.rs", "32c8f1552fdfd4f1ae4283b1310bad3ddacb52812f6e0b78ed8940e637d4a350"),
    ("m0003_register.rs", "95734dc845f4453ae3ddd424f7d509ddd8303e655a2d5971131d1826c63b387c"),
    ("m0004_planning.rs", "393e1eb27ff0f5b946ee9c6ed9c80da7b43645b1aba39de46b9d0695f0f8e86d"),
    ("m0005_draws.rs", "f8ac463bba4c6d4582f3636e118e2aaaad7561eb3b3be10335433e58b5c3a909"),
    ("m0006_inspections.rs", "c668f9b33fc829037a69e565e16f74a3755a970aeac8d05e13445c5bb5aa3d2a"),
    ("m0007_items.rs", "cbbf83a38ff7a75e3fd71294bf143836ff94f68ac737d37cb8bd56b1c9900b93"),
    ("m0008_people.rs", "85bf4f40e978465fc2ff6698db5d27d782aadc4c42b63ad2fdc233c9cc692cdc"),
    ("m0009_credit.rs", "62ed28dfea1c190f9c99204a1a73f726876c223d2f8431537092184a9e97232d"),
    ("m0010_risks.rs", "71f0b78151adab4fca87332377e3e29c0838a13d935f091cf9ef4fd7f15c536f"),
    ("m0011_trail.rs", "9b0050e22146479f87fb127f5652561ebd66e3d68f6c8f7f237a998cdd4ab0cb"),
    ("m0012_intake.rs", "c5b16484f0a31dc1699cb8808ab93ff34c04cf534933320aec99d0b37cf502c4"),
    ("m0013_county.rs", "7d07260a75df26c33d723d38b4cb80e3566bb2c4ab24c6171191cc57cb0ca606"),
    ("m0014_lists.rs", "afd796665047675334d214342907d3dc134d5bd9350f7fad54d4bf8320f06ffc"),
    ("m0015_trainings.rs", "219c98b5ecccbb05d0b4a5b8a0d891360887e5d084decf628ded392da9554b32"),
    ("m0016_log.rs", "3eacac10e0508bd91231a718f6add91ddcfa42ff43ab70b8cd2365720b94064c"),
    ("m0017_receipts.rs", "02845a54de49dccf6327a74a82dbba34b5505339eeeb73247485bc262e4c9ae2"),
    ("m0018_chance.rs", "c8d3e5549e13f85450c26ecc815047eb27b98bca140108694096df8a6640dacb"),
    ("m0019_corrections.rs", "4f9661911a61a1b93f495f5192dd592c5a4e90bbb2bc085804b6a29f77fe3070"),
    ("m0020_binding.rs", "3009f4a25c1e11d154b7c6ddbb36e24c0d41b30a27d1253bc5c8311ae49711a4"),
    ("m0021_bodies.rs", "088bbd812aa3f1531a451612f56892c712c4472c610b28568952d9afbed8802c"),
    ("m0022_visits.rs", "4e23402d5f17bf8384d2202209a33cdfeee899ab825881dd2c6d47577ee9dd2d"),
    ("m0023_checks.rs", "73b568e3e852ae199f1f85ded58189d8f1d496bf04830b3b8daa1f0c676e55b9"),
    ("m0024_editions.rs", "24397338230ed2965efb20b9fe6ea4a51f1db6f4fbf3d6c936e08e8d90cb39df"),
    ("m0025_issued.rs", "e984c49f2b984c1a54c2ba097a175f8f92e9b1561a8d7515290082a99ac342ee"),
    ("m0026_libraries.rs", "4618ba77fe7414b96dfeb7141b6453b22c4522a9009e178a98f833eb6f94d071"),
    ("m0027_offline.rs", "702200bb33ef1475d2c31c063bda2c7dc7fa5a29e320a5bbf876857e5853b0d8"),
    ("m0028_records.rs", "356c6eadcc81baed4cbeb0774ceef7da56c9f580288b7635a3dcd35e26740ea2"),
    ("m0029_supervision.rs", "6c287a8c841aedff33ed7780f607787644c8b88bbd9c8007e1cb2cf2776056be"),
    ("m0030_history.rs", "4ffec9241239015b00dd5783142409f81906429bc1242805ab129dd6a37d0388"),
    ("m0031_archives.rs", "44788e2d5e4b8ae1ecad45f770ea44e62d3d8424dbe7399f4aba87e98d3b2573"),
    ("m0032_complaints.rs", "073faccc1f088460e829081300436a3191a4e25d5b4653340435e59602ac835e"),
    ("m0033_behaviours.rs", "c735fe7a0be49c4344c1ba8c5f0f2f1fc03aeb13b3fd3b02ef9ec8688feedb25"),
    ("m0034_figures.rs", "ddbab51cc9481e21bfcfb172e4bd1b0801f190fe4ff3386a02b483ab9b246abe"),
];

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
