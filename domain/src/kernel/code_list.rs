//! Closed lists of codes: one declaration gives the Rust type, its JSON, its column and its schema.

/// Something with a stable code and a Chinese name: a state, an action.
pub trait Named: Copy {
    fn code(self) -> &'static str;
    fn label(self) -> &'static str;
}

/// What is named in passing: code and name.
impl Named for (&'static str, &'static str) {
    fn code(self) -> &'static str {
        self.0
    }

    fn label(self) -> &'static str {
        self.1
    }
}

/// A closed list of codes, whichever.
pub trait CodeList: Named + 'static {
    /// Every value, in the order of its life.
    const ALL: &'static [Self];
}

/// A closed list of codes: `UPPER_SNAKE` in JSON and in the database, with its Chinese label and that of each value.
macro_rules! code_list {
    ($(#[$meta:meta])* $name:ident $title:literal { $($(#[$variant_meta:meta])* $variant:ident $label:literal),+ $(,)? }) => {
        #[doc = $title]
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

            /// The stable code: in JSON, in the database and in filters.
            pub fn code(self) -> &'static str {
                self.into()
            }

            /// What the value is called in Chinese.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label),+ }
            }

            /// The value of a code that was written down before.
            pub fn of(code: &str) -> Result<Self, crate::kernel::refusal::Refusal> {
                code.parse().map_err(|_| crate::kernel::refusal::Refusal::corrupt(stringify!($name), code))
            }
        }

        impl crate::kernel::code_list::CodeList for $name {
            const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;
        }

        impl crate::kernel::code_list::Named for $name {
            fn code(self) -> &'static str {
                self.into()
            }

            fn label(self) -> &'static str {
                Self::label(self)
            }
        }

        #[cfg(feature = "orm")]
        crate::kernel::code_list::code_column!($name);

        #[cfg(feature = "openapi")]
        crate::kernel::code_list::code_schema!($name, $title);
    };
}
pub(crate) use code_list;

/// A code list as the value of a text column. A stored code that this build does not know is an error, never another value.
#[cfg(feature = "orm")]
macro_rules! code_column {
    ($name:ident) => {
        impl From<$name> for sea_orm::Value {
            fn from(value: $name) -> Self {
                Self::from(value.code())
            }
        }

        impl sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl sea_orm::TryGetable for $name {
            fn try_get_by<I: sea_orm::ColIdx>(row: &sea_orm::QueryResult, at: I) -> Result<Self, sea_orm::TryGetError> {
                crate::kernel::code_list::read_code(row, at, stringify!($name))
            }
        }

        impl sea_orm::sea_query::ValueType for $name {
            fn try_from(value: sea_orm::Value) -> Result<Self, sea_orm::sea_query::ValueTypeErr> {
                let code = <String as sea_orm::sea_query::ValueType>::try_from(value)?;
                code.parse().map_err(|_| sea_orm::sea_query::ValueTypeErr)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> sea_orm::sea_query::ArrayType {
                sea_orm::sea_query::ArrayType::String
            }

            fn column_type() -> sea_orm::ColumnType {
                sea_orm::ColumnType::String(sea_orm::sea_query::StringLen::None)
            }
        }

        impl sea_orm::sea_query::Nullable for $name {
            fn null() -> sea_orm::Value {
                sea_orm::Value::String(None)
            }
        }

        impl sea_orm::IntoActiveValue<$name> for $name {
            fn into_active_value(self) -> sea_orm::ActiveValue<$name> {
                sea_orm::ActiveValue::Set(self)
            }
        }
    };
}
#[cfg(feature = "orm")]
pub(crate) use code_column;

/// Reads a code; compiled once a list, so kept apart from what is the same for all.
#[cfg(feature = "orm")]
pub(crate) fn read_code<T: std::str::FromStr, I: sea_orm::ColIdx>(
    row: &sea_orm::QueryResult,
    at: I,
    list: &str,
) -> Result<T, sea_orm::TryGetError> {
    let code = <String as sea_orm::TryGetable>::try_get_by(row, at)?;

    code.parse().map_err(|_| {
        sea_orm::TryGetError::DbErr(sea_orm::DbErr::Type(format!("stored {list} code {code:?} is unknown")))
    })
}

/// A code list as an OpenAPI schema of the same name: every code with its label.
#[cfg(feature = "openapi")]
macro_rules! code_schema {
    ($name:ident, $title:literal) => {
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                let labels = Self::ALL.iter().map(|value| (value.code(), value.label()));
                crate::kernel::code_list::schema_of($title, labels)
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
        }
    };
}
#[cfg(feature = "openapi")]
pub(crate) use code_schema;

#[cfg(feature = "openapi")]
pub(crate) fn schema_of(
    title: &str,
    values: impl Iterator<Item = (&'static str, &'static str)> + Clone,
) -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
    let labels: Vec<_> = values.clone().map(|(code, label)| format!("{code} {label}")).collect();

    utoipa::openapi::schema::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(values.map(|(code, _)| code)))
        .description(Some(format!("{title}：{}", labels.join("，"))))
        .into()
}

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
