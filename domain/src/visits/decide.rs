//! What may be done to a visit, by whom: those who go ask, the head of each body approves, and nobody approves what they asked for.

use super::{VisitAction, VisitStatus, apply};
use crate::access::{Actor, Decide, Permission, Reach};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::VISITS_ARE_APPROVED;
use crate::kernel::text::text;
use uuid::Uuid;

/// A body's part of a visit.
#[derive(Clone, Copy, Debug)]
pub struct PartFacts {
    pub department_id: Uuid,
    pub requested_by: Uuid,
    pub is_approved: bool,
    /// Its head does not approve an urgent entry afterwards.
    pub is_refused: bool,
}

/// A visit, as far as deciding about it needs.
#[derive(Clone, Debug)]
pub struct VisitFacts {
    pub status: VisitStatus,
    pub lead_department_id: Uuid,
    pub parts: Vec<PartFacts>,
    /// Who goes, and for which body.
    pub officers: Vec<(Uuid, Uuid)>,
    /// 突击检查: the enterprise is not told before.
    pub is_surprise: bool,
    pub was_urgent: bool,
    /// What is inspected was drawn, and counts.
    pub is_drawn: bool,
}

impl Decide for VisitFacts {
    type Action = VisitAction;
    type Next = VisitStatus;

    /// Each body has its part: its head approves that one, and its people act for the visit; what is done with the whole is the
    /// lead's.
    fn is_granted(&self, actor: &Actor, action: VisitAction) -> bool {
        let whole =
            matches!(action, VisitAction::Update | VisitAction::Cancel | VisitAction::TakeOffSite | VisitAction::Merge);
        self.parts.iter().map(|part| part.department_id).any(|department| {
            let goes = |officer: Uuid| self.officers.contains(&(department, officer));
            let assigned = actor.personnel_id.is_some_and(goes);
            (!whole || department == self.lead_department_id)
                && actor.may_take(action.permission(), department, assigned)
        })
    }

    fn judge(&self, actor: &Actor, action: VisitAction) -> Result<VisitStatus, Refusal> {
        use VisitAction as A;

        let next = apply(self.status, action)?;
        match action {
            A::Approve | A::ApproveLate | A::RefuseLate => {
                if action != A::Approve && !self.was_urgent {
                    return Err(Refusal::state(self.status, action));
                }
                let open: Vec<_> = self.approvable(actor).collect();
                for part in &open {
                    actor.check_not_own(Some(part.requested_by))?;
                }
                if open.is_empty() {
                    return Err(Refusal::state(self.status, action));
                }
                let others = self.parts.iter().filter(|part| !part.is_approved).count() > open.len();
                Ok(if others && action == A::Approve { self.status } else { next })
            }
            A::Return => {
                for part in self.of_head(actor) {
                    actor.check_not_own(Some(part.requested_by))?;
                }
                // The head of a body that joined takes its own part out; the others go on.
                let mut own = self.of_head(actor);
                let leads = own.any(|part| part.department_id == self.lead_department_id);
                Ok(if leads { next } else { self.status })
            }
            A::EnterUrgently if self.is_drawn => Err(Refusal::new(
                Code::StateConflict,
                text!(
                    "抽取的检查计入年度上限，不能紧急进入；确有紧急情况的，请另行拟定日常检查。",
                    "What was drawn counts, and is not entered urgently; draft a daily check for what is urgent."
                ),
            )
            .under(VISITS_ARE_APPROVED)),
            A::Notify if self.is_surprise => Err(Refusal::new(
                Code::StateConflict,
                text!("突击检查不事先通知，可直接进入。", "A surprise visit is not announced; enter directly."),
            )),
            A::Enter if self.status == VisitStatus::Approved && !self.is_surprise => Err(Refusal::new(
                Code::StateConflict,
                text!(
                    "进入前须先送达检查通知；突击检查除外。",
                    "The notice is served before entering, but for a surprise visit."
                ),
            )
            .under(VISITS_ARE_APPROVED)),
            A::Update
            | A::Request
            | A::Merge
            | A::Join
            | A::Notify
            | A::Enter
            | A::EnterUrgently
            | A::Leave
            | A::Close
            | A::Cancel
            | A::TakeOffSite => Ok(next),
        }
    }
}

impl VisitFacts {
    /// The parts of the bodies that this actor heads.
    pub fn of_head<'a>(&'a self, actor: &'a Actor) -> impl Iterator<Item = &'a PartFacts> {
        let reach = actor.reach(Permission::VisitsApprove);
        self.parts.iter().filter(move |part| match reach {
            Some(Reach::All) => true,
            Some(Reach::Department) => actor.departments.contains(&part.department_id),
            Some(Reach::Assigned | Reach::Region) | None => actor.is_system(),
        })
    }

    /// The parts that wait for this actor's approval.
    pub fn approvable<'a>(&'a self, actor: &'a Actor) -> impl Iterator<Item = &'a PartFacts> {
        self.of_head(actor).filter(|part| part.waits())
    }

    /// Whether an urgent entry still waits for an approval that is made up for.
    pub fn waits_for_late_approval(&self) -> bool {
        self.was_urgent && self.parts.iter().any(PartFacts::waits)
    }
}

impl PartFacts {
    const fn waits(&self) -> bool {
        !self.is_approved && !self.is_refused
    }
}
