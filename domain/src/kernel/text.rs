//! Text for people, in Chinese first and in English.

use serde::Serialize;

/// The same sentence in both languages; the caller's `Accept-Language` picks one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

/// Several names as each language lists them: `甲、乙` and `甲, 乙`.
pub fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Text {
    let names: Vec<S> = names.into_iter().collect();
    let joined = |by: &str| names.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(by);
    Text { zh: joined("、"), en: joined(", ") }
}

/// `text!("中文 {x}", "English {x}")`.
#[macro_export]
macro_rules! text {
    ($zh:literal, $en:literal $(, $name:ident = $value:expr)* $(,)?) => {
        {
            $(let $name = &$value;)*
            $crate::kernel::text::Text { zh: format!($zh), en: format!($en) }
        }
    };
}
pub use crate::text;
