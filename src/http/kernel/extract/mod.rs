//! What a handler's arguments may be. Each knows how to read itself from a request and how to describe itself in OpenAPI.

mod access;
mod anonymous;
mod app;
mod check;
mod form;
mod json;
mod list;
mod path;
mod query;
mod strict;
mod undeclared;
mod upload;
mod write;

pub use access::{Read, Session, ctx_for, forbidden};
pub use anonymous::Anonymous;
pub use app::app_of;
pub use form::{Basic, Form};
pub use json::{Json, MEDIA_TYPES, body_bytes, late, next_chunk, parse_strict};
pub use list::{List, Listed, pairs};
pub use path::{Code, Id, Versioned};
pub use query::{AsKnown, Param, ParamKind, ParamValue, Params, Query};
pub use undeclared::check as check_declared;
pub use upload::{DATASETS, Upload, dataset};
pub use write::{Act, Write};
