//! The data sets: how the rows of each are read, and what becomes of them.

mod behaviours;
mod catalogue;
mod complaints;
mod credit_classifications;
mod issued_tasks;
mod justice_roll;
mod objects;
mod own_system_items;
mod personnel;
mod plans;
mod spot_check_items;

pub use catalogue::hand_over;

use super::files::At;
use super::run::Work;
use super::{Context, DataSet, Numbered, Outcome};
use crate::kernel::error::Result;
use crate::service::intake::jobs::Progress;
use domain::intake::imports::Dataset;
use entity::intake::imports;

use behaviours::Behaviours;
use catalogue::Catalogue;
use complaints::Complaints;
use credit_classifications::CreditClassifications;
use issued_tasks::IssuedTasks;
use justice_roll::JusticeRoll;
use objects::Objects;
use own_system_items::OwnSystemItems;
use personnel::Personnel;
use plans::Plans;
use spot_check_items::SpotCheckItems;

/// Carries out what is left of an import, by its data set.
pub(super) async fn carry_out(dataset: Dataset, work: Work<'_>, progress: &impl Progress) -> Result<imports::Model> {
    match dataset {
        Dataset::Objects => work.carry_out::<Objects>(progress).await,
        Dataset::Personnel => work.carry_out::<Personnel>(progress).await,
        Dataset::SpotCheckItems => work.carry_out::<SpotCheckItems>(progress).await,
        Dataset::CreditClassifications => work.carry_out::<CreditClassifications>(progress).await,
        Dataset::Catalogue => work.carry_out::<Catalogue>(progress).await,
        Dataset::OwnSystemItems => work.carry_out::<OwnSystemItems>(progress).await,
        Dataset::Plans => work.carry_out::<Plans>(progress).await,
        Dataset::IssuedTasks => work.carry_out::<IssuedTasks>(progress).await,
        Dataset::Complaints => work.carry_out::<Complaints>(progress).await,
        Dataset::JusticeRoll => work.carry_out::<JusticeRoll>(progress).await,
        Dataset::Checks | Dataset::Penalties | Dataset::Coercions | Dataset::OtherBehaviours => {
            work.carry_out::<Behaviours>(progress).await
        }
    }
}
