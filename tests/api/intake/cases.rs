//! The shared cases: files as real people had them, each with what is right. Where they are not at hand, `files.rs` holds
//! the project's own of the same kinds.

use super::imports::counts;
use crate::harness::{World, shared_case};
use serde_json::{Value, json};

/// What an import did and said: created, updated, unchanged, rejected, skipped, and the findings by row, field and rule.
pub struct Done {
    pub import: Value,
    pub counts: [i64; 5],
    pub findings: Vec<Value>,
}

impl Done {
    pub async fn of(world: &World, dataset: &str, content: Vec<u8>) -> Self {
        let import = world.import(dataset, content).await;
        assert_ne!(import["status"], "FAILED", "{import}");
        let [total, created, updated, unchanged, rejected] = counts(&import);
        let skipped = total - created - updated - unchanged - rejected;
        let path = format!("/api/v1/imports/{}/findings?limit=200", import["id"].as_str().unwrap());
        let findings = world.get("business", &path).await.expect(200)["items"].as_array().unwrap().clone();
        let counts = [created, updated, unchanged, rejected, skipped];
        let done = Self { import, counts, findings };
        done.check_refusals();
        done
    }

    /// A refused row has an error, and a row with an error is refused.
    fn check_refusals(&self) {
        let mut refused: Vec<_> = self
            .findings
            .iter()
            .filter(|found| found["severity"] == "ERROR")
            .map(|found| found["row_no"].as_i64())
            .collect();
        refused.dedup();
        assert_eq!(i64::try_from(refused.len()).unwrap(), self.counts[3], "{:?}", self.findings);
    }

    pub fn rules(&self) -> Vec<&str> {
        self.findings.iter().map(|found| found["rule"].as_str().unwrap()).collect()
    }

    #[track_caller]
    pub fn says(&self, row: i64, rule: &str) -> &Value {
        let said = self.findings.iter().find(|found| found["row_no"] == row && found["rule"] == rule);
        said.unwrap_or_else(|| panic!("{row} {rule} not in {:?}", self.findings))
    }
}

async fn objects(world: &World, name: &str) -> Vec<Value> {
    let path = format!("/api/v1/objects?name[prefix]={name}&sort=name&limit=50");
    world.get("market.lead", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn officers(world: &World, name: &str) -> Vec<Value> {
    let path = format!("/api/v1/personnel?name[prefix]={name}&sort=name&limit=50");
    world.get("justice", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

async fn items(world: &World, name: &str) -> Vec<Value> {
    let path = format!("/api/v1/spot-check-items?name[prefix]={name}&limit=50");
    world.get("market.lead", &path).await.expect(200)["items"].as_array().unwrap().clone()
}

/// The case's files, one after another; `None` where the cases are not at hand.
async fn run(world: &World, case: &str, dataset: &str) -> Option<Vec<Done>> {
    let mut done = Vec::new();
    for file in shared_case(case) {
        done.push(Done::of(world, dataset, file).await);
    }
    (!done.is_empty()).then_some(done)
}

#[tokio::test]
async fn codes_and_keys() {
    let world = World::county().await;
    let Some(done) = run(&world, "01-numeric-uscc", "objects").await else { return };
    assert_eq!((done[0].counts, done[0].rules()), ([0, 0, 0, 4, 0], vec!["DIGITS_LOST"; 4]));

    let done = run(&world, "03-zeros-uscc", "objects").await.unwrap();
    assert_eq!(done[0].counts, [2, 0, 0, 0, 0]);
    assert!(objects(&world, "旺苍零").await.iter().all(|object| object["uscc"] == Value::Null));
    let none = world.get("market.lead", "/api/v1/objects?uscc=000000000000000000").await.expect(200);
    assert_eq!(none["page"]["total"], 0);

    let done = run(&world, "05-certificate-none", "personnel").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([0, 0, 0, 3, 0], vec!["REQUIRED"; 3]));
    assert!(officers(&world, "测无").await.is_empty());

    let done = run(&world, "06-same-certificate-twice", "personnel").await.unwrap();
    assert_eq!(done[0].counts, [1, 0, 0, 1, 0]);
    assert!(done[0].says(2, "DUPLICATE_IN_FILE")["message_zh"].as_str().unwrap().contains("第 1 行"));
    for (case, dataset) in [("08-item-two-ratios", "spot-check-items"), ("10-own-item-twice", "own-system-items")] {
        let done = run(&world, case, dataset).await.unwrap();
        assert_eq!((done[0].counts, done[0].rules()), ([1, 0, 0, 1, 0], vec!["DUPLICATE_IN_FILE"]), "{case}");
    }

    let done = run(&world, "20-invisible-in-code", "objects").await.unwrap();
    assert_eq!(done[0].counts, [6, 0, 0, 0, 0]);
    assert!(objects(&world, "旺苍隐").await.iter().filter(|object| object["uscc_valid"] == true).count() == 6);
    let done = run(&world, "47-old-number-then-uscc", "objects").await.unwrap();
    assert_eq!((done[0].counts, done[1].counts), ([1, 0, 0, 0, 0], [0, 1, 0, 0, 0]));
    let one = objects(&world, "旺苍换照店").await;
    assert_eq!((one.len(), &one[0]["uscc"]), (1, &json!("91510821MAR0503459")));
    assert_eq!(one[0]["registration_no"], "510821600012345");

    let done = run(&world, "49-one-id-two-names", "personnel").await.unwrap();
    assert_eq!(done[0].counts, [1, 0, 0, 1, 0]);
    done[0].says(2, "CITIZEN_ID_OF_ANOTHER");
    let done = run(&world, "62-wide-code", "objects").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([2, 0, 0, 0, 0], vec![]));
    let done = run(&world, "63-check-zero", "objects").await.unwrap();
    assert!(done[0].findings.iter().all(|found| found["row_no"] == 2), "{:?}", done[0].findings);
    done[0].says(2, "USCC_SHAPE");
}

#[tokio::test]
async fn the_shape_of_files() {
    let world = World::county().await;
    let Some(done) = run(&world, "11-trailing-blank", "objects").await else { return };
    assert_eq!((done[0].counts, done[0].rules()), ([2, 0, 0, 0, 0], vec![]));
    let done = run(&world, "13-blank-rows-shift", "objects").await.unwrap();
    let found = done[0].says(4, "DATE_INVALID");
    assert_eq!((&found["sheet_row"], done[0].counts), (&json!(5), [2, 0, 0, 0, 0]));

    let done = run(&world, "30-headings-decorated", "personnel").await.unwrap();
    assert_eq!(done[0].counts, [1, 0, 0, 0, 0]);
    let done = run(&world, "31-headings-aliases", "objects").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([1, 0, 0, 0, 0], vec![]));
    let read = &objects(&world, "旺苍别名店").await[0];
    assert_eq!((&read["legal_representative"], &read["established_on"]), (&json!("张**"), &json!("2021-03-05")));
    assert_eq!((&read["registered_capital_fen"], &read["township_code"]), (&json!(100_000_000), &json!("510821101")));
    assert_eq!(read["registration_status"], "CANCELLED");
    let done = run(&world, "33-title-row", "spot-check-items").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([1, 0, 0, 0, 0], vec!["ROWS_ABOVE_HEADINGS"]));

    for case in ["35-semicolon", "37-xls", "58-strict-ooxml", "59-cr-only"] {
        let done = run(&world, case, "objects").await.unwrap();
        assert_eq!((done[0].counts, done[0].rules()), ([1, 0, 0, 0, 0], vec![]), "{case}");
    }
    let done = run(&world, "39-hidden-sheet", "objects").await.unwrap();
    assert_eq!(done[0].counts, [1, 0, 0, 0, 0]);
    assert!(done[0].says(0, "SHEET_READ")["message_zh"].as_str().unwrap().contains("数据"));
    let done = run(&world, "41-merged-cells", "spot-check-items").await.unwrap();
    assert_eq!(done[0].counts, [3, 0, 0, 0, 0]);
    let done = run(&world, "42-roll-total", "justice-roll").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([1, 0, 0, 0, 2], vec!["NOT_A_RECORD"; 2]));
    let done = run(&world, "60-rare-characters", "objects").await.unwrap();
    assert_eq!((done[0].counts, &done[0].import["encoding"]), ([1, 0, 0, 0, 0], &json!("GB18030")));
    let done = run(&world, "66-cr-in-cells", "objects").await.unwrap();
    assert_eq!(done[0].counts, [1, 0, 0, 0, 0]);
    assert_eq!(objects(&world, "旺苍回行店").await[0]["business_scope"], "食品\r\n零售");
}

#[tokio::test]
async fn values_and_what_a_file_does_not_say() {
    let world = World::county().await;
    let Some(done) = run(&world, "15-refused-by-warning-officers", "personnel").await else { return };
    assert_eq!(done[0].counts, [0, 0, 0, 2, 0]);
    let job = world.import("catalogue", shared_case("17-refused-by-warning-catalogue").remove(0)).await;
    let path = format!("/api/v1/imports/{}/findings?severity=ERROR", job["import_id"].as_str().unwrap());
    let found = world.get("business", &path).await.expect(200)["items"].clone();
    assert_eq!((&found[0]["field"], &found[0]["rule"]), (&json!("行政类型"), &json!("NOT_IN_CODE_TABLE")));

    let done = run(&world, "18-dates-with-time", "objects").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([5, 0, 0, 0, 0], vec!["DATE_SERIAL"]));
    assert!(objects(&world, "旺苍日").await.iter().all(|object| object["established_on"] == "2021-09-03"));
    let done = run(&world, "22-place-in-name", "objects").await.unwrap();
    assert_eq!(done[0].rules(), Vec::<&str>::new());
    for name in ["旺苍县朝天门火锅店", "旺苍县昭化豆花店", "旺苍试路店"] {
        let object = &objects(&world, name).await[0];
        assert_eq!(
            (&object["region_code"], &object["township_code"]),
            (&json!("510821"), &json!("510821100")),
            "{name}"
        );
    }
    let done = run(&world, "24-merged-towns", "objects").await.unwrap();
    assert_eq!(done[0].rules(), ["TOWNSHIP_UNKNOWN"; 2]);
    let towns: Vec<_> = objects(&world, "旺苍旧").await.iter().map(|object| object["township_code"].clone()).collect();
    assert!(towns.contains(&json!("510821101")) && towns.contains(&json!("510821121")), "{towns:?}");

    let done = run(&world, "26-percent-cells", "spot-check-items").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([3, 0, 0, 0, 0], vec![]));
    let read: Vec<_> = items(&world, "测试百分比")
        .await
        .iter()
        .map(|item| (item["ratio_floor_bp"].clone(), item["ratio_text"].clone()))
        .collect();
    assert_eq!(read, [(json!(500), json!("5%")), (json!(250), json!("2.5%")), (json!(10_000), json!("100%"))]);
    let done = run(&world, "27-ratio-ranges", "spot-check-items").await.unwrap();
    assert_eq!((done[0].counts, done[0].rules()), ([6, 0, 0, 0, 0], vec![]));
    let read: Vec<_> = items(&world, "测试区间")
        .await
        .iter()
        .map(|item| [item["ratio_floor_bp"].as_i64(), item["ratio_ceiling_bp"].as_i64()])
        .collect();
    let range = [Some(500), Some(1_000)];
    assert_eq!(
        read,
        [range, range, [Some(500), None], [Some(500), None], [None, Some(1_000)], [Some(300), Some(1_000)]]
    );

    let done = run(&world, "44-absent-column-items", "spot-check-items").await.unwrap();
    assert_eq!((done[0].counts, done[1].counts), ([1, 0, 0, 0, 0], [0, 0, 1, 0, 0]));
    let done = run(&world, "51-list-commas", "personnel").await.unwrap();
    assert_eq!(done[0].counts, [3, 0, 0, 0, 0]);
    assert!(
        officers(&world, "测列").await.iter().all(|officer| officer["qualifications"].as_array().unwrap().len() == 2)
    );
    let done = run(&world, "53-entity-in-name", "objects").await.unwrap();
    assert_eq!(done[0].rules(), ["CHARACTER_REFERENCE"]);
    assert_eq!(objects(&world, "旺苍生僻店").await[0]["legal_representative"], "汪䶮");
    let done = run(&world, "54-credit-wording", "credit-classifications").await.unwrap();
    assert!(
        done[0].rules().iter().all(|rule| *rule == "BATCH_IN_FUTURE"),
        "the levels are read: {:?}",
        done[0].findings
    );
    let done = run(&world, "56-zh-date-formats", "objects").await.unwrap();
    assert!(done.iter().all(|done| done.counts == [1, 0, 0, 0, 0] && done.findings.is_empty()));
    assert!(objects(&world, "旺苍历").await.iter().all(|object| object["established_on"] == "2021-09-03"));
    let done = run(&world, "65-blank-keeps", "objects").await.unwrap();
    assert_eq!(done[1].counts, [0, 0, 1, 0, 0]);
}

#[tokio::test]
async fn a_catalogue_of_somebody_else_cancels_nothing() {
    let world = World::county().await;
    let files = shared_case("67-catalogue-guard");
    let Some(file) = files.first() else { return };
    for _ in 0..2 {
        let job = world.import("catalogue", file.clone()).await;
        assert_eq!(job["status"], "FAILED", "{job}");
    }
    let page = world.get("business", "/api/v1/items?state=CANCELLED&limit=1&total=exact").await.expect(200);
    assert_eq!(page["page"]["total"], 0);
}
