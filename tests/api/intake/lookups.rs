//! What was taken in is found again: by a code however it is typed, by when it changed, by a text that shows.

use super::cases::Done;
use super::files::{object, uscc};
use crate::harness::World;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_code_is_found_however_it_is_typed() {
    let world = World::bare().await;
    let code = uscc(51);
    let file = format!("企业名称,统一社会信用代码\n旺苍找店,{code}\n");
    Done::of(&world, "objects", file.into_bytes()).await;
    let wide: String = code
        .chars()
        .map(|c| if c.is_ascii_digit() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c })
        .collect();
    for typed in
        [code.to_ascii_lowercase(), format!("%20{code}"), format!("{code}%C2%A0"), wide, format!("{code}%E2%80%8B")]
    {
        let page = world.get("market.lead", &format!("/api/v1/objects?uscc={typed}")).await.expect(200);
        assert_eq!(page["page"]["total"], 1, "{typed}");
    }
    let part = format!("/api/v1/objects?uscc[prefix]={}", code[..14].to_ascii_lowercase());
    assert_eq!(world.get("market.lead", &part).await.expect(200)["page"]["total"], 1);
}

#[tokio::test]
async fn what_changed_since_is_asked_for() {
    let world = World::bare().await;
    let body = |name: &str| json!({ "name": name, "object_type": "1", "region_code": "510821" });
    for name in ["先", "后"] {
        world.post("market.lead", "/api/v1/objects").json(&body(name)).send().await.expect(201);
    }
    let first = object(&world, "先").await;
    let path = format!("/api/v1/objects/{}", first["id"].as_str().unwrap());
    world
        .request(Method::PATCH, "market.lead", &path)
        .if_match(1)
        .json(&json!({ "business_scope": "零售" }))
        .send()
        .await
        .expect(200);
    let newest =
        world.get("market.lead", "/api/v1/objects?sort=-updated_at&limit=1").await.expect(200)["items"][0].clone();
    assert_eq!(newest["name"], "先");
    let since = newest["updated_at"].as_str().unwrap();
    let page = world.get("market.lead", &format!("/api/v1/objects?updated_at[gte]={since}&sort=updated_at")).await;
    assert_eq!(page.expect(200)["page"]["total"], 1);
    for noun in ["inspections", "risk-clues", "credit-classifications", "items", "plans", "tasks", "personnel"] {
        let path = format!("/api/v1/{noun}?updated_at[gte]={since}&sort=-updated_at");
        world.get("business", &path).await.expect(200);
    }
}

#[tokio::test]
async fn a_text_needs_something_to_see() {
    let world = World::bare().await;
    for blank in ["\u{200b}", "\u{3000}", "\u{feff}\u{ad}", "\u{3164}"] {
        let body = json!({ "name": blank, "object_type": "1", "region_code": "510821" });
        let refused = world.post("market.lead", "/api/v1/objects").json(&body).send().await;
        let refused = refused.expect_problem(422, "INVALID_BODY");
        assert_eq!(
            (&refused["errors"][0]["pointer"], &refused["errors"][0]["code"]),
            (&json!("/name"), &json!("BLANK"))
        );
    }
    let file = "企业名称,统一社会信用代码\n\u{200b},\n甲\u{200b}店,\n";
    let done = Done::of(&world, "objects", file.as_bytes().to_vec()).await;
    assert_eq!(done.counts, [1, 0, 0, 0, 0], "a row without anything to see is blank");
}
