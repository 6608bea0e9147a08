//! 档案: what is due is listed, decided, approved, carried out before a third person; what is held stays; what went leaves a trace.

mod races;

use crate::harness::{LONG_AGO, World, destroyed, photo, run, witness};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

const ADMIN: &str = "market.admin";
/// What stands in one file only.
const MARK: &str = "责令限期拆除第七号冷库";
const FOUND: &str = "第七号冷库未经验收";

fn id_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap()
}

async fn lines(world: &World, list: &str) -> Vec<Value> {
    let page = world.get(ADMIN, &format!("{list}/lines?limit=200")).await.expect(200);
    page["items"].as_array().unwrap().clone()
}

async fn line_of(world: &World, list: &str, record: &str) -> Value {
    let found = lines(world, list).await.into_iter().find(|line| line["record_id"] == id_of(record));
    found.unwrap_or_else(|| panic!("{record} is not on the list"))
}

/// An inspection with a result, a photo, a document that was served and a measure, all of it over; gives its path and the code on the
/// paper.
async fn complete_file(world: &World) -> (String, String) {
    let body = json!({ "name": "旺苍县归档店", "object_type": "1", "region_code": "510821" });
    let object = world.post("market.lead", "/api/v1/objects").json(&body).send().await.expect(201);
    let inspection = world.begun_inspection_at("market", &object["id"]).await;
    let content = photo(7);
    world.kept(ADMIN, &inspection, &World::captured(1, "PHOTO", &content), &content).await;
    let inputs = json!({ "materials": "营业执照", "contact": "王强" });
    let document = world.draft(ADMIN, &inspection, "INSPECTION_NOTICE", inputs).await;
    let issued = world.act(ADMIN, &document, "issue", None).await.expect(200);
    let served = json!({ "way": "DIRECT", "to": "张三（经营者）", "at": mingjian::kernel::ctx::now() });
    world.act(ADMIN, &document, "serve", Some(served)).await.expect(200);
    let item = world.items_of("51082103").await.remove(0);
    let mut point = World::point(&item, "2");
    point["problem"] = json!(FOUND);
    let result = json!({
        "inspected_on": crate::harness::today(), "verify_ways": ["1"], "result_codes": ["5"], "points": [point],
    });
    world.act(ADMIN, &inspection, "record-result", Some(result)).await.expect(200);
    world.follow_up(ADMIN, &inspection, json!({ "measure": "3", "detail": MARK })).await;
    world.make_void("market", &inspection).await;
    (inspection, id_of(issued["verify_url"].as_str().unwrap()).to_owned())
}

fn stored(world: &World) -> usize {
    let folders = ["evidence", "documents"].map(|folder| world.database.files().join(folder));
    let days = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    days.map(|day| std::fs::read_dir(day.unwrap().path()).unwrap().count()).sum()
}

#[tokio::test]
async fn a_file_whose_time_is_over_goes_by_four_hands_and_leaves_a_trace() {
    let world = World::county().await;
    let open = world.begun_inspection("market").await;
    let young = world.void_inspection("market").await;
    let (inspection, code) = complete_file(&world).await;
    world.strike();
    assert_eq!(world.get(ADMIN, "/api/v1/disposal-lists").await.expect(200)["items"], json!([]), "nothing is due");

    world.age().await;
    let year = chrono::Datelike::year(&crate::harness::today());
    // Ten years from the first of January after its end: what ended eleven years ago is due this year, ten years ago not yet.
    let ended = |years: i32| format!("{}-12-31 15:59:59+00:00", year - years);
    let moved = |path: &str, at: String| {
        let id = world.database.id(id_of(path));
        let sql = format!("UPDATE inspections SET updated_at = '{at}' WHERE id = {id}");
        let database = &world.database;
        async move { database.execute(&sql).await }
    };
    moved(&young, ended(10)).await;
    let list = world.disposal_list("market").await;
    let whole = world.get(ADMIN, &list).await.expect(200);
    assert_eq!((&whole["year"], &whole["lines"], &whole["undecided"]), (&json!(year), &json!(1), &json!(1)), "{whole}");
    let line = line_of(&world, &list, &inspection).await;
    assert_eq!((&line["closed_on"], &line["due_on"]), (&json!("2010-03-01"), &json!("2021-01-01")));
    assert_eq!(world.waits(ADMIN, &list).await, ["DISPOSAL_TO_APPRAISE"]);
    world.get("agri.admin", &list).await.expect_problem(404, "NOT_FOUND");
    let trail =
        world.get("auditor", &format!("/api/v1/audit/entries?resource_id={}&action=CREATED", id_of(&list))).await;
    assert_eq!(trail.expect(200)["items"].as_array().unwrap().len(), 1);

    // Each hand in its turn, and nobody twice.
    world.act(ADMIN, &list, "submit", None).await.expect_problem(409, "STATE_CONFLICT");
    let unsaid = world.act(ADMIN, &list, "appraise", Some(json!({ "decision": "KEEP", "reason": "仍需查考" }))).await;
    assert_eq!(unsaid.expect_problem(422, "INVALID_BODY")["errors"][0]["pointer"], "/keep_years");
    world.act(ADMIN, &list, "appraise", Some(destroyed())).await.expect(200);
    let said = world.assert_audit("disposal-lists", id_of(&list), "APPRAISED", ADMIN).await;
    assert_eq!(said["after"]["decided"]["codes"], json!([line["code"]]));
    world.act(ADMIN, &list, "submit", None).await.expect(200);
    world.act(ADMIN, &list, "approve", None).await.expect_problem(403, "FORBIDDEN");
    assert_eq!(world.waits("market.head", &list).await, ["DISPOSAL_TO_APPROVE"]);
    let back = world.act("market.head", &list, "return", Some(json!({ "reason": "请再核对" }))).await.expect(200);
    assert_eq!((&back["status"], &back["opinion"]), (&json!("APPRAISING"), &json!("请再核对")));
    world.act(ADMIN, &list, "submit", None).await.expect(200);
    let approved = world.act("market.head", &list, "approve", None).await.expect(200);
    assert_eq!(approved["allowed_actions"], json!(["RETURN"]));
    world.assert_audit("disposal-lists", id_of(&list), "APPROVED", "market.head").await;
    assert_eq!(world.waits("justice", &list).await, ["DISPOSAL_TO_CARRY_OUT"]);
    world.get(ADMIN, &inspection).await.expect(200);

    let before = stored(&world);
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    world.assert_audit("disposal-lists", id_of(&list), "CARRIED_OUT", "justice").await;
    world.strike();
    let done = world.get(ADMIN, &list).await.expect(200);
    assert_eq!((&done["status"], &done["outcomes"]["destroyed"]), (&json!("DONE"), &json!(1)), "{done}");
    assert!(world.waits("justice", &list).await.is_empty());
    assert!(before >= 4 && stored(&world) == 0, "photo, small picture, PDF and DOCX are gone: {before}");

    // What is left: who could read it is told, nobody else; whoever holds the paper is told that it was issued.
    let gone = world.get(ADMIN, &inspection).await.expect_problem(410, "RECORD_DESTROYED");
    assert!(gone["detail"].as_str().unwrap().contains(whole["code"].as_str().unwrap()), "{gone}");
    world.get(ADMIN, &format!("{inspection}/history")).await.expect_problem(410, "RECORD_DESTROYED");
    world.get("agri.admin", &inspection).await.expect_problem(404, "NOT_FOUND");
    let paper = world.anonymous(Method::GET, &format!("/api/v1/public/documents/{code}")).send().await.expect(200);
    assert_eq!(paper["destroyed_on"], crate::harness::today().to_string());
    assert!(paper["number"].as_str().unwrap().contains("监检通") && paper["pdf_sha256"].as_str().unwrap().len() == 64);
    world.get(ADMIN, &open).await.expect(200);
    world.get(ADMIN, &young).await.expect(200);
    let line = line_of(&world, &list, &inspection).await;
    assert_eq!((&line["outcome"], line["sha256"].as_str().unwrap().len()), (&json!("DESTROYED"), 64));

    // The trail keeps every line, and nothing of what they said.
    let page =
        world.get("auditor", &format!("/api/v1/audit/entries?resource_id={}", id_of(&inspection))).await.expect(200);
    let said = page["items"].as_array().unwrap();
    let tombstone = said.iter().find(|line| line["action"] == "DESTROYED").unwrap();
    assert_eq!(tombstone["after"]["sha256"], line["sha256"]);
    let others: Vec<_> = said.iter().filter(|line| line["action"] != "DESTROYED").collect();
    assert!(others.iter().any(|line| line["resource"] == "inspection-results"), "{page}");
    assert!(
        others.len() > 4 && others.iter().all(|line| line["after"].is_null() && line["before"].is_null()),
        "{page}"
    );
    assert!(others.iter().any(|line| line["after_sha256"].is_string()));
    assert_eq!(tombstone["after"]["witness"], "县档案馆 李四");
    let (status, told, error) = run(&world.database, &["verify-audit"]);
    assert_eq!(status, 0, "{told} {error}");
    if crate::harness::backend() == "postgres" {
        for (name, rows) in world.database.dump().await {
            let text = String::from_utf8_lossy(&rows);
            assert!(!text.contains(MARK) && !text.contains(FOUND), "{name} still has it");
        }
    }

    // What is emptied without a line that says so is found.
    let other = world.get("auditor", "/api/v1/audit/entries?resource=inspecting-bodies&limit=1").await.expect(200);
    let entry = &other["items"][0];
    let digest = domain::oversight::log::digest(&entry["after"]);
    let id = world.database.id(entry["id"].as_str().unwrap());
    world
        .database
        .execute(&format!("UPDATE audit_entries SET after = NULL, after_sha256 = '{digest}' WHERE id = {id}"))
        .await;
    let (status, told, _) = run(&world.database, &["verify-audit"]);
    assert!(status == 1 && told.contains("EMPTIED"), "{told}");
}

#[tokio::test]
async fn what_is_held_or_asked_for_is_not_destroyed() {
    let world = World::county().await;
    let mut files = Vec::new();
    for _ in 0..6 {
        files.push(world.void_inspection("market").await);
    }
    let content = photo(3);
    let begun = world.begun_inspection("market").await;
    let piece = world.kept(ADMIN, &begun, &World::captured(1, "PHOTO", &content), &content).await;
    let declared = world.declare(ADMIN, &begun, &World::captured(2, "PHOTO", b"never came")).await;
    world.make_void("market", &begun).await;

    // A department holds its own, the justice bureau everybody's.
    let hold = async |who: &str, subject: &str, record: &str, days: u64| {
        let day = crate::harness::today() + chrono::Days::new(days);
        let body =
            json!({ "subject": subject, "record_id": id_of(record), "reason": "企业申请行政复议", "review_on": day });
        world.post(who, "/api/v1/legal-holds").json(&body).send().await
    };
    let refused = hold(ADMIN, "INSPECTION", &files[0], 400).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/review_on");
    let refused = hold("agri.admin", "INSPECTION", &files[0], 400).await.expect_problem(422, "INVALID_BODY");
    let named: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| error["pointer"].clone()).collect();
    assert_eq!(named, ["/record_id", "/review_on"], "each bad field");
    let refused = hold("agri.admin", "INSPECTION", &files[0], 30).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/record_id", "not theirs");
    let held = hold(ADMIN, "INSPECTION", &files[0], 30).await.expect(201);
    assert_eq!((&held["covers_all"], &held["allowed_actions"]), (&json!(false), &json!(["EXTEND", "RELEASE"])));
    let path = format!("/api/v1/legal-holds/{}", held["id"].as_str().unwrap());
    world.assert_audit("legal-holds", id_of(&path), "PLACED", ADMIN).await;
    let waiting = world.waiting(ADMIN, &path).await;
    assert_eq!((&waiting[0]["kind"], &waiting[0]["due_on"]), (&json!("HOLD_TO_REVIEW"), &held["review_on"]));
    world.get("agri.admin", &path).await.expect_problem(404, "NOT_FOUND");

    // Nothing of a held file is discarded; of another it is.
    hold("justice", "INSPECTION", &begun, 30).await.expect(201);
    let why = json!({ "reason": "未拍摄" });
    let refused = world.act(ADMIN, &declared, "discard", Some(why)).await.expect_problem(409, "RECORD_HELD");
    assert_eq!(refused["rule"]["code"], "FILES_ARE_HELD");
    assert_eq!(world.get(ADMIN, &declared).await.expect(200)["allowed_actions"], json!(["UPLOAD"]));

    world.age().await;
    let list = world.disposal_list("market").await;
    assert_eq!(world.get(ADMIN, &list).await.expect(200)["lines"], 6, "what waits for a file is not over");
    world.database.execute("DELETE FROM disposal_lines").await;
    world.database.execute("DELETE FROM disposal_lists").await;
    let id = world.database.id(id_of(&declared));
    world.database.execute(&format!("UPDATE evidence SET status = 'DISCARDED' WHERE id = {id}")).await;
    let list = world.disposal_list("market").await;
    assert_eq!(world.get(ADMIN, &list).await.expect(200)["lines"], 7);
    let refused = world.act(ADMIN, &list, "appraise", Some(destroyed())).await.expect_problem(409, "RECORD_HELD");
    assert_eq!(refused["errors"].as_array().unwrap().len(), 2, "{refused}");
    let ids = [&files[4], &files[0]].map(|file| line_of(&world, &list, file));
    let ids: Vec<_> = futures::future::join_all(ids).await.iter().map(|line| line["id"].clone()).collect();
    let two = json!({ "decision": "DESTROY", "reason": "保管期限届满", "line_ids": ids });
    let refused = world.act(ADMIN, &list, "appraise", Some(two)).await.expect_problem(409, "RECORD_HELD");
    assert_eq!(refused["errors"][0]["pointer"], "/line_ids/1");
    let keep = json!({
        "decision": "KEEP", "keep_years": 5, "reason": "已被保全", "line_ids": [line_of(&world, &list, &files[0]).await["id"]],
    });
    world.act(ADMIN, &list, "appraise", Some(keep)).await.expect(200);
    let release = json!({ "reason": "复议已审结" });
    let justice = world.get("justice", &format!("/api/v1/legal-holds?record_id={}", id_of(&begun))).await.expect(200);
    let theirs = format!("/api/v1/legal-holds/{}", justice["items"][0]["id"].as_str().unwrap());
    let refused = world.act(ADMIN, &theirs, "release", Some(release.clone())).await;
    refused.expect_problem(403, "FORBIDDEN");
    world.act("justice", &theirs, "release", Some(release)).await.expect(200);
    world.assert_audit("legal-holds", id_of(&theirs), "RELEASED", "justice").await;
    assert!(world.waits("justice", &theirs).await.is_empty());
    world.walk_list("market", &list, destroyed(), 3).await;

    // What comes up after the approval is seen all the same.
    hold("justice", "INSPECTION", &files[1], 30).await.expect(201);
    let case = json!({
        "department_id": world.departments["51082103"], "source": "OWN", "title": "检查程序", "facts": "正在核查",
        "subjects": [{ "kind": "INSPECTION", "record_id": id_of(&files[2]) }],
    });
    world.post("justice", "/api/v1/supervision-cases").json(&case).send().await.expect(201);
    let id = world.database.id(id_of(&files[3]));
    world
        .database
        .execute(&format!("UPDATE inspections SET updated_at = '2012-01-05 04:00:00+00:00' WHERE id = {id}"))
        .await;
    let id = world.database.id(id_of(&piece));
    world.database.execute(&format!("UPDATE evidence SET retain_until = '2200-01-01' WHERE id = {id}")).await;
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    world.strike();

    let mut told = BTreeMap::new();
    for line in lines(&world, &list).await {
        told.insert(
            line["record_id"].as_str().unwrap().to_owned(),
            (line["outcome"].clone(), line["obstacle"].clone()),
        );
    }
    let of = |path: &str| told[id_of(path)].clone();
    let not = |why: &str| (json!("NOT_DESTROYED"), json!(why));
    assert_eq!(of(&files[0]), (json!("KEPT"), Value::Null));
    assert_eq!(of(&files[1]), not("HELD"));
    assert_eq!(of(&files[2]), not("SUPERVISED"));
    assert_eq!(of(&files[3]), not("CHANGED"));
    assert_eq!(of(&begun), not("EVIDENCE_KEPT"));
    assert_eq!((of(&files[4]), of(&files[5])), ((json!("DESTROYED"), Value::Null), (json!("DESTROYED"), Value::Null)));
    for left in [&files[0], &files[1], &files[2], &files[3], &begun] {
        world.get(ADMIN, left).await.expect(200);
    }
    world.get(ADMIN, &files[4]).await.expect_problem(410, "RECORD_DESTROYED");

    // The next list has what was not destroyed, and not what is kept on.
    let next = world.disposal_list("market").await;
    let codes: Vec<_> = lines(&world, &next).await.iter().map(|line| line["record_id"].clone()).collect();
    assert_eq!(codes.len(), 4, "{codes:?}");
    assert!(!codes.contains(&json!(id_of(&files[0]))));
    world
        .act(ADMIN, &path, "extend", Some(json!({ "review_on": "2020-01-01", "reason": "仍在诉讼" })))
        .await
        .expect(422);
    let later = crate::harness::today() + chrono::Days::new(90);
    let longer = json!({ "review_on": later, "reason": "仍在诉讼" });
    world.act(ADMIN, &path, "extend", Some(longer)).await.expect(200);
    world.assert_audit("legal-holds", id_of(&path), "EXTENDED", ADMIN).await;
    assert_eq!(world.waiting(ADMIN, &path).await[0]["due_on"], later.to_string());
}

/// RFC 8493, as whoever receives the bag reads it.
fn check_bag(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at).unwrap();
        let full = file.name().unwrap().to_string();
        let (_, name) = full.split_once('/').unwrap();
        let name = name.to_owned();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert!(files.insert(name, content).is_none());
    }
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    assert!(text("bagit.txt").starts_with("BagIt-Version: 1.0\n"));
    for (manifest, payload) in [("manifest-sha256.txt", true), ("tagmanifest-sha256.txt", false)] {
        let listed: BTreeMap<_, _> = text(manifest)
            .lines()
            .map(|line| line.split_once("  ").map(|(sum, name)| (name.to_owned(), sum.to_owned())).unwrap())
            .collect();
        let there =
            files.keys().filter(|name| name.starts_with("data/") == payload && !name.starts_with("tagmanifest"));
        assert_eq!(there.cloned().collect::<Vec<_>>(), listed.keys().cloned().collect::<Vec<_>>());
        for (name, sum) in listed {
            assert_eq!(sum, hex::encode(Sha256::digest(&files[&name])), "{name}");
        }
    }
    let payload: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("data/")).collect();
    let octets: usize = payload.iter().map(|(_, content)| content.len()).sum();
    assert!(text("bag-info.txt").contains(&format!("Payload-Oxum: {octets}.{}\n", payload.len())));
    files
}

#[tokio::test]
async fn what_goes_to_the_archive_goes_as_a_bag_with_its_checksums() {
    let world = World::county().await;
    let (inspection, _) = complete_file(&world).await;
    let object = world.get(ADMIN, &inspection).await.expect(200)["object_id"].clone();
    let clue = world.clue("coordinator", &object, Some("51082103")).await;
    world.walk_clue(&clue, 7).await;
    world.act("coordinator", &clue, "close", None).await.expect(200);
    world.age().await;
    let list = world.disposal_list("market").await;
    let over = json!({ "decision": "HAND_OVER", "reason": "有长久查考价值" });
    world.act(ADMIN, &list, "appraise", Some(over.clone())).await.expect(200);
    world.post(ADMIN, &format!("{list}/package")).send().await.expect_problem(409, "STATE_CONFLICT");
    world.act(ADMIN, &list, "submit", None).await.expect(200);
    world.act("market.head", &list, "approve", None).await.expect(200);
    world.act("justice", &list, "carry-out", Some(witness())).await.expect_problem(409, "STATE_CONFLICT");

    let link =
        world.post(ADMIN, &format!("{list}/package")).send().await.expect(201)["url"].as_str().unwrap().to_owned();
    world.assert_audit("disposal-lists", id_of(&list), "FILE_OPENED", ADMIN).await;
    let read = world.anonymous(Method::GET, &link).send().await;
    assert_eq!((read.status, read.header("content-type")), (200, "application/zip"));
    let files = check_bag(read.content);
    let codes: BTreeMap<_, _> = lines(&world, &list)
        .await
        .into_iter()
        .map(|line| (line["class"].as_str().unwrap().to_owned(), line["code"].as_str().unwrap().to_owned()))
        .collect();
    let (own, of_clue) = (&codes["INSPECTION"], &codes["RISK_CLUE"]);
    assert_eq!(files[&format!("data/{own}/evidence/0001.jpg")], photo(7));
    assert_eq!(
        files.keys().filter(|name| name.starts_with(&format!("data/{own}/documents/"))).count(),
        3,
        "PDF, DOCX, words"
    );
    let papers = format!("data/{own}/documents/");
    let said = files.iter().find(|(name, content)| name.starts_with(&papers) && content.starts_with(b"{"));
    let said: Value = serde_json::from_slice(said.unwrap().1).unwrap();
    assert_eq!(said["service"]["to"], "张三（经营者）", "what is sealed here, the archive has in words");
    let record: Value = serde_json::from_slice(&files[&format!("data/{own}/file.json")]).unwrap();
    assert_eq!((&record["inspections"][0]["code"], record["follow-ups"].as_array().unwrap().len()), (&json!(own), 1));
    let record: Value = serde_json::from_slice(&files[&format!("data/{of_clue}/file.json")]).unwrap();
    assert_eq!(record["measures"].as_array().unwrap().len(), 1);
    let transfer: Value = serde_json::from_slice(&files["data/transfer.json"]).unwrap();
    assert_eq!(transfer["files"].as_array().unwrap().len(), 2);

    // With the archive's receipt they have their outcome, and stay here for five years more.
    let receipt =
        json!({ "receiver": "旺苍县档案馆", "receipt_no": "旺档接〔2026〕12号", "handed_over_on": "2020-01-01" });
    let refused = world.act(ADMIN, &list, "hand-over", Some(receipt)).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(refused["errors"][0]["pointer"], "/handed_over_on");
    let today = crate::harness::today();
    let receipt = json!({ "receiver": "旺苍县档案馆", "receipt_no": "旺档接〔2026〕12号", "handed_over_on": today });
    world.act(ADMIN, &list, "hand-over", Some(receipt)).await.expect(200);
    world.assert_audit("disposal-lists", id_of(&list), "HANDED_OVER", ADMIN).await;
    world.act("justice", &list, "carry-out", Some(witness())).await.expect(200);
    world.strike();
    let done = world.get(ADMIN, &list).await.expect(200);
    assert_eq!((&done["status"], &done["outcomes"]["handed_over"]), (&json!("DONE"), &json!(2)));
    let line = line_of(&world, &list, &inspection).await;
    let until = today.checked_add_months(chrono::Months::new(60)).unwrap().to_string();
    assert_eq!((&line["outcome"], &line["keep_until"]), (&json!("HANDED_OVER"), &json!(until)));
    assert_eq!(
        line["sha256"],
        hex::encode(Sha256::digest(&files[&format!("data/{own}/file.json")])),
        "what went is what the list says"
    );
    world.get(ADMIN, &inspection).await.expect(200);
    world.get(ADMIN, &clue).await.expect(200);

    let schedule = world.get("market.head", "/api/v1/retention-schedule").await.expect(200);
    let years: BTreeMap<_, _> = schedule["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| (class["class"].as_str().unwrap(), class["years"].clone()))
        .collect();
    assert_eq!((&years["INSPECTION"], &years["DRAW"]), (&json!(10), &Value::Null));
    assert_eq!(LONG_AGO.get(..4), Some("2010"));
}
