//! Rows 5 and 6 with their numbers (rules of the trade §18): townships above five per cent, tasks through all stages.

use crate::harness::{World, today};
use entity::inspections::inspections;
use entity::register::objects;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, Database, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};
use uuid::Uuid;

async fn indicator(world: &World, row: &str) -> Value {
    world.get("coordinator", &format!("/api/v1/indicators/{row}")).await.expect(200)
}

fn township<'a>(indicator: &'a Value, code: &str) -> &'a Value {
    let townships = indicator["townships"].as_array().unwrap();
    townships.iter().find(|township| township["township_code"] == code).unwrap()
}

/// A registered enterprise like another, in a township.
fn enterprise(like: &objects::Model, township: Option<&str>) -> objects::Model {
    let id = mingjian::kernel::ctx::new_id();
    objects::Model {
        id,
        identity_key: format!("name:1:{id}"),
        uscc: None,
        name: format!("企业{id}"),
        object_type: "1".to_owned(),
        township_code: township.map(str::to_owned),
        enterprise_type: Some("有限责任公司".to_owned()),
        registration_status: domain::register::objects::RegistrationStatus::Active,
        ..like.clone()
    }
}

async fn add_objects(conn: &DatabaseConnection, rows: Vec<objects::Model>) {
    for part in rows.chunks(200) {
        let part = part.iter().cloned().map(|row| row.into_active_model().reset_all());
        objects::Entity::insert_many(part).exec_without_returning(conn).await.unwrap();
    }
}

/// An approved inspection like another, of an object.
async fn inspect(conn: &DatabaseConnection, like: &inspections::Model, object: Uuid) {
    let id = mingjian::kernel::ctx::new_id();
    let row = inspections::Model {
        id,
        code: id.simple().to_string(),
        draw_id: None,
        object_id: object,
        status: domain::inspections::inspections::InspectionStatus::Approved,
        inspected_on: Some(today()),
        ..like.clone()
    };
    let row = row.into_active_model().reset_all();
    inspections::Entity::insert(row).exec_without_returning(conn).await.unwrap();
}

#[tokio::test]
async fn more_than_five_per_cent_of_a_townships_enterprises() {
    let world = World::county().await;
    let body = world.task_body("样例", &["51082103"]).await;
    let task = world.ready_to_draw(&body, &[("market.lead", "51082103"), ("justice", "51082104")]).await;
    world.act("market.lead", &task, "draw", None).await.expect(200);
    let conn = Database::connect(&world.database.url).await.unwrap();
    let like = objects::Entity::find().one(&conn).await.unwrap().unwrap();
    let visit = inspections::Entity::find().one(&conn).await.unwrap().unwrap();
    // Whoever is there already has left the register.
    let gone = objects::Entity::update_many().col_expr(objects::Column::RegistrationStatus, Expr::value("CANCELLED"));
    gone.filter(objects::Column::Id.is_not_null()).exec(&conn).await.unwrap();

    let empty = indicator(&world, "6").await;
    let townships: Vec<String> = empty["townships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|township| township["township_code"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((townships.len(), &empty["denominator"], &empty["numerator"]), (23, &json!(23), &json!(0)));
    assert_eq!((&empty["row"], &empty["assessable"]), (&json!("6.2"), &json!(false)));

    // 东河: 400 enterprises, 20 inspected, three of them twice. Elsewhere 40, of which eleven townships have 3 inspected, the
    // others 2. 个体工商户, and whoever is nowhere, are in no denominator.
    let east = "510821100";
    let mut by_township = Vec::new();
    for code in &townships {
        let count = if code == east { 400 } else { 40 };
        by_township.push((0..count).map(|_| enterprise(&like, Some(code))).collect::<Vec<_>>());
    }
    let mut rows: Vec<_> = by_township.iter().flatten().cloned().collect();
    rows.extend((0..50).map(|at| objects::Model {
        uscc: (at % 2 == 0).then(|| format!("92510821MA{at:08}")),
        enterprise_type: (at % 2 == 1).then(|| "个体工商户".to_owned()),
        ..enterprise(&like, Some(east))
    }));
    let nowhere = enterprise(&like, None);
    rows.push(nowhere.clone());
    let individuals: Vec<Uuid> = rows.iter().rev().skip(1).take(50).map(|row| row.id).collect();
    add_objects(&conn, rows).await;
    let index = |code: &str| townships.iter().position(|known| known == code).unwrap();
    for object in &by_township[index(east)][..20] {
        inspect(&conn, &visit, object.id).await;
    }
    for object in by_township[index(east)][..3].iter().map(|object| object.id).chain(individuals).chain([nowhere.id]) {
        inspect(&conn, &visit, object).await;
    }
    let others: Vec<_> = townships.iter().filter(|code| *code != east).collect();
    for (at, code) in others.iter().enumerate() {
        for object in &by_township[index(code)][..if at < 11 { 3 } else { 2 }] {
            inspect(&conn, &visit, object.id).await;
        }
    }

    let just = indicator(&world, "6").await;
    let row = township(&just, east);
    let shown = [&row["enterprises"], &row["inspected"], &row["ratio_bp"], &row["covered"]];
    assert_eq!(shown, [&json!(400), &json!(20), &json!(500), &json!(false)], "5.00 % is no more than 5 %");
    assert_eq!(township(&just, others[20])["ratio_bp"], 500);
    assert_eq!((&just["numerator"], &just["denominator"]), (&json!(11), &json!(23)));
    let unknown = just["townships"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&unknown["township_code"], &unknown["enterprises"], &unknown["inspected"]),
        (&Value::Null, &json!(1), &json!(1))
    );

    inspect(&conn, &visit, by_township[index(east)][20].id).await;
    let more = indicator(&world, "TOWNSHIP_COVERAGE").await;
    let row = township(&more, east);
    assert_eq!((&row["inspected"], &row["ratio_bp"], &row["covered"]), (&json!(21), &json!(525), &json!(true)));
    assert_eq!((&more["numerator"], &more["ratio_bp"]), (&json!(12), &json!(5_217)), "12 of 23");
    let missing = world.get("coordinator", "/api/v1/indicators/6/explain?limit=4").await.expect(200);
    assert_eq!((&missing["page"]["total"], &missing["items"].as_array().unwrap().len()), (&json!(11), &4));
    let first = &missing["items"][0];
    assert_eq!(first["reason"], "登记企业 40 户，本年被检查 2 户，不大于 5%");
    let next = missing["page"]["next_cursor"].as_str().unwrap();
    let rest =
        world.get("coordinator", &format!("/api/v1/indicators/6/explain?limit=200&cursor={next}")).await.expect(200);
    assert_eq!(rest["items"].as_array().unwrap().len(), 7);
    assert!(rest["items"][0]["code"].as_str().unwrap() > first["code"].as_str().unwrap());
}
