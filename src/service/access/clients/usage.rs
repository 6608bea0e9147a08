//! What partner systems did: counted in memory, written down every few seconds.

use crate::app::App;
use crate::kernel::ctx::now;
use crate::kernel::error::Result;
use crate::persistence::access::clients as store;
use domain::kernel::clocks::calendar::local_date;
use entity::access::client_usage::Model;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use uuid::Uuid;

/// Counts since they were last written down.
#[derive(Default)]
pub struct Usage(Mutex<HashMap<(Uuid, String), (i64, i64)>>);

impl Usage {
    pub fn count(&self, client: Uuid, operation: String, refused: bool) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = counts.entry((client, operation)).or_default();
        entry.0 += 1;
        entry.1 += i64::from(refused);
    }

    fn put_back(&self, client: Uuid, operation: String, (requests, refused): (i64, i64)) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = counts.entry((client, operation)).or_default();
        entry.0 += requests;
        entry.1 += refused;
    }

    fn take(&self) -> HashMap<(Uuid, String), (i64, i64)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes the counts down; called every few seconds and at the end.
pub async fn write_down(app: &App) -> Result<()> {
    let now = now();
    let mut outcome = Ok(());
    for ((client_id, operation), (requests, refused)) in app.usage.take() {
        let row = Model { client_id, day: local_date(now), operation: operation.clone(), requests, refused };
        if let Err(error) = store::count(&app.db, row, now).await {
            app.usage.put_back(client_id, operation, (requests, refused));
            outcome = Err(error);
        }
    }
    outcome
}
