//! The main jobs from end to end, and what happens to them in races and when processes die.

mod demo;
mod flow;
mod log;
mod outages;
mod processes;
mod races;
mod tampering;
mod upgrade;
mod whole_loop;
mod wire;
