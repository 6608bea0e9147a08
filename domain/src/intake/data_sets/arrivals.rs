//! What a change says of the sets that it belongs to: that something of one has come. Whatever the platform does by itself (a
//! certificate that ends, a class that follows a batch, a clue that a model raises, rules that look once more) is no arrival.

use super::DataSetContent;
use crate::intake::imports::Dataset;
use crate::oversight::audit::AuditAction;
use serde::Deserialize;
use serde_json::Value;

/// What an import has taken until now.
#[derive(Deserialize)]
struct Taken {
    dataset: Dataset,
    rows_created: i64,
    rows_updated: i64,
    rows_unchanged: i64,
}

/// The set of which something that is right has come with a line of the trail. A file that brings nothing new has come as well;
/// rows of behaviours say so themselves, since one that is the same again leaves no line.
pub fn arrival(resource: &str, action: AuditAction, after: Option<&Value>) -> Option<DataSetContent> {
    use AuditAction as A;
    use DataSetContent as Set;

    match (resource, action) {
        // A change that is approved; an item that is cancelled is approved as well.
        ("items", A::Approved) if is_effective(after) => Some(Set::Items),
        ("implementation-lists", A::Approved) if is_effective(after) => Some(Set::ImplementationLists),
        ("objects", A::Created | A::Updated) => Some(Set::Objects),
        ("personnel", A::Created | A::Updated) => Some(Set::Officers),
        ("complaints", A::Created) => Some(Set::Complaints),
        ("risk-clues", A::Created) => Some(Set::Clues),
        ("plans", A::Published) => Some(Set::Plans),
        ("inspections", A::Published) => Some(Set::Results),
        ("imports", A::Imported) => {
            let taken = Taken::deserialize(after?).ok()?;
            let has_right = taken.rows_created + taken.rows_updated + taken.rows_unchanged > 0;
            DataSetContent::of_file(taken.dataset).filter(|_| has_right)
        }
        _ => None,
    }
}

fn is_effective(after: Option<&Value>) -> bool {
    after.is_some_and(|after| after["state"] == "EFFECTIVE")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_people_and_files_bring_is_an_arrival() {
        let of = |resource, action| arrival(resource, action, None).map(DataSetContent::code);
        assert_eq!(of("objects", AuditAction::Created), Some("OBJECTS"));
        assert_eq!(of("objects", AuditAction::Imported), None, "its class followed a batch, or its file says it");
        assert_eq!(of("certificates", AuditAction::Expired), None);
        assert_eq!(of("items", AuditAction::Updated), None, "a draft");
        assert_eq!(of("risk-clues", AuditAction::Raised), None, "the platform's own");
        let item = |state: &str| arrival("items", AuditAction::Approved, Some(&json!({ "state": state })));
        assert_eq!((item("EFFECTIVE"), item("CANCELLED")), (Some(DataSetContent::Items), None));
        assert_eq!(of("plans", AuditAction::Published), Some("PLANS"));

        let file = |dataset: Dataset, unchanged: i64| {
            let after =
                json!({ "dataset": dataset, "rows_created": 0, "rows_updated": 0, "rows_unchanged": unchanged });
            arrival("imports", AuditAction::Imported, Some(&after)).map(DataSetContent::code)
        };
        assert_eq!(file(Dataset::Personnel, 3), Some("OFFICERS"));
        assert_eq!(file(Dataset::Personnel, 0), None, "nothing of it was right");
        assert_eq!(file(Dataset::CreditClassifications, 3), Some("CREDIT"));
        assert_eq!(file(Dataset::Checks, 3), None, "they say so themselves");
        assert_eq!(file(Dataset::Catalogue, 3), None);
    }
}
