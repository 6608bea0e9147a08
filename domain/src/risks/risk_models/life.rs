//! The life of a model's version: `DRAFT → TESTED → SHADOW → ACTIVE → RETIRED`.

use crate::access::Permission;
use crate::access::{Actor, Decide};
use crate::kernel::code_list::code_list;
use crate::kernel::refusal::{Code, Refusal};
use crate::kernel::text::text;
use uuid::Uuid;

code_list! {
    ModelState "模型版本状态" { Draft "草稿", Tested "测试通过", Shadow "影子运行", Active "启用", Retired "停用" }
}

code_list! {
    /// What can be done to a version. Retiring is the switch that stops a model at once, in whatever state it is.
    ModelAction "模型版本操作" { Update "修改", Test "测试", Backtest "回测", Shadow "转影子运行", Activate "启用", Retire "停用" }
}

pub const fn next(state: ModelState, action: ModelAction) -> Option<ModelState> {
    use ModelAction as A;
    use ModelState as S;

    match (state, action) {
        // A changed version has to be tested again.
        (S::Draft | S::Tested, A::Update) => Some(S::Draft),
        (S::Draft | S::Tested, A::Test) => Some(S::Tested),
        (S::Tested | S::Shadow | S::Active, A::Backtest) => Some(state),
        (S::Tested, A::Shadow) => Some(S::Shadow),
        (S::Shadow, A::Activate) => Some(S::Active),
        (S::Draft | S::Tested | S::Shadow | S::Active, A::Retire) => Some(S::Retired),
        (S::Draft, A::Backtest | A::Shadow | A::Activate)
        | (S::Tested, A::Activate)
        | (S::Shadow, A::Update | A::Test | A::Shadow)
        | (S::Active, A::Update | A::Test | A::Shadow | A::Activate)
        | (S::Retired, A::Update | A::Test | A::Backtest | A::Shadow | A::Activate | A::Retire) => None,
    }
}

pub fn apply(state: ModelState, action: ModelAction) -> Result<ModelState, Refusal> {
    next(state, action).ok_or_else(|| Refusal::state(state, action))
}

impl ModelAction {
    pub const fn permission(self) -> Permission {
        match self {
            Self::Update | Self::Test | Self::Backtest | Self::Shadow => Permission::ModelsWrite,
            Self::Activate | Self::Retire => Permission::ModelsApprove,
        }
    }
}

/// A model's version, as far as deciding about it needs.
#[derive(Clone, Copy, Debug)]
pub struct ModelFacts {
    pub state: ModelState,
    /// The department of the model.
    pub department_id: Uuid,
    pub created_by: Uuid,
    /// How often it ran in shadow, and how often it must have before it is put in force.
    pub shadow_runs: u64,
    pub shadow_runs_needed: u32,
}

impl Decide for ModelFacts {
    type Action = ModelAction;
    type Next = ModelState;

    fn is_granted(&self, actor: &Actor, action: ModelAction) -> bool {
        actor.may(action.permission(), self.department_id, false)
    }

    fn judge(&self, actor: &Actor, action: ModelAction) -> Result<ModelState, Refusal> {
        let next = apply(self.state, action)?;

        if action == ModelAction::Activate {
            actor.check_not_own(Some(self.created_by))?;
            self.check_shadow_runs()?;
        }

        Ok(next)
    }
}

impl ModelFacts {
    fn check_shadow_runs(&self) -> Result<(), Refusal> {
        let (runs, needed) = (self.shadow_runs, self.shadow_runs_needed);
        if runs >= u64::from(needed) {
            return Ok(());
        }

        Err(Refusal::new(
            Code::ModelNotReady,
            text!(
                "启用前须完成影子运行 {needed} 次，现有 {runs} 次。",
                "It must have run {needed} time(s) in shadow before; it has {runs}."
            ),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_table_of_a_versions_life() {
        insta::assert_snapshot!(crate::kernel::code_list::table(
            ModelState::ALL,
            ModelAction::ALL,
            |s, a| next(*s, *a).map(ModelState::code),
            |s| s.code(),
            |a| a.code()
        ));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        /// No way leads to ACTIVE past a passed test and a run in shadow, and none out of RETIRED.
        #[test]
        fn nothing_becomes_active_untested(actions in prop::collection::vec(prop::sample::select(ModelAction::ALL), 1..40)) {
            let (mut state, mut tested, mut shadowed) = (ModelState::Draft, false, false);
            for action in actions {
                let Some(to) = next(state, action) else { continue };
                prop_assert!(state != ModelState::Retired);
                match action {
                    ModelAction::Update => (tested, shadowed) = (false, false),
                    ModelAction::Test => tested = true,
                    ModelAction::Shadow => shadowed = true,
                    ModelAction::Backtest | ModelAction::Activate | ModelAction::Retire => {}
                }
                prop_assert!(to != ModelState::Active || (tested && shadowed));
                state = to;
            }
        }
    }
}
