//! What is doubtful about an object.

use super::facts_of;
use crate::app::App;
use crate::kernel::ctx::Ctx;
use crate::kernel::error::Result;
use crate::persistence::register::objects as store;
use domain::intake::imports::Finding;
use domain::register::objects::{RegistrationStatus, spellings};
use domain::register::quality::{ObjectFacts, check, may_be_one, possible_duplicate};
use uuid::Uuid;

/// Namesakes that are looked at, at most.
const NAMESAKES: u64 = 100;
/// Duplicates that are named, at most.
const NAMED: usize = 10;

/// A finding, and the other object where it is about two.
pub struct ObjectFinding {
    pub finding: Finding,
    pub other_id: Option<Uuid>,
}

/// What is doubtful about an object as it stands now: a statement for the object, one for its namesakes among what the caller
/// sees.
pub async fn findings(app: &App, ctx: &Ctx, id: Uuid) -> Result<Vec<ObjectFinding>> {
    let object = store::get(&app.db, ctx, id).await?;
    let facts = facts_of(&object);
    let own = check(&facts, &app.settings.county.code);
    let mut found: Vec<_> = own.into_iter().map(|finding| ObjectFinding { finding, other_id: None }).collect();

    if object.registration_status == RegistrationStatus::Active {
        let others = store::namesakes(&app.db, ctx, &object, spellings(&object.name).into(), NAMESAKES).await?;
        let others = others.iter().map(facts_of).filter(|other| may_be_one(&facts, other)).take(NAMED);
        found.extend(others.map(|other: ObjectFacts<'_>| ObjectFinding {
            finding: possible_duplicate(&other),
            other_id: Some(other.id),
        }));
    }
    Ok(found)
}
