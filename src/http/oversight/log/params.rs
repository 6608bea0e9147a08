//! What a proof is asked of.

use crate::http::kernel::extract::{Param, ParamKind, ParamValue, Params};
use uuid::Uuid;

/// Hashes in one answer.
pub const MOST: u64 = 256;
/// No log is larger.
const LARGEST: u64 = 1 << 53;

const SIZE: Param =
    Param { name: "size", doc: "日志的行数，默认为目前的", kind: ParamKind::Count { max: LARGEST } };

/// A line of the trail.
#[derive(Default)]
pub struct OfEntry {
    pub entry: Uuid,
    pub size: Option<u64>,
}

impl Params for OfEntry {
    const PARAMS: &'static [Param] =
        &[Param { name: "entry_id", doc: "审计记录的标识", kind: ParamKind::Record }, SIZE];

    const MAY_MISS: bool = true;

    fn set(&mut self, _: &str, value: ParamValue) {
        match value {
            ParamValue::Id(id) => self.entry = id,
            ParamValue::Count(size) => self.size = Some(size),
            ParamValue::Day(_) | ParamValue::Choice(_) => {}
        }
    }
}

/// A place of the log.
#[derive(Default)]
pub struct OfPlace {
    pub place: Option<u64>,
    pub size: Option<u64>,
}

const PLACE: Param =
    Param { name: "place", doc: "位置，自 0 起，默认为 0", kind: ParamKind::Place { max: LARGEST } };

impl Params for OfPlace {
    const PARAMS: &'static [Param] = &[PLACE, SIZE];

    const MAY_MISS: bool = true;

    fn set(&mut self, name: &str, value: ParamValue) {
        match (name, value) {
            ("place", ParamValue::Count(place)) => self.place = Some(place),
            (_, ParamValue::Count(size)) => self.size = Some(size),
            (_, ParamValue::Day(_) | ParamValue::Choice(_) | ParamValue::Id(_)) => {}
        }
    }
}

/// Some places of the log.
#[derive(Default)]
pub struct Places {
    pub place: Option<u64>,
    pub count: Option<u64>,
}

impl Params for Places {
    const PARAMS: &'static [Param] =
        &[PLACE, Param { name: "count", doc: "个数，默认 256", kind: ParamKind::Count { max: MOST } }];

    fn set(&mut self, name: &str, value: ParamValue) {
        match (name, value) {
            ("place", ParamValue::Count(place)) => self.place = Some(place),
            (_, ParamValue::Count(count)) => self.count = Some(count),
            (_, ParamValue::Day(_) | ParamValue::Choice(_) | ParamValue::Id(_)) => {}
        }
    }
}

/// Two sizes of the log.
#[derive(Default)]
pub struct Growth {
    pub from: Option<u64>,
    pub to: Option<u64>,
}

impl Params for Growth {
    const PARAMS: &'static [Param] = &[
        Param { name: "from", doc: "较小的行数，默认为 1", kind: ParamKind::Count { max: LARGEST } },
        Param { name: "to", doc: "较大的行数，默认为目前的", kind: ParamKind::Count { max: LARGEST } },
    ];

    const MAY_MISS: bool = true;

    fn set(&mut self, name: &str, value: ParamValue) {
        match (name, value) {
            ("from", ParamValue::Count(from)) => self.from = Some(from),
            (_, ParamValue::Count(to)) => self.to = Some(to),
            (_, ParamValue::Day(_) | ParamValue::Choice(_) | ParamValue::Id(_)) => {}
        }
    }
}
