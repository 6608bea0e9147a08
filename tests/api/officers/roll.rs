//! The justice bureau's roll of fifty thousand in one stream.

use crate::harness::World;
use serde_json::json;
use std::fmt::Write;

const PEOPLE: usize = 50_000;

#[tokio::test]
async fn a_roll_of_fifty_thousand_is_compared_in_one_stream_and_flat_memory() {
    let world = World::county().await;
    let people = world.get("justice", "/api/v1/personnel?limit=200").await.expect(200);
    let people = people["items"].as_array().unwrap();
    let mut roll = "姓名,执法证号,部门编码,有效期至\n".to_owned();
    for at in 0..PEOPLE - 2 {
        let _ = writeln!(roll, "名册{at},R-{at:06},51082103,2031-12-31");
    }
    let certificate = |at: usize| people[at]["certificates"][0]["certificate_no"].as_str().unwrap().to_owned();
    let _ = writeln!(roll, "{},{},,", people[0]["name"].as_str().unwrap(), certificate(0));
    let _ = writeln!(roll, "换了名字,{},,", certificate(1));
    let before = world.server.resident_kib();
    let import = world.import("justice-roll", roll.into_bytes()).await;
    let grown = world.server.resident_kib().saturating_sub(before) / 1024;
    assert_eq!(import["rows_created"], json!(PEOPLE), "{import}");
    assert!(grown < 64, "{grown} MiB more");
    let path = format!("/api/v1/rolls/{}", import["id"].as_str().unwrap());
    let told = world.get("justice", &path).await.expect(200);
    let living =
        people.iter().flat_map(|one| one["certificates"].as_array().unwrap()).filter(|one| one["status"] == "ACTIVE");
    let living = i64::try_from(living.count()).unwrap();
    assert_eq!(told["on_roll"], json!(PEOPLE));
    assert_eq!((&told["registered"], &told["equal"], &told["different"]), (&json!(2), &json!(1), &json!(1)), "{told}");
    assert_eq!((&told["missing"], &told["extra"]), (&json!(PEOPLE - 2), &json!(living - 2)), "{told}");
    let different = world.get("justice", &format!("{path}/differences?kind=DIFFERENT")).await.expect(200);
    assert_eq!(
        (&different["items"][0]["field"], &different["items"][0]["roll_value"]),
        (&json!("name"), &json!("换了名字"))
    );
    // A department sees its own.
    let own = world.get("agri.admin", &format!("{path}/differences?limit=200")).await.expect(200);
    let market = json!(world.departments["51082103"]);
    let own = own["items"].as_array().unwrap();
    assert!(!own.is_empty() && own.iter().all(|row| row["department_id"] != market && !row["department_id"].is_null()));
    world.assert_audit("rolls", import["id"].as_str().unwrap(), "FINISHED", "justice").await;
}
