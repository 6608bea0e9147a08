//! Views that show a row as it is, field by field.

/// `view! { /// 说明 pub struct XView of entity::xs::Model { id: Uuid, … } }`: every key is always present.
macro_rules! view {
    ($(#[$meta:meta])* pub struct $name:ident of $model:ty { $($(#[$field_meta:meta])* $field:ident: $kind:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(serde::Serialize, utoipa::ToSchema)]
        pub struct $name {
            $($(#[$field_meta])* #[schema(required)] pub $field: $kind),+
        }

        impl From<$model> for $name {
            fn from(model: $model) -> Self {
                Self { $($field: model.$field),+ }
            }
        }
    };
}
pub(crate) use view;
