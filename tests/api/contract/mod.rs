//! What holds for every operation: the document, the matrix of who may do what, conventions, examples.

pub mod allowed;
mod authz_matrix;
mod browser;
mod conventions;
mod edges;
mod examples;
pub mod openapi;
mod plans;
mod same;
mod schemathesis;
mod scope;
