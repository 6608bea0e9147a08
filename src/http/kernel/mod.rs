//! 内核: what all areas use.

pub mod describe;
mod early;
pub mod extract;
pub mod file;
pub mod middleware;
pub mod openapi;
pub mod ops;
pub mod problem;
pub mod reply;
pub mod routing;
pub mod server;
pub mod view;
