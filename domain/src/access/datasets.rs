//! What a file of a data set may be sent with.

use super::Permission;
use crate::intake::imports::Dataset;

/// Importing a data set needs the permission to write its records as well.
pub const fn import_permission(dataset: Dataset) -> Permission {
    match dataset {
        Dataset::Objects => Permission::ObjectsWrite,
        Dataset::Personnel => Permission::PersonnelReport,
        Dataset::SpotCheckItems => Permission::SpotCheckItemsWrite,
        Dataset::CreditClassifications => Permission::CreditWrite,
        Dataset::Catalogue => Permission::CatalogueWrite,
        Dataset::OwnSystemItems => Permission::OwnSystemItemsWrite,
        Dataset::JusticeRoll => Permission::RollWrite,
        Dataset::Plans => Permission::PlansWrite,
        Dataset::IssuedTasks => Permission::IssuedTasksReceive,
        Dataset::Complaints => Permission::ComplaintsWrite,
        Dataset::Checks | Dataset::Penalties | Dataset::Coercions | Dataset::OtherBehaviours => {
            Permission::BehavioursWrite
        }
    }
}
