//! A made-up county: real townships, invented enterprises and officers, one joint task run from freeze to publication.

mod accounts;
mod behaviours;
mod bodies;
mod complaints;
mod data_sets;
mod issued;
mod items;
mod libraries;
mod plans;
mod records;
mod risks;
mod supervision;
mod tasks;
mod visits;

use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::{AppError, Result};
use crate::persistence::kernel::tx::write;
use crate::persistence::register::departments as store;
use crate::service::intake::imports;
use crate::service::intake::jobs::Unwatched;
use crate::service::register::departments;
pub use accounts::Account;
use domain::intake::imports::Dataset;
use domain::kernel::refusal::Code;
use domain::kernel::text::text;
use std::io::{Seek, SeekFrom, Write};
use std::sync::Arc;

/// What was loaded, for the screen.
pub struct County {
    pub summary: String,
    pub accounts: Vec<Account>,
}

/// The files of `data/demo`, which the imports take as any county's.
const FILES: [(Dataset, &str, &[u8]); 5] = [
    (Dataset::Objects, "objects.csv", include_bytes!("../../data/demo/objects.csv")),
    (Dataset::Personnel, "personnel.csv", include_bytes!("../../data/demo/personnel.csv")),
    (Dataset::JusticeRoll, "justice_roll.csv", include_bytes!("../../data/demo/justice_roll.csv")),
    (Dataset::Catalogue, "catalogue.csv", include_bytes!("../../data/demo/catalogue.csv")),
    (
        Dataset::CreditClassifications,
        "credit_classifications.csv",
        include_bytes!("../../data/demo/credit_classifications.csv"),
    ),
];

/// Loads the county into an empty database.
pub async fn load(app: &Arc<App>) -> Result<County> {
    if !store::ids_by_code(&app.db).await?.is_empty() {
        return Err(AppError::new(
            Code::Duplicate,
            text!("数据库不为空，演示数据只能装入空库。", "The database is not empty; the demo needs an empty one."),
        ));
    }

    let mut summary = Vec::new();
    load_departments(app).await?;
    for (dataset, name, content) in FILES {
        let done = load_file(app, dataset, name, content).await?;
        summary.push(format!("{} {}", dataset.label(), done.rows_created));
    }
    let accounts = accounts::create(app).await?;
    let bodies = bodies::tell(app).await?;
    let claimed = items::tell(app).await?;
    let story = Box::pin(tasks::tell(app)).await?;
    let issued = Box::pin(issued::tell(app)).await?;
    let risks = Box::pin(risks::tell(app)).await?;
    let complained = Box::pin(complaints::tell(app)).await?;
    let behaved = Box::pin(behaviours::tell(app)).await?;
    let gathered = Box::pin(data_sets::tell(app)).await?;
    let supervised = Box::pin(supervision::tell(app)).await?;

    Ok(County {
        summary: format!(
            "旺苍县演示数据：部门 25，{}；行政检查主体 {bodies}；{claimed}；{story}；{issued}；{risks}；{complained}；{behaved}；{gathered}；{supervised}",
            summary.join("，")
        ),
        accounts,
    })
}

async fn load_departments(app: &App) -> Result<()> {
    let ctx = Ctx::system("demo");
    let mut reader = csv::Reader::from_reader(include_bytes!("../../data/departments.csv").as_slice());
    for record in reader.records() {
        let record = record.map_err(AppError::internal)?;
        let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
        let filled = |at: usize| Some(field(at)).filter(|text| !text.is_empty());
        let parent = match filled(6) {
            Some(code) => store::by_code(&app.db, &code).await?.map(|department| department.id),
            None => None,
        };
        let body = departments::DepartmentBody {
            code: field(0),
            name: field(1),
            short_name: field(2),
            kind: field(3),
            uscc: filled(4),
            region_code: field(5),
            parent_id: parent,
            duty_code: filled(7),
            document_word: filled(8),
        };
        write(&app.db, &ctx, async |tx| departments::create(app, tx, body.clone()).await).await?;
    }

    Ok(())
}

async fn load_file(
    app: &Arc<App>,
    dataset: Dataset,
    name: &str,
    content: &[u8],
) -> Result<entity::intake::imports::Model> {
    let ctx = Ctx::system("demo");
    let mut file = tempfile::tempfile().map_err(AppError::internal)?;
    file.write_all(content).map_err(AppError::internal)?;
    let stored =
        write(&app.db, &ctx, async |tx| imports::store_for_command_line(app, tx, dataset, name, &file).await).await?;
    file.seek(SeekFrom::Start(0)).map_err(AppError::internal)?;
    imports::run(app, &ctx, stored.id, file, &Unwatched).await
}
