//! 权限与账户: accounts, log-in, permissions, delegations and partner systems.

pub mod client_usage;
pub mod clients;
pub mod delegations;
pub mod refresh_tokens;
pub mod sessions;
pub mod used_nonces;
pub mod user_activity;
pub mod users;
