//! What may be done now. A use case asks `decide` before it acts, and `allowed_actions` is computed from the same answer, so
//! that what is shown is what is accepted.

use super::{Actor, Permission};
use crate::kernel::code_list::{CodeList, Named};
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::rules::SEPARATION_OF_DUTIES;
use crate::kernel::text::text;
use uuid::Uuid;

/// A record, as far as deciding about it needs: its state and whoever has had to do with it.
pub trait Decide {
    type Action: CodeList;
    /// What an action leads to.
    type Next;

    /// Whether the actor holds the action's permission over this record; actions that nobody takes by hand are nobody's.
    fn is_granted(&self, actor: &Actor, action: Self::Action) -> bool;

    /// What the action leads to, or why not now, or not by this actor, whose permission is not in question.
    fn judge(&self, actor: &Actor, action: Self::Action) -> Result<Self::Next, Refusal>;

    /// What the action leads to, or why this actor cannot take it now.
    fn decide(&self, actor: &Actor, action: Self::Action) -> Result<Self::Next, Refusal> {
        if actor.is_system() || self.is_granted(actor, action) {
            return self.judge(actor, action);
        }

        let label = action.label();
        let code = action.code();
        Err(Refusal::new(
            Code::Forbidden,
            text!("您没有对该记录办理“{label}”的权限。", "You may not {code} this record."),
        ))
    }

    /// Every action that this actor could take now.
    fn allowed_actions(&self, actor: &Actor) -> Vec<Self::Action> {
        Self::Action::ALL.iter().copied().filter(|action| self.decide(actor, *action).is_ok()).collect()
    }
}

impl Actor {
    /// Like [`Actor::may`], for an action that may be nobody's.
    pub fn may_take(&self, permission: Option<Permission>, department: Uuid, assigned: bool) -> bool {
        permission.is_some_and(|permission| self.may(permission, department, assigned))
    }

    /// 提交人不得审核: whoever did something does not review it, nor does anybody who acts for that person.
    pub fn check_not_own(&self, done_by: Option<Uuid>) -> Result<(), Refusal> {
        if !done_by.is_some_and(|by| self.persons().contains(&by)) {
            return Ok(());
        }

        Err(Refusal::new(
            Code::SelfReview,
            text!(
                "提交人不能审核自己提交的内容，请由另一位审核人办理。",
                "You submitted this; somebody else must review it."
            ),
        )
        .under(SEPARATION_OF_DUTIES))
    }
}
