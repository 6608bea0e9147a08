//! Text for people, in Chinese first and in English.

use serde::Serialize;

/// The same sentence in both languages; the caller's `Accept-Language` picks one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Text {
    pub zh: String,
    pub en: String,
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
