//! 数据集目录: described, approved, signed by whoever answers for it; what does not come is told.

use crate::harness::{World, id_of, repo_file, today};
use serde_json::{Value, json};

const PLATFORM: &str = "business";
const OFFICE: &str = "coordinator";
const DUTY: &str = "market.admin";
const MARKET: &str = "51082103";

async fn shown(world: &World, set: &str) -> Value {
    world.get(PLATFORM, set).await.expect(200)
}

fn actions(set: &Value) -> Vec<&str> {
    set["allowed_actions"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_plan_is_in_force_when_its_duty_person_has_signed() {
    let world = World::county().await;
    let catalogue = world.get("market.officer", "/api/v1/data-sets").await.expect(200);
    let items = catalogue["items"].as_array().unwrap();
    assert_eq!((items.len(), &items[0]["content"], &items[12]["content"]), (13, &json!("ITEMS"), &json!("RESULTS")));
    assert!(items.iter().all(|set| set["status"] == "DRAFT" && set["lacks"][0] == "NO_PLAN"));

    let set = world.data_set("CHECKS").await;
    world.assert_audit("data-sets", id_of(&set), "CREATED", "data-sets").await;
    assert_eq!(world.waits(PLATFORM, &set).await, ["DATA_SET_TO_DESCRIBE"]);
    world.act(PLATFORM, &set, "submit", None).await.expect_problem(409, "STATE_CONFLICT");

    // Everything that is wrong is named at once.
    let good = world.data_set_body("WEEKLY", MARKET, DUTY).await;
    let mut bad = good.clone();
    bad["department_id"] = json!("0198f2a0-0000-7000-8000-000000000001");
    bad["duty_user_id"] = world.user_id("agri.admin").await;
    let told = world.describe(&set, &bad).await.expect_problem(422, "INVALID_BODY");
    let pointers: Vec<_> = told["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/department_id", "/duty_user_id"]);
    let mut bad = good.clone();
    bad["duty_user_id"] = world.user_id("market.officer").await;
    world.describe(&set, &bad).await.expect_problem(422, "INVALID_BODY");
    let mut bad = good.clone();
    bad["share"] = json!("WITHHELD");
    let told = world.describe(&set, &bad).await.expect_problem(422, "INVALID_BODY");
    assert_eq!(told["errors"][0]["pointer"], "/share_basis");

    let described = world.describe(&set, &good).await.expect(200);
    assert_eq!((&described["duty_person"], &described["status"]), (&json!(DUTY), &json!("DRAFT")));
    world.assert_audit("data-sets", id_of(&set), "UPDATED", PLATFORM).await;
    world.act(PLATFORM, &set, "submit", None).await.expect(200);
    world.assert_audit("data-sets", id_of(&set), "SUBMITTED", PLATFORM).await;
    assert_eq!(world.waits(OFFICE, &set).await, ["DATA_SET_TO_APPROVE"]);
    let reason = Some(json!({ "reason": "频次不够" }));
    let returned = world.act(OFFICE, &set, "return", reason.clone()).await.expect(200);
    assert_eq!((&returned["return_reason"], &returned["status"]), (&json!("频次不够"), &json!("DRAFT")));
    world.assert_audit("data-sets", id_of(&set), "RETURNED", OFFICE).await;
    world.act(PLATFORM, &set, "submit", None).await.expect(200);
    world.act(OFFICE, &set, "approve", None).await.expect(200);
    world.assert_audit("data-sets", id_of(&set), "APPROVED", OFFICE).await;

    // Whoever is named signs, and nobody for them.
    assert_eq!(world.waits(DUTY, &set).await, ["DATA_SET_TO_SIGN"]);
    for other in ["market.reviewer", PLATFORM, OFFICE] {
        assert!(world.waits(other, &set).await.is_empty(), "{other}");
        let version = shown(&world, &set).await["version"].as_i64().unwrap();
        let signed = world.post(other, &format!("{set}/sign")).if_match(version).keyed().send().await;
        signed.expect_problem(404, "NOT_FOUND");
    }
    assert_eq!(actions(&world.get(DUTY, &set).await.expect(200)), ["SIGN"]);
    let signed = world.act(DUTY, &set, "sign", None).await.expect(200);
    assert_eq!((&signed["status"], &signed["in_force_on"]), (&json!("IN_FORCE"), &json!(today())));
    assert_eq!(signed["lacks"], json!(["NEVER_ARRIVED"]));
    world.assert_audit("data-sets", id_of(&set), "SIGNED", DUTY).await;
    assert_eq!(world.waits(DUTY, &set).await, ["DATA_SET_TO_UPDATE"]);
    let entries = world.waiting(PLATFORM, &set).await;
    assert_eq!((&entries[0]["kind"], &entries[0]["due_on"]), (&json!("DATA_SET_TO_REVIEW"), &signed["review_on"]));
    assert!(entries.len() == 1 && signed["review_on"].as_str() > signed["in_force_on"].as_str());

    // The year's review moves the next one on; a revision leaves in force what was agreed.
    world.database.execute("UPDATE data_sets SET review_on = '2026-01-05'").await;
    world.strike();
    assert_eq!(shown(&world, &set).await["lacks"], json!(["REVIEW_OVERDUE", "NEVER_ARRIVED"]));
    let reviewed = world.act(PLATFORM, &set, "review", Some(json!({ "reason": "方案适用" }))).await.expect(200);
    assert_eq!((&reviewed["review_on"], &reviewed["lacks"]), (&signed["review_on"], &json!(["NEVER_ARRIVED"])));
    world.assert_audit("data-sets", id_of(&set), "EXAMINED", PLATFORM).await;
    world.act(PLATFORM, &set, "revise", reason).await.expect(200);
    world.assert_audit("data-sets", id_of(&set), "REOPENED", PLATFORM).await;
    let other = world.data_set_body("DAILY", MARKET, "market.reviewer").await;
    let revised = world.walk_data_set(&set, &other, "", 2).await;
    let agreed = (&revised["cadence"], &revised["agreed_cadence"], &revised["signed_by"]);
    assert_eq!(agreed, (&json!("DAILY"), &json!("WEEKLY"), &signed["signed_by"]));
    // Until somebody else has signed, it is whose it was.
    assert_eq!(world.waits(DUTY, &set).await, ["DATA_SET_TO_UPDATE"]);
    assert_eq!(world.waits("market.reviewer", &set).await, ["DATA_SET_TO_SIGN"]);
    let signed = world.act("market.reviewer", &set, "sign", None).await.expect(200);
    assert_eq!(signed["agreed_cadence"], "DAILY");
    assert!(world.waits(DUTY, &set).await.is_empty(), "somebody else answers for it now");
    assert_eq!(world.waits("market.reviewer", &set).await, ["DATA_SET_TO_UPDATE"]);
}

/// What is right brings a set up to date, whichever way it comes; what is wrong does not, and what is the same again does.
#[tokio::test]
async fn a_set_is_up_to_date_when_something_right_has_come() {
    let world = World::county().await;
    let set = world.data_set("CHECKS").await;
    let body = world.data_set_body("WEEKLY", MARKET, DUTY).await;
    world.walk_data_set(&set, &body, DUTY, 3).await;
    let fresh = async || {
        let told = world.get(OFFICE, "/api/v1/indicators/11.1").await.expect(200);
        assert_eq!(told["denominator"], 13);
        let same = world.get(OFFICE, "/api/v1/indicators/DATA_SET_UPDATE").await.expect(200);
        assert_eq!((&same["numerator"], &same["row"]), (&told["numerator"], &json!("13.2")));
        told["numerator"].as_u64().unwrap()
    };
    let before = fresh().await;
    let named = world.get(OFFICE, "/api/v1/indicators/11/explain?limit=20").await.expect(200);
    assert_eq!(named["items"].as_array().unwrap().len() as u64, 13 - before);
    let of_checks = |named: &Value| {
        let mut items = named["items"].as_array().unwrap().iter();
        items.find(|item| item["code"] == "CHECKS").map(|item| item["reason"].as_str().unwrap().to_owned())
    };
    assert_eq!(of_checks(&named).as_deref(), Some("从未更新"));
    // A department has what it answers for.
    let own = world.get(DUTY, "/api/v1/indicators/11.1").await.expect(200);
    assert_eq!((&own["numerator"], &own["denominator"]), (&json!(0), &json!(1)));

    let wrong = World::row_with(World::check_row("JC-1"), "I", "13T02:00", &[("check_form", "07")]);
    world.send_row(DUTY, &wrong).await.expect(200);
    world.strike();
    assert_eq!((fresh().await, shown(&world, &set).await["last_arrival_on"].clone()), (before, Value::Null));
    assert_eq!(world.waits(DUTY, &set).await, ["DATA_SET_TO_UPDATE"]);

    let right = World::row_with(World::check_row("JC-1"), "U", "13T03:00", &[]);
    world.send_row(DUTY, &right).await.expect(200);
    let now = shown(&world, &set).await;
    assert!(now["last_arrival_on"] == json!(today()) && now["due_on"].as_str() > Some(&today().to_string()), "{now}");
    assert_eq!((fresh().await, &now["lacks"]), (before + 1, &json!([])));
    world.strike();
    world.assert_audit("data-sets", id_of(&set), "CHECKED", "data-sets").await;
    assert!(world.waits(DUTY, &set).await.is_empty());

    // Weeks later it is late, and who is told first is the duty person, then the platform.
    world.database.execute("UPDATE data_set_arrivals SET day = '2026-06-01' WHERE content = 'CHECKS'").await;
    world.strike();
    let late = shown(&world, &set).await;
    assert_eq!((&late["lacks"], &late["due_on"]), (&json!(["OVERDUE"]), &json!("2026-06-08")));
    let named = world.get(OFFICE, "/api/v1/indicators/11/explain?limit=20").await.expect(200);
    assert_eq!(of_checks(&named).as_deref(), Some("2026-06-01 更新后，应于 2026-06-08 前再次更新"));
    assert_eq!(world.waits(DUTY, &set).await, ["DATA_SET_TO_UPDATE"]);
    assert!(!world.waits(PLATFORM, &set).await.contains(&"DATA_SET_TO_PURSUE".to_owned()));
    world.database.execute("UPDATE worklist_entries SET due_on = '2026-06-15' WHERE kind = 'DATA_SET_TO_UPDATE'").await;
    world.strike();
    world.assert_audit("data-sets", id_of(&set), "ESCALATED", "escalation").await;
    assert!(world.waits(PLATFORM, &set).await.contains(&"DATA_SET_TO_PURSUE".to_owned()));

    // The same again is an arrival: the source was asked, and has nothing else to say.
    world.send_row(DUTY, &right).await.expect(200);
    world.strike();
    assert_eq!(shown(&world, &set).await["lacks"], json!([]));
    assert!(world.waits(DUTY, &set).await.is_empty());
    assert_eq!(world.waits(PLATFORM, &set).await, ["DATA_SET_TO_REVIEW"]);
}

/// A file that brings nothing new has come as well; a file of which nothing is right has not.
#[tokio::test]
async fn files_bring_sets_up_to_date() {
    let world = World::county().await;
    let set = world.data_set("OBJECTS").await;
    let arrived = async || shown(&world, &set).await["last_arrival_on"].clone();
    world.database.execute("UPDATE data_set_arrivals SET day = '2026-06-02' WHERE content = 'OBJECTS'").await;
    assert_eq!(arrived().await, "2026-06-02");

    let headings = "企业名称,统一社会信用代码\n";
    let none = world.import("objects", format!("{headings},91510821MA0000000X\n").into_bytes()).await;
    assert_eq!(none["rows_rejected"], 1);
    assert_eq!(arrived().await, "2026-06-02");
    // Classes of credit follow their batch: nothing of the objects has come.
    let classes = std::fs::read(repo_file("data/demo/credit_classifications.csv")).unwrap();
    world.import("credit-classifications", classes).await;
    assert_eq!(arrived().await, "2026-06-02");
    let known = world.get(PLATFORM, "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    let (name, number) = (known["name"].as_str().unwrap(), known["uscc"].as_str().unwrap());
    let same = world.import("objects", format!("{headings}{name},{number}\n").into_bytes()).await;
    assert_eq!(same["rows_unchanged"], 1);
    assert_eq!(arrived().await, json!(today()));

    // Rows of behaviours are taken though they are wrong: that is no arrival.
    let checks = world.data_set("CHECKS").await;
    let wrong = "主键,监管事项目录编码,检查行为编号\nX-1,无,X-1\n";
    let taken = world.import_as(DUTY, "checks", wrong.as_bytes().to_vec()).await;
    assert_eq!(taken["rows_created"], 1, "{taken}");
    assert_eq!(shown(&world, &checks).await["last_arrival_on"], Value::Null);
}

/// Whoever answers for a set may leave: then somebody else is to be named.
#[tokio::test]
async fn a_set_whose_duty_person_has_left_is_the_platforms_again() {
    let mut world = World::county().await;
    world.make_user("market.data", "DEPARTMENT_ADMIN", MARKET, Value::Null).await;
    let set = world.data_set("CLUES").await;
    let body = world.data_set_body("WEEKLY", MARKET, "market.data").await;
    world.walk_data_set(&set, &body, "market.data", 3).await;
    let unsigned = world.data_set("PLANS").await;
    world.walk_data_set(&unsigned, &body, "market.data", 2).await;
    let user = format!("/api/v1/users/{}", world.user_id("market.data").await.as_str().unwrap());
    world.act("root", &user, "disable", None).await.expect(200);
    world.strike();
    let left = shown(&world, &set).await;
    assert_eq!(left["lacks"], json!(["NO_DUTY_PERSON", "NEVER_ARRIVED"]));
    assert_eq!(world.waits(PLATFORM, &set).await, ["DATA_SET_TO_DESCRIBE", "DATA_SET_TO_PURSUE"]);
    // Nor does a plan wait for somebody who will not sign it.
    assert_eq!(world.waits(PLATFORM, &unsigned).await, ["DATA_SET_TO_DESCRIBE"]);
    assert_eq!(shown(&world, &unsigned).await["lacks"][0], "NO_DUTY_PERSON");

    world.act(PLATFORM, &set, "revise", Some(json!({ "reason": "更换责任人" }))).await.expect(200);
    let body = world.data_set_body("WEEKLY", MARKET, DUTY).await;
    let signed = world.walk_data_set(&set, &body, DUTY, 3).await;
    assert_eq!(signed["lacks"], json!(["NEVER_ARRIVED"]));
    assert_eq!(world.waits(PLATFORM, &set).await, ["DATA_SET_TO_REVIEW"]);
    assert_eq!(world.waits(DUTY, &set).await, ["DATA_SET_TO_UPDATE"]);
}

/// A database of before there was a catalogue: what had come has come.
#[tokio::test]
async fn what_came_before_there_was_a_catalogue_has_come() {
    let mut world = World::county().await;
    for table in ["data_sets", "data_set_arrivals"] {
        world.database.execute(&format!("DELETE FROM {table}")).await;
    }
    world.restart();
    let page = world.get(PLATFORM, "/api/v1/data-sets").await.expect(200);
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 13);
    let came: Vec<_> =
        items.iter().filter(|set| set["last_arrival_on"].is_string()).map(|set| &set["content"]).collect();
    assert_eq!(came, ["ITEMS", "IMPLEMENTATION_LISTS", "OBJECTS", "OFFICERS", "CREDIT"]);
}
