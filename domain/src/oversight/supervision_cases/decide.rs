//! What may be done to a case now.

use super::{SupervisionAction, SupervisionMeasure, SupervisionStatus, next};
use crate::access::{Actor, Decide};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use uuid::Uuid;

/// A case, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct SupervisionFacts {
    pub status: SupervisionStatus,
    /// Whose enforcement it is about.
    pub department_id: Uuid,
    /// The time for the answer is over.
    pub is_overdue: bool,
    /// The time was extended once.
    pub is_extended: bool,
    /// An answer was found wanting before.
    pub was_rejected: bool,
    pub measure: SupervisionMeasure,
    /// The newest of which is written down what was done.
    pub taken: Option<SupervisionMeasure>,
}

impl Decide for SupervisionFacts {
    type Action = SupervisionAction;
    type Next = SupervisionStatus;

    fn is_granted(&self, actor: &Actor, action: SupervisionAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, _: &Actor, action: SupervisionAction) -> Result<SupervisionStatus, Refusal> {
        use SupervisionAction as A;
        use SupervisionStatus as S;

        let next = next(self.status, action).ok_or_else(|| Refusal::state(self.status, action))?;
        let waits = matches!(self.status, S::Notice | S::Opinion | S::Decision);

        match action {
            A::IssueDecision if waits => self.check_overdue()?,
            A::Extend => self.check_extension()?,
            A::Escalate => self.check_escalation(waits)?,
            A::Close => self.check_carried_out()?,
            A::Dismiss => self.check_unsent()?,
            A::Update
            | A::Investigate
            | A::IssueNotice
            | A::IssueOpinion
            | A::IssueDecision
            | A::Reply
            | A::Reject
            | A::Verify => {}
        }

        Ok(next)
    }
}

impl SupervisionFacts {
    fn check_overdue(&self) -> Result<(), Refusal> {
        if self.is_overdue {
            return Ok(());
        }
        let detail =
            text!("回复期限尚未届满，应等待被监督单位回复。", "The time for the answer is not over: wait for it.");
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// Once, and before the time is over.
    fn check_extension(&self) -> Result<(), Refusal> {
        if self.is_overdue {
            let detail = text!("回复期限已过，不能再延期。", "The time is over: what is late cannot be extended.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if self.is_extended {
            let detail = text!("回复期限只能延长一次。", "The time for an answer is extended once only.");
            return Err(Refusal::new(Code::ExtensionUsed, detail));
        }
        Ok(())
    }

    /// A step further for no answer in time, or for one that did not do; each step is carried out before the next.
    fn check_escalation(&self, waits: bool) -> Result<(), Refusal> {
        if self.taken == Some(SupervisionMeasure::Report) {
            let detail =
                text!("已报告本级人民政府，没有更高的措施。", "It was reported to the government: no step is higher.");
            return Err(Refusal::new(Code::StateConflict, detail));
        }
        if self.is_overdue && waits || self.was_rejected || self.has_measure_to_do() {
            return Ok(());
        }
        let detail = text!(
            "逾期未回复、回复未通过核验或多次发生的，才能提级处理。",
            "A step further is for no answer in time, for one that did not do, or for what happened again."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }

    /// A measure beyond putting it right was set, and nothing is written down of it yet.
    pub fn has_measure_to_do(&self) -> bool {
        self.measure != SupervisionMeasure::Rectify && self.taken != Some(self.measure)
    }

    /// What the department was told to put right is not said to be nothing afterwards.
    fn check_unsent(&self) -> Result<(), Refusal> {
        if !self.was_rejected {
            return Ok(());
        }
        let detail = text!(
            "已制发监督文书，不能按查无问题结案。",
            "The department was sent a document: it is no longer nothing."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }

    fn check_carried_out(&self) -> Result<(), Refusal> {
        if !self.has_measure_to_do() {
            return Ok(());
        }
        let (zh, en) = (self.measure.label(), self.measure.code());
        let detail = text!(
            "尚未登记“{zh}”的办理情况，请先提级处理。",
            "What was done of {en} is not written down: escalate first."
        );
        Err(Refusal::new(Code::StateConflict, detail))
    }
}
