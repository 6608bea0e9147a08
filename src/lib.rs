//! 明鉴 Mingjian: the backend of a county's “互联网+监管” platform. Start reading in `domain`.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod http;
pub mod jobs;
pub mod kernel;
pub mod persistence;
pub mod service;
