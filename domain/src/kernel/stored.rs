//! A value that is kept whole, as JSON, in one column.

use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};

/// A column's value that is a list or a structure: typed in the row, JSON in the database. What cannot be read is an error of
/// the query, never an empty value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stored<T>(pub T);

impl<T> From<T> for Stored<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Stored<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Stored<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

#[cfg(feature = "orm")]
mod column {
    use super::Stored;
    use sea_orm::sea_query::{ArrayType, Nullable, ValueType, ValueTypeErr};
    use sea_orm::{ActiveValue, ColumnType, IntoActiveValue, TryGetableFromJson, Value};
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    impl<T: DeserializeOwned> TryGetableFromJson for Stored<T> {}

    impl<T: Serialize> From<Stored<T>> for Value {
        /// A value that is no JSON becomes NULL, which the column refuses.
        fn from(value: Stored<T>) -> Self {
            Self::Json(serde_json::to_value(value.0).ok().map(Box::new))
        }
    }

    impl<T: DeserializeOwned> ValueType for Stored<T> {
        fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
            let json = <serde_json::Value as ValueType>::try_from(value)?;
            serde_json::from_value(json).map(Self).map_err(|_| ValueTypeErr)
        }

        fn type_name() -> String {
            "Stored".to_owned()
        }

        fn array_type() -> ArrayType {
            ArrayType::Json
        }

        fn column_type() -> ColumnType {
            ColumnType::JsonBinary
        }
    }

    impl<T> Nullable for Stored<T> {
        fn null() -> Value {
            Value::Json(None)
        }
    }

    impl<T: Serialize> IntoActiveValue<Self> for Stored<T> {
        fn into_active_value(self) -> ActiveValue<Self> {
            ActiveValue::Set(self)
        }
    }
}
