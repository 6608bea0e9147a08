//! What may be done to an inspection, by whom: nobody reviews a visit of their own.

use super::{InspectionAction, InspectionStatus, apply};
use crate::access::{Actor, Decide};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::SEPARATION_OF_DUTIES;
use crate::kernel::text::text;
use uuid::Uuid;

/// An inspection, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct InspectionFacts {
    pub status: InspectionStatus,
    pub department_id: Uuid,
    pub entered_by: Option<Uuid>,
    pub submitted_by: Option<Uuid>,
    /// Its result was approved once, and perhaps public: it was made.
    pub was_approved: bool,
    /// Officers who are to go.
    pub team: Vec<Uuid>,
    /// Officers whose place was taken by others.
    pub replaced: Vec<Uuid>,
}

impl Decide for InspectionFacts {
    type Action = InspectionAction;
    type Next = InspectionStatus;

    fn is_granted(&self, actor: &Actor, action: InspectionAction) -> bool {
        let assigned = actor.personnel_id.is_some_and(|officer| self.team.contains(&officer));
        actor.may(action.permission(), self.department_id, assigned)
    }

    fn judge(&self, actor: &Actor, action: InspectionAction) -> Result<InspectionStatus, Refusal> {
        use InspectionAction as A;

        let next = apply(self.status, action)?;

        // What was approved once is put right, not undone.
        if self.was_approved && matches!(action, A::AskVoid | A::Void) {
            return Err(Refusal::state(self.status, action));
        }
        match action {
            A::Return | A::Reject | A::ApproveResult | A::Void => {
                actor.check_not_own(self.submitted_by)?;
                actor.check_not_own(self.entered_by)?;
                self.check_apart(actor)?;
            }
            A::Reopen | A::ReplaceOfficer => self.check_apart(actor)?,
            A::Start | A::RecordResult | A::Submit | A::Publish | A::Withdraw | A::Correct | A::AskVoid => {}
        }

        Ok(next)
    }
}

impl InspectionFacts {
    /// Whoever was at the visit, or was to go, does not review its result, whoever entered it.
    fn check_apart(&self, actor: &Actor) -> Result<(), Refusal> {
        let mut ever = self.team.iter().chain(&self.replaced);
        if !actor.personnel_id.is_some_and(|officer| ever.any(|member| *member == officer)) {
            return Ok(());
        }

        Err(Refusal::new(
            Code::SelfReview,
            text!("检查人员不能审核自己参加的检查。", "You were at this inspection; somebody else must review it."),
        )
        .under(SEPARATION_OF_DUTIES))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviewer(officer: Option<Uuid>) -> Actor {
        let role = crate::access::Role::Reviewer;
        Actor { personnel_id: officer, ..Actor::of(Uuid::from_u128(1), "reviewer", role, Uuid::from_u128(9)) }
    }

    /// Once, a reviewer who was replaced out of the team was shown APPROVE_RESULT and refused.
    #[test]
    fn whoever_was_of_the_team_reviews_nothing() {
        let officer = Uuid::from_u128(7);
        let facts = InspectionFacts {
            status: InspectionStatus::UnderReview,
            department_id: Uuid::from_u128(9),
            entered_by: Some(Uuid::from_u128(2)),
            submitted_by: Some(Uuid::from_u128(3)),
            was_approved: false,
            team: vec![Uuid::from_u128(8)],
            replaced: vec![officer],
        };
        let reviews = [InspectionAction::Return, InspectionAction::Reject, InspectionAction::ApproveResult];

        assert_eq!(facts.allowed_actions(&reviewer(None)), reviews);
        assert_eq!(facts.allowed_actions(&reviewer(Some(officer))), []);
        let refusal = facts.decide(&reviewer(Some(officer)), InspectionAction::ApproveResult);
        assert_eq!(refusal.map_err(|refusal| refusal.code), Err(Code::SelfReview));

        let own = InspectionFacts { entered_by: Some(Uuid::from_u128(1)), replaced: Vec::new(), ..facts };
        assert_eq!(own.allowed_actions(&reviewer(None)), []);
    }
}
