//! What a handler's arguments may be. Each knows how to read itself from a request and how to describe itself in OpenAPI.

mod access;
mod json;
mod list;
mod path;
mod strict;
mod write;

pub use access::{Read, Session};
pub use json::{BodyDigest, Json, Validators};
pub use list::{List, Listed, pairs};
pub use path::{Code, Id, Versioned};
pub use write::{Act, Write};
