//! What a document says from what is stored: gathered in a constant number of statements.

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::inspections::inspecting_bodies;
use crate::persistence::inspections::inspections as inspection_store;
use crate::persistence::records::documents as store;
use crate::persistence::register::{departments, objects};
use crate::persistence::visits::visits as visit_store;
use crate::service::inspections::inspections::{Inspection, ToAnswer, complete_one, to_answer};
use chrono::{DateTime, Utc};
use domain::kernel::clocks::calendar::local_moment;
use domain::records::documents::templates::{Values, in_words};
use domain::records::evidence::EvidenceStatus;
use entity::records::documents::Model;
use entity::register::objects as object;
use entity::visits::visits as visit;
use sea_orm::ConnectionTrait;

/// The values of the fields, those that are known.
pub async fn gather(app: &App, conn: &impl ConnectionTrait, ctx: &Ctx, row: &Model) -> Result<Values> {
    let inspection = inspection_store::get(conn, ctx, row.inspection_id).await?;
    let to_answer = to_answer(conn, ctx, &inspection).await?;
    let visit = visit_store::by_ids(conn, inspection.visit_id.into_iter().collect()).await?.into_values().next();
    let object = objects::by_ids(conn, vec![row.object_id]).await?.remove(&row.object_id);
    let body = inspecting_bodies::published_of(conn, &[row.department_id]).await?;
    let department = departments::get(conn, row.department_id).await?;
    let about = match row.about_id {
        Some(about) => store::issued_of(conn, row.inspection_id, about).await?,
        None => None,
    };
    let done = complete_one(conn, inspection).await?;

    // Who is entrusted acts in the name of whoever entrusted it.
    let own = body.iter().find(|body| body.department_id == row.department_id);
    let principal = own.and_then(|own| own.principal_id);
    let own = body.iter().find(|body| Some(body.department_id) == principal).or(own).map(|body| body.name.clone());
    let part = match done.inspection.visit_id {
        Some(visit) => visit_store::part(conn, visit, row.department_id).await?,
        None => None,
    };
    let mut values = Values::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            values.insert(name.to_owned(), value);
        }
    };
    put("body_name", Some(own.unwrap_or(department.name)));
    if let Some((at, opinion)) = part.and_then(|part| Some((part.approved_at?, part.opinion))) {
        put("head_opinion", Some(opinion.unwrap_or_else(|| "同意".to_owned())));
        put("head_approved_at", Some(local_moment(at)));
    }
    put("about", about.map(|about| format!("{} {}", about.kind.label(), about.number.unwrap_or_default())));
    for (name, value) in of_object(object.as_ref()).into_iter().chain(of_visit(visit.as_ref())) {
        put(name, value);
    }
    for (name, value) in of_inspection(app, &done, &to_answer) {
        put(name, value);
    }

    Ok(values)
}

type Named = Vec<(&'static str, Option<String>)>;

fn of_object(object: Option<&object::Model>) -> Named {
    let Some(object) = object else { return Vec::new() };
    let address = object.business_address.clone().or_else(|| object.registered_address.clone());
    vec![
        ("object_name", Some(object.name.clone())),
        ("object_uscc", object.uscc.clone()),
        ("object_address", address),
        ("object_representative", object.legal_representative.clone()),
    ]
}

fn of_visit(visit: Option<&visit::Model>) -> Named {
    let Some(visit) = visit else { return Vec::new() };
    let moment = |at: Option<DateTime<Utc>>| at.map(local_moment);
    let (from, to) = (in_words(visit.window_from), in_words(visit.window_to));
    let window = if from == to { from } else { format!("{from}至{to}") };
    vec![
        ("visit_code", Some(visit.code.clone())),
        ("visit_purpose", Some(visit.purpose.clone())),
        ("visit_reason", Some(visit.on_site_reason.clone())),
        ("visit_window", Some(window)),
        ("entered_at", moment(visit.entered_at)),
        ("left_at", moment(visit.left_at)),
    ]
}

fn of_inspection(app: &App, done: &Inspection, asked: &ToAnswer) -> Named {
    let Inspection { inspection, parts, officers, .. } = done;
    let label = |table: &str, code: &str| {
        let values = app.tables.get(table).map(|table| table.values.as_slice()).unwrap_or_default();
        values.iter().find(|value| value.code == code).map_or_else(|| code.to_owned(), |value| value.label_zh.clone())
    };
    let name = |spot: &entity::spot_checks::spot_check_items::Model| match &spot.sub_item {
        Some(sub) => format!("{}（{sub}）", spot.name),
        None => spot.name.clone(),
    };
    let people = parts.officers.iter().map(|officer| {
        let name = officers.get(&officer.personnel_id).map_or("", String::as_str);
        match &officer.certificate_no {
            Some(certificate) => format!("{name}（证号{certificate}）"),
            None => name.to_owned(),
        }
    });
    let checks = asked.items.iter().flat_map(|(spot, used)| {
        let answers = parts.checks.iter().filter(|check| check.spot_check_item_id == spot.id);
        answers.map(|answer| {
            let point = usize::try_from(answer.number).ok().and_then(|at| used.check_points.get(at.checked_sub(1)?));
            let point = point.map_or_else(
                || name(spot),
                |point| point.name.clone().or_else(|| point.content.clone()).unwrap_or_default(),
            );
            let fact = answer.fact.as_deref().map(|fact| format!("，{fact}")).unwrap_or_default();
            format!("{point}：{}{fact}。", label("item-result", &answer.result))
        })
    });
    let checks: Vec<_> = checks.enumerate().map(|(at, line)| format!("{}. {line}", at + 1)).collect();
    let problems: Vec<_> = parts.points.iter().filter_map(|point| point.problem.clone()).collect();
    let results: Vec<_> = parts.results.iter().map(|code| label("spot-result", code)).collect();
    let kept = parts.evidence.iter().filter(|(_, status)| *status == EvidenceStatus::Kept).count();
    let basis: Vec<_> = asked.items.iter().filter_map(|(spot, _)| spot.legal_basis.clone()).collect();

    vec![
        ("inspection_code", Some(inspection.code.clone())),
        ("task_name", Some(asked.task.name.clone())),
        ("items", Some(asked.items.iter().map(|(spot, _)| name(spot)).collect::<Vec<_>>().join("、"))),
        ("item_basis", Some(unique(basis).join("；"))),
        ("officers", Some(people.collect::<Vec<_>>().join("、"))),
        ("officer_count", Some(parts.officers.len().to_string())),
        ("inspected_on", inspection.inspected_on.map(in_words)),
        ("checks", Some(checks.join("\n"))),
        ("problems", Some(problems.join("；"))),
        ("result", Some(results.join("；"))),
        ("summary", inspection.summary.clone()),
        ("evidence", (kept > 0).then(|| format!("{kept}份（电子证据，摘要见平台登记）"))),
    ]
}

fn unique(texts: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}
