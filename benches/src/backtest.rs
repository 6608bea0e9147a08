//! A backtest over 1,000,000 inspections as a job: time, rows a second, and memory that does not grow.
//!
//! `cargo run --release -p benches --bin backtest -- sqlite:///tmp/backtest.db` (an empty database)
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and stops where it cannot go on")]

use chrono::{Days, NaiveDate};
use domain::credit::CreditClass;
use domain::register::objects::RegistrationStatus;
use domain::risks::risk_models::{FactKind, ModelState};
use entity::register::{departments, objects};
use entity::risks::{risk_facts, risk_model_versions, risk_models};
use mingjian::app::App;
use mingjian::config::Settings;
use mingjian::kernel::ctx::{Ctx, new_id, now};
use mingjian::persistence::intake::jobs as job_store;
use mingjian::persistence::kernel::tx::write;
use mingjian::persistence::register::objects as object_store;
use mingjian::persistence::risks::risk_facts as fact_store;
use mingjian::service::risks::risk_models::{BacktestBody, queue_backtest, templates};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, TransactionTrait};
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;

const OBJECTS: usize = 250_000;
/// Inspections of each object, over three years.
const INSPECTIONS: u64 = 4;

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn object(n: usize) -> objects::Model {
    let at = now();
    objects::Model {
        id: new_id(),
        identity_key: format!("bench:{n}"),
        uscc: None,
        uscc_valid: false,
        registration_no: None,
        business_address: None,
        phone: None,
        phone_masked: None,
        registration_authority: None,
        key_supervision: None,
        name: format!("压测第{n}号企业"),
        object_type: "1".to_owned(),
        cert_type: None,
        cert_no: None,
        cert_number: None,
        cert_digest: None,
        personal_address: None,
        region_code: "510821".to_owned(),
        township_code: Some(format!("5108211{:02}", n % 23)),
        registered_address: None,
        address_digest: None,
        industry_code: None,
        enterprise_type: None,
        legal_representative: None,
        registered_capital_fen: Some(i64::try_from(n % 1_000).unwrap() * 10_000_000),
        registered_capital_text: None,
        established_on: None,
        business_scope: None,
        registration_status: RegistrationStatus::Active,
        local_class: CreditClass::Unclassified,
        local_class_batch: None,
        local_class_batch_id: None,
        tags: Vec::new().into(),
        version: 1,
        created_at: at,
        updated_at: at,
    }
}

/// One inspection is an INSPECTED fact; an eighth of the enterprises fail every time, another every second time.
fn facts(object: Uuid, n: usize, department: Uuid) -> Vec<risk_facts::Model> {
    let begin: NaiveDate = "2024-03-01".parse().unwrap();
    let mut facts = Vec::new();
    for visit in 0..INSPECTIONS {
        let on = begin + Days::new(visit * 150 + (n as u64 * 7) % 330);
        let fact = |kind: FactKind| risk_facts::Model {
            id: new_id(),
            object_id: object,
            happened_on: on,
            kind,
            amount: 1,
            party_id: None,
            department_id: Some(department),
            source_id: object,
        };
        facts.push(fact(FactKind::Inspected));
        if n.is_multiple_of(8) || (n % 8 == 4 && visit.is_multiple_of(2)) {
            facts.push(fact(FactKind::ProblemFound));
        }
    }
    facts
}

async fn fill(app: &App) -> Uuid {
    let at = now();
    let department = departments::Model {
        id: new_id(),
        code: "BENCH".to_owned(),
        name: "压测".to_owned(),
        short_name: "压测".to_owned(),
        kind: "DEPARTMENT".to_owned(),
        uscc: None,
        region_code: "510821".to_owned(),
        parent_id: None,
        duty_code: None,
        document_word: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    departments::Entity::insert(department.clone().into_active_model().reset_all()).exec(&app.db).await.unwrap();
    let begun = Instant::now();
    let (mut rows, mut inspections) = (0usize, 0usize);
    let tx = sea_orm::Database::connect(&app.settings.database.url).await.unwrap().begin().await.unwrap();
    for chunk in (0..OBJECTS).collect::<Vec<_>>().chunks(1_000) {
        let models: Vec<_> = chunk.iter().map(|n| object(*n)).collect();
        let facts: Vec<_> =
            models.iter().zip(chunk).flat_map(|(object, n)| facts(object.id, *n, department.id)).collect();
        for models in models.chunks(250) {
            object_store::insert_many(&tx, models.to_vec()).await.unwrap();
        }
        rows += facts.len();
        inspections += facts.iter().filter(|fact| fact.kind == FactKind::Inspected).count();
        fact_store::insert(&tx, facts).await.unwrap();
    }
    tx.commit().await.unwrap();
    println!(
        "{OBJECTS} objects, {inspections} inspections, {rows} facts written in {:.1} s",
        begun.elapsed().as_secs_f64()
    );
    department.id
}

/// A tested version of the first model that ships.
async fn version(app: &App, department: Uuid) -> Uuid {
    let template = templates().unwrap().remove(0);
    let at = now();
    let model = risk_models::Model {
        id: new_id(),
        code: template.code,
        name: template.name,
        domain: template.domain,
        department_id: department,
        latest_number: 1,
        shadow_number: None,
        active_number: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    let version = risk_model_versions::Model {
        id: new_id(),
        model_id: model.id,
        number: 1,
        state: ModelState::Tested,
        content: template.content.domain().unwrap().into(),
        elements_required: 0,
        elements_filled: 0,
        test: None,
        backtest: None,
        shadow: None,
        created_by: Uuid::nil(),
        tested_at: None,
        shadow_at: None,
        activated_by: None,
        activated_at: None,
        retired_at: None,
        retired_reason: None,
        version: 1,
        created_at: at,
        updated_at: at,
    };
    risk_models::Entity::insert(model.into_active_model().reset_all()).exec(&app.db).await.unwrap();
    risk_model_versions::Entity::insert(version.clone().into_active_model().reset_all()).exec(&app.db).await.unwrap();
    version.id
}

#[actix_web::main]
async fn main() {
    let mut settings = Settings::default();
    settings.database.url = std::env::args().nth(1).unwrap();
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::remove_file(secret.path()).unwrap();
    settings.security.secret_file = secret.path().to_owned();
    let app = App::new(settings).await.unwrap();
    app.migrate().await.unwrap();
    let department = fill(&app).await;
    let id = version(&app, department).await;
    let body = BacktestBody { from: "2025-01-01".parse().unwrap(), to: "2025-12-31".parse().unwrap() };
    let ctx = Ctx::system("bench");
    let job = write(&app.db, &ctx, async |tx| queue_backtest(&app, tx, id, 1, body.clone()).await).await.unwrap();
    let before = resident_mib();
    mingjian::jobs::start(&Arc::clone(&app));
    let begun = Instant::now();
    let mut most = before;
    loop {
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
        let job = job_store::get(&app.db, &ctx, job.id).await.unwrap();
        let resident = resident_mib();
        if resident > most + 4 {
            println!("  {:7} of {OBJECTS} objects: {resident} MiB resident", job.done);
        }
        most = most.max(resident);
        if job.status.is_over() {
            let seconds = begun.elapsed().as_secs_f64();
            let report = job.result.unwrap();
            let rows = report["rows"].as_u64().unwrap();
            #[expect(clippy::cast_precision_loss, reason = "some millions")]
            let rate = rows as f64 / seconds;
            println!(
                "backtest with {} cut-offs: {seconds:.1} s, {rate:.0} facts/s; resident {before} MiB before, {most} MiB at most",
                report["cut_offs"].as_array().unwrap().len()
            );
            println!("precision {} recall {} (basis points)", report["precision_bp"], report["recall_bp"]);
            return;
        }
    }
}
