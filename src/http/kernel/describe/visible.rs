//! Texts that have something to see in them.

use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::{RefOr, Schema};

/// A text with something to see in it: blanks, controls, format characters and fillers alone are none. Bodies say it as `\\S`.
pub const VISIBLE: &str = "[^\\s\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u115f\\u1160\\u180e\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u2800\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff9-\\ufffb]";

/// Puts [`VISIBLE`] wherever a schema asks for a sign that is no blank.
pub(super) fn demand(schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            if object.pattern.as_deref() == Some("\\S") {
                object.pattern = Some(VISIBLE.to_owned());
            }
            object.properties.values_mut().for_each(demand);
        }
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                demand(items);
            }
        }
        Schema::OneOf(any) => any.items.iter_mut().for_each(demand),
        Schema::AllOf(all) => all.items.iter_mut().for_each(demand),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(demand),
        _ => {}
    }
}
