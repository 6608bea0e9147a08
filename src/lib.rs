//! 明鉴 Mingjian: the backend of a county's “互联网+监管” platform. Start reading in `domain`.

pub mod app;
pub mod cli;
pub mod config;
pub mod ctx;
pub mod demo;
pub mod domain;
pub mod error;
pub mod http;
pub mod input;
pub mod jobs;
pub mod persistence;
pub mod secrets;
pub mod seeded;
pub mod service;
pub mod telemetry;
pub mod vault;
