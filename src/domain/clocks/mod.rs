//! Legal clocks: deadlines in working days by the State Council's yearly notices.

pub mod calendar;
