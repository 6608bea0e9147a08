//! The libraries that the demo's tasks are drawn from.

use super::accounts::{acting, again};
use crate::app::App;
use crate::kernel::error::Result;
use crate::persistence::kernel::tx::write;
use crate::service::spot_checks::libraries;
use crate::service::spot_checks::libraries::LibraryBody;
use domain::access::Reach;
use domain::spot_checks::libraries::{LibraryKind, OfficerFilter, TagRule};
use domain::spot_checks::tasks::PoolFilter;
use uuid::Uuid;

/// Objects that bear a tag, or say in their scope what it says.
pub async fn objects(app: &App, tag: &str) -> Result<Uuid> {
    let tag = tag.to_owned();
    make(
        app,
        LibraryBody {
            name: format!("{tag}单位名录库"),
            kind: LibraryKind::Objects,
            department_id: None,
            pool_filter: Some(PoolFilter { tags: vec![tag.clone()], ..PoolFilter::default() }),
            tag_rules: vec![TagRule { scope_words: vec![tag.clone()], tag, ..TagRule::default() }],
            officer_filter: None,
        },
    )
    .await
}

/// A department's officers who may check some items.
pub async fn officers(app: &App, (department, name): (Uuid, &str), items: Vec<Uuid>) -> Result<Uuid> {
    make(
        app,
        LibraryBody {
            name: format!("{name}执法检查人员名录库"),
            kind: LibraryKind::Officers,
            department_id: Some(department),
            pool_filter: None,
            tag_rules: Vec::new(),
            officer_filter: Some(OfficerFilter { spot_check_item_ids: items, qualifications: Vec::new() }),
        },
    )
    .await
}

async fn make(app: &App, body: LibraryBody) -> Result<Uuid> {
    let lead = acting(app, "market.lead", Reach::All).await?;
    let library = write(&app.db, &again(&lead), async |tx| libraries::create(app, tx, body.clone()).await).await?;
    Ok(library.id)
}
