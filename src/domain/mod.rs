//! The trade: life cycles, draws, deadlines, codes and refusals, as pure functions and tables.
//!
//! No async, no database, no HTTP, no clock and no randomness: time and chance come in as values.

pub mod access;
pub mod audit;
pub mod catalogue;
pub mod clauses;
pub mod clients;
pub mod clocks;
pub mod codes;
pub mod credit;
pub mod draws;
pub mod elements;
pub mod implementation_lists;
pub mod imports;
pub mod indicators;
pub mod inspections;
pub mod items;
pub mod jobs;
pub mod mappings;
pub mod objects;
pub mod passwords;
pub mod personnel;
pub mod plans;
pub mod refusal;
pub mod risk_clues;
pub mod risk_models;
pub mod rules;
pub mod spot_check_items;
pub mod tasks;
pub mod text;
pub mod users;
pub mod versions;
pub mod worklist;

/// A closed list of codes: `UPPER_SNAKE` in JSON and in the database, with its Chinese label.
macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident $label:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
            strum::EnumString, strum::IntoStaticStr, strum::VariantArray, strum::VariantNames,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name { $($(#[$variant_meta])* #[doc = $label] $variant),+ }

        impl $name {
            /// Every value, in the order of its life.
            pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
            /// Every value's code.
            pub const CODES: &'static [&'static str] = <Self as strum::VariantNames>::VARIANTS;

            pub fn code(self) -> &'static str {
                self.into()
            }

            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The value of a stored code.
            pub fn of(code: &str) -> Result<Self, crate::domain::refusal::Refusal> {
                code.parse().map_err(|_| crate::domain::refusal::Refusal::corrupt(stringify!($name), code))
            }
        }
    };
}
pub(crate) use code_list;

/// A life cycle as text, for the snapshots: one line a state and action.
#[cfg(test)]
pub(crate) fn table<S, A>(
    states: &[S],
    actions: &[A],
    next: impl Fn(&S, &A) -> Option<&'static str>,
    state: impl Fn(&S) -> &'static str,
    action: impl Fn(&A) -> &'static str,
) -> String {
    let mut lines = Vec::new();
    for s in states {
        for a in actions {
            lines.push(format!("{:14} {:16} -> {}", state(s), action(a), next(s, a).unwrap_or("-")));
        }
    }
    lines.join("\n")
}
