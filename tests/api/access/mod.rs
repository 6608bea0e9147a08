//! Who comes in, as what and how far.

mod accounts;
mod attacks;
mod auth;
mod delegations;
mod identity;
mod keys;
mod partners;
mod single_sign_on;
mod timing;
pub mod totp;
