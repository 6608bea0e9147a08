//! What goes to the archive, read as the archive reads it.

use super::{ADMIN, complete_file, line_of, lines};
use crate::harness::{LONG_AGO, World, id_of, photo, witness};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};

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
