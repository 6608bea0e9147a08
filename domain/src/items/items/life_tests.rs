//! The life of an item against a second telling of it.

use super::{ItemAction, ItemLife, ItemOrigin, ItemState, Upstream};
use proptest::prelude::*;

fn life(origin: ItemOrigin, state: ItemState, upstream: Upstream) -> ItemLife {
    ItemLife { origin, state, upstream, basis_lost: true }
}

#[test]
fn the_table_of_an_items_life() {
    let mut text = String::new();
    for (title, origin, upstream) in [
        ("UPSTREAM, catalogue changed", ItemOrigin::Upstream, Upstream::Changed),
        ("UPSTREAM, catalogue cancelled", ItemOrigin::Upstream, Upstream::Cancelled),
        ("UPSTREAM, nothing open", ItemOrigin::Upstream, Upstream::None),
        ("LOCAL", ItemOrigin::Local, Upstream::None),
    ] {
        text += "# ";
        text += title;
        text.push('\n');
        text += &crate::kernel::code_list::table(
            ItemState::ALL,
            ItemAction::ALL,
            |state, action| life(origin, *state, upstream).next(*action).map(ItemState::code),
            |state| state.code(),
            |action| action.code(),
        );
        text.push('\n');
    }

    insta::assert_snapshot!(text);
}

/// The same life told another way: what is drafted, what lies with the reviewer, whether a version is in force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the model is told in flags on purpose")]
struct Model {
    local: bool,
    draft: bool,
    review: Option<Asked>,
    in_force: bool,
    gone: Option<ItemState>,
    notice: Option<bool>,
    frozen: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Content,
    Cancellation,
    WriteOff,
}

impl Model {
    fn state(self) -> ItemState {
        use ItemState as S;
        match (self.gone, self.review, self.draft, self.in_force) {
            (Some(gone), ..) => gone,
            (_, Some(Asked::WriteOff), ..) => S::WriteOffPending,
            (_, Some(Asked::Cancellation), ..) => S::CancelPending,
            (_, Some(Asked::Content), _, true) => S::ChangeSubmitted,
            (_, Some(Asked::Content), _, false) => S::Submitted,
            (_, None, true, true) => S::ChangeDraft,
            (_, None, true, false) if self.local => S::LocalDraft,
            (_, None, true, false) => S::ClaimedDraft,
            (_, None, false, true) => S::Effective,
            (_, None, false, false) => S::ToClaim,
        }
    }

    /// Plays the action; false where it makes no sense.
    fn play(&mut self, action: ItemAction) -> bool {
        use ItemAction as A;
        if self.gone.is_some() {
            let back = action == A::UpstreamPublish && self.gone == Some(ItemState::Cancelled) && !self.local;
            if back {
                *self = Self { notice: self.notice, frozen: self.frozen, ..Self::default() };
            }
            return back;
        }

        let (resting, drafting) = (self.review.is_none() && !self.draft, self.review.is_none() && self.draft);
        let unclaimed = resting && !self.in_force;
        match action {
            A::Claim if unclaimed => self.draft = true,
            A::Decline if unclaimed => self.review = Some(Asked::WriteOff),
            A::UpstreamCancel if unclaimed || self.review == Some(Asked::WriteOff) => {
                self.gone = Some(ItemState::Cancelled);
            }
            A::Update if drafting => {}
            A::Submit if drafting => self.review = Some(Asked::Content),
            A::Discard if drafting => {
                self.draft = false;
                if (self.local || self.notice == Some(true)) && !self.in_force {
                    self.gone = Some(ItemState::Cancelled);
                }
            }
            A::Return if self.review.is_some() => self.review = None,
            A::Approve => match self.review.take() {
                None => return false,
                Some(Asked::Content) => (self.draft, self.in_force) = (false, true),
                Some(Asked::Cancellation) => self.gone = Some(ItemState::Cancelled),
                Some(Asked::WriteOff) => self.gone = Some(ItemState::WrittenOff),
            },
            A::Change if resting && self.in_force => self.draft = true,
            A::Cancel if resting && self.in_force => self.review = Some(Asked::Cancellation),
            A::DecideBasis if self.frozen && self.in_force => {}
            A::ObjectUpstream if self.notice.is_some() && (self.in_force || drafting) && self.review.is_none() => {}
            A::AcceptUpstream if (self.in_force || drafting) && self.review.is_none() => match self.notice {
                None => return false,
                Some(false) => self.draft = true,
                Some(true) if self.in_force => (self.draft, self.review) = (false, Some(Asked::Cancellation)),
                Some(true) => self.gone = Some(ItemState::Cancelled),
            },
            A::Claim
            | A::Decline
            | A::UpstreamCancel
            | A::Update
            | A::Submit
            | A::Discard
            | A::Return
            | A::Change
            | A::Cancel
            | A::DecideBasis
            | A::ObjectUpstream
            | A::AcceptUpstream
            | A::UpstreamPublish => return false,
        }

        true
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// 10,000 random sequences: the table and the model never differ.
    /// Notices and repealed clauses come and go between the actions.
    #[test]
    fn the_table_equals_the_model(
        local in any::<bool>(),
        steps in prop::collection::vec((0..ItemAction::ALL.len(), 0u8..4, any::<bool>()), 1..40),
    ) {
        let origin = if local { ItemOrigin::Local } else { ItemOrigin::Upstream };
        let start = if local { ItemState::LocalDraft } else { ItemState::ToClaim };
        let mut life = ItemLife { origin, state: start, upstream: Upstream::None, basis_lost: false };
        let mut model = Model { local, draft: local, ..Model::default() };

        for (action, notice, frozen) in steps {
            let action = ItemAction::ALL[action];
            let (upstream, told) = match notice {
                0 if !local => (Upstream::Changed, Some(false)),
                1 if !local => (Upstream::Cancelled, Some(true)),
                2 => (Upstream::Objected, None),
                _ => (Upstream::None, None),
            };
            (life.upstream, life.basis_lost) = (upstream, frozen);
            (model.notice, model.frozen) = (told, frozen);
            // The catalogue cancels nothing of the department's own.
            if local && action == ItemAction::UpstreamCancel {
                continue;
            }
            let before = model;
            let possible = model.play(action);
            if !possible {
                model = before;
            }
            prop_assert_eq!(life.next(action).is_some(), possible, "{:?} {:?}", life, action);
            if let Some(state) = life.next(action) {
                life.state = state;
            }
            prop_assert_eq!(life.state, model.state());
        }
    }
}
