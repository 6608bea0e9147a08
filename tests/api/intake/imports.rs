//! Files as they come.

use crate::harness::{World, repo_file, run, shared_data};
use serde_json::Value;

#[track_caller]
pub fn counts(import: &Value) -> [i64; 5] {
    let count = |name: &str| import[name].as_i64().unwrap_or_else(|| panic!("{import}"));
    let [total, created, updated, unchanged, rejected, skipped] =
        ["rows_total", "rows_created", "rows_updated", "rows_unchanged", "rows_rejected", "rows_skipped"].map(count);
    assert_eq!(total, created + updated + unchanged + rejected + skipped, "every row is accounted for: {import}");
    [total, created, updated, unchanged, rejected]
}

async fn findings(world: &World, import: &Value) -> Vec<(i64, String, String)> {
    let path = format!("/api/v1/imports/{}/findings?limit=200", import["id"].as_str().unwrap());
    let page = world.get("market.lead", &path).await.expect(200);
    let found = page["items"].as_array().unwrap().iter().map(|finding| {
        let text = |name: &str| finding[name].as_str().unwrap().to_owned();
        assert!(!text("message_zh").is_empty() && !text("message_en").is_empty());
        (finding["row_no"].as_i64().unwrap(), text("field"), text("rule"))
    });
    found.collect()
}

#[tokio::test]
async fn a_messy_register_in_three_encodings() {
    let world = World::bare().await;
    let file = |name: &str| std::fs::read(repo_file(&format!("data/demo/{name}"))).unwrap();
    let first = world.import("objects", file("messy_objects.csv")).await;
    assert_eq!(first["encoding"], "UTF-8");
    let [total, created, updated, unchanged, rejected] = counts(&first);
    assert_eq!((total, updated, unchanged, rejected), (60, 0, 1, 3), "{first}");
    assert_eq!(created, 56);
    let found = findings(&world, &first).await;
    for expected in [
        (5, "统一社会信用代码", "USCC_CHECK_CHARACTER"),
        (8, "统一社会信用代码", "USCC_SHAPE"),
        (11, "统一社会信用代码", "USCC_LOWER_CASE"),
        (14, "企业名称", "REQUIRED"),
        (17, "注册日期", "DATE_INVALID"),
        (20, "注册资金", "AMOUNT_UNREADABLE"),
        (23, "企业名称", "FORMULA_LIKE"),
        (29, "经营范围", "TOO_LONG"),
        (38, "统一社会信用代码", "IDENTIFIED_BY_NAME"),
        (53, "统一社会信用代码", "USCC_SHAPE"),
        (32, "企业名称", "DUPLICATE_IN_FILE"),
        (59, "注册日期", "DATE_IN_FUTURE"),
    ] {
        let expected = (expected.0, expected.1.to_owned(), expected.2.to_owned());
        assert!(found.contains(&expected), "{expected:?} not in {found:?}");
    }
    // The same text in another encoding is the same file.
    for (name, encoding) in [("messy_objects.gb18030.csv", "GB18030"), ("messy_objects.bom.csv", "UTF-8")] {
        let again = world.import("objects", file(name)).await;
        assert_eq!(again["encoding"], encoding);
        let [_, created, updated, unchanged, rejected] = counts(&again);
        assert_eq!((created, updated, unchanged, rejected), (0, 0, 57, 3), "{again}");
    }
    let moved = world.get("market.lead", "/api/v1/objects?name[contains]=锦和").await.expect(200);
    assert_eq!(moved["items"][0]["name"], "旺苍县\"锦和\",商贸有限责任公司");
    let id = moved["items"][0]["id"].as_str().unwrap();
    let entry = world.assert_audit("objects", id, "IMPORTED", "market.lead").await;
    let me = world.get("market.lead", "/api/v1/me").await.expect(200);
    assert_eq!((&entry["actor_id"], &entry["actor_role"]), (&me["id"], &me["role"]), "the sender, not the service");
}

#[tokio::test]
async fn each_data_set_is_taken_and_the_same_file_changes_nothing() {
    let world = World::county().await;
    for (dataset, file, rows, rejected) in [
        ("personnel", "personnel.csv", 72, 0),
        ("catalogue", "catalogue.csv", 57, 0),
        ("credit-classifications", "credit_classifications.csv", 2_153, -1),
    ] {
        let content = std::fs::read(repo_file(&format!("data/demo/{file}"))).unwrap();
        let [total, created, updated, unchanged, refused] = counts(&world.import(dataset, content).await);
        assert_eq!((total, created, updated), (rows, 0, 0), "{dataset}");
        assert_eq!(unchanged + refused, rows);
        assert!(rejected < 0 || refused == rejected, "{dataset} {refused}");
    }
    let classified = world.get("market.lead", "/api/v1/objects?local_class=DISHONEST&limit=1").await.expect(200);
    assert!(classified["page"]["total"].as_i64().unwrap() > 0);
    let officer = world.get("justice", "/api/v1/personnel?limit=1").await.expect(200)["items"][0].clone();
    assert!(officer["id_number_masked"].as_str().unwrap().contains("********"), "{officer}");
    assert_eq!(officer["certificates"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_published_list_is_kept_beside_the_derived_one() {
    let world = World::bare().await;
    let content = std::fs::read(repo_file("data/demo/spot_check_items.csv")).unwrap();
    assert_eq!(counts(&world.import("spot-check-items", content.clone()).await), [30, 30, 0, 0, 0]);
    assert_eq!(counts(&world.import("spot-check-items", content).await), [30, 0, 0, 30, 0]);
    // It says what may be checked, but stands on no supervision item yet.
    let item = world.get("market.lead", "/api/v1/spot-check-items?limit=1").await.expect(200)["items"][0].clone();
    assert_eq!(item["status"], "DRAFT");
    let path = format!("/api/v1/spot-check-items/{}", item["id"].as_str().unwrap());
    let refused = world.act("market.lead", &path, "publish", None).await.expect_problem(422, "ITEM_NOT_EFFECTIVE");
    assert_eq!(refused["errors"][0]["code"], "NOT_LINKED");
    assert_eq!(refused["rule"]["code"], "ONLY_EFFECTIVE_ITEMS");
}

#[tokio::test]
async fn the_published_files_of_the_city_are_taken_whole() {
    let Some(registry) = shared_data("registry_guangyuan.csv") else { return };
    let world = World::bare().await;
    let first = world.import("objects", registry.clone()).await;
    let [total, created, _, _, rejected] = counts(&first);
    assert_eq!((total, created, rejected), (1_356, 1_356, 0), "{first}");
    let found = findings(&world, &first).await;
    assert!(found.iter().any(|(_, field, rule)| field == "统一社会信用代码" && rule == "USCC_LOWER_CASE"));
    let again = counts(&world.import("objects", registry).await);
    assert_eq!(again, [1_356, 0, 0, 1_356, 0]);
    if let Some(items) = shared_data("spot_check_items.csv") {
        let [total, created, updated, unchanged, rejected] =
            counts(&world.import("spot-check-items", items.clone()).await);
        assert_eq!((total, rejected), (79, 0), "{created} {updated} {unchanged}");
        let path = "/api/v1/spot-check-items?name[prefix]=食品经营单位证后监管&limit=10";
        let page = world.get("market.lead", path).await.expect(200);
        let per_mille = page["items"].as_array().unwrap().iter().find(|item| item["ratio_text"] == "抽查比例不少于2‰");
        assert_eq!(per_mille.unwrap()["ratio_floor_bp"], 20, "the text is kept and read");
        let [_, created, updated, ..] = counts(&world.import("spot-check-items", items).await);
        assert_eq!((created, updated), (0, 0));
    }
}

#[tokio::test]
async fn importing_needs_the_right_to_write_what_is_imported() {
    let world = World::bare().await;
    let roster = std::fs::read(repo_file("data/demo/personnel.csv")).unwrap();
    let call = world.post("market.lead", "/api/v1/imports?dataset=personnel").raw("text/csv", roster);
    call.send().await.expect_problem(403, "FORBIDDEN");
    let call = world.post("justice", "/api/v1/imports?dataset=objects").raw("text/csv", b"a\n".to_vec());
    call.send().await.expect_problem(403, "FORBIDDEN");
}

#[tokio::test]
async fn rows_that_are_not_whole_are_refused_and_named() {
    let world = World::bare().await;
    let file =
        "企业名称,统一社会信用代码\n旺苍甲店,\n旺苍乙店,分店,9151\n旺苍丙店\n旺苍丁店,,\n旺苍戊店,\"\n旺苍己店,\n";
    let done = world.import("objects", file.as_bytes().to_vec()).await;
    assert_eq!(counts(&done), [5, 2, 0, 0, 3], "{done}");
    let found: Vec<_> = findings(&world, &done).await.into_iter().map(|(row, _, rule)| (row, rule)).collect();
    for expected in [(2, "COLUMN_COUNT"), (3, "COLUMN_COUNT"), (5, "QUOTE_UNCLOSED")] {
        assert!(found.contains(&(expected.0, expected.1.to_owned())), "{expected:?} not in {found:?}");
    }
    // One byte that is no UTF-8 spoils its row, not the file.
    let mut file = "企业名称,统一社会信用代码\n旺苍庚店,\n旺苍辛".as_bytes().to_vec();
    file.extend(b"\xff,\n");
    let done = world.import("objects", file).await;
    assert_eq!(done["encoding"], "UTF-8");
    assert_eq!(counts(&done), [2, 1, 0, 0, 1], "{done}");
    assert!(findings(&world, &done).await.iter().any(|(row, _, rule)| (*row, rule.as_str()) == (2, "ENCODING")));
    let twice = world.import("objects", "企业名称,统一社会信用代码,企业名称\n甲,,乙\n".as_bytes().to_vec()).await;
    assert_eq!(twice["status"], "FAILED", "{twice}");
}

#[tokio::test]
async fn a_file_of_another_kind_is_refused_with_its_missing_columns() {
    let world = World::bare().await;
    let failed = world.import("objects", "甲,乙\n1,2\n".as_bytes().to_vec()).await;
    assert_eq!(failed["status"], "FAILED");
    assert!(failed["error"].as_str().unwrap().contains("统一社会信用代码"), "{failed}");
    let wrong = world.post("market.lead", "/api/v1/imports?dataset=nonsense").raw("text/csv", b"a\n".to_vec());
    wrong.send().await.expect_problem(400, "INVALID_PARAMETER");
    let wrong = world.post("market.lead", "/api/v1/imports?dataset=objects").raw("application/pdf", b"a\n".to_vec());
    wrong.send().await.expect_problem(415, "UNSUPPORTED_MEDIA_TYPE");
}

#[tokio::test]
async fn the_command_does_what_the_endpoint_does() {
    let world = World::bare().await;
    let file = repo_file("data/demo/messy_objects.csv");
    let (code, out, error) = run(&world.database, &["import", "objects", file.to_str().unwrap()]);
    assert_eq!(code, 0, "{error}");
    let expected = "objects: 60 rows = 56 created + 0 updated + 1 unchanged + 3 rejected + 0 skipped; ";
    assert!(out.trim().starts_with(expected) && out.trim().ends_with("findings (UTF-8)"), "{out}");
    let (code, _, error) = run(&world.database, &["import", "nonsense", file.to_str().unwrap()]);
    assert_eq!(code, 1);
    assert!(error.contains("credit-classifications") && error.lines().count() == 1, "{error}");
}
