//! Server-sent events about a job. The stream looks at the job twice a second, says what has changed, and ends with it.

use super::JobView;
use crate::app::App;
use crate::http::kernel::describe::{Describe, Doc};
use crate::kernel::ctx::Ctx;
use crate::persistence::intake::jobs as store;
use crate::persistence::kernel::db::working_at;
use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, Responder, web};
use futures::stream;
use std::sync::Arc;
use std::time::Duration;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use uuid::Uuid;

const LOOK: Duration = Duration::from_millis(500);
/// A silent line is sent after so many looks without news, so that nothing on the way closes the connection.
const SILENCE: u32 = 30;
/// After so many looks (ten minutes) the stream ends; whoever still listens comes again.
const LOOKS: u32 = 1_200;

pub struct EventStream {
    app: Arc<App>,
    ctx: Ctx,
    job: Uuid,
}

impl EventStream {
    pub fn new(app: Arc<App>, ctx: Ctx, job: Uuid) -> Self {
        Self { app, ctx, job }
    }
}

/// Where a stream is.
struct Position {
    of: EventStream,
    told: Option<i32>,
    looks: u32,
    silent: u32,
    over: bool,
}

/// The next lines to send; `None` ends the stream.
async fn next(mut at: Position) -> Option<(Result<web::Bytes, actix_web::Error>, Position)> {
    if at.over || at.looks >= LOOKS {
        return None;
    }
    loop {
        if at.looks > 0 {
            tokio::select! {
                () = actix_web::rt::time::sleep(LOOK) => {}
                () = at.of.app.stopped() => {}
            }
        }
        if at.of.app.is_stopping() {
            at.over = true;
            let id = at.told.unwrap_or_default();
            // The client comes again, to whoever serves then.
            return Some((Ok(format!("id: {id}\nevent: stopping\nretry: 2000\ndata: {{}}\n\n").into()), at));
        }
        at.looks += 1;
        // A job out of sight, or a database that does not answer, ends the stream: the client comes again.
        // The handler has ended, so its share of the turns is asked for here.
        let job = working_at("jobs", store::get(&at.of.app.db, &at.of.ctx, at.of.job)).await.ok()?;
        if at.told != Some(job.version) {
            at.told = Some(job.version);
            at.silent = 0;
            at.over = job.status.is_over();
            let name = if at.over { "end" } else { "progress" };
            let data = serde_json::to_string(&JobView::from(job)).ok()?;
            let id = at.told.unwrap_or_default();
            return Some((Ok(format!("id: {id}\nevent: {name}\ndata: {data}\n\n").into()), at));
        }
        at.silent += 1;
        if at.silent >= SILENCE || at.looks >= LOOKS {
            at.silent = 0;
            return Some((Ok(web::Bytes::from_static(b": still here\n\n")), at));
        }
    }
}

impl Responder for EventStream {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let at = Position { of: self, told: None, looks: 0, silent: 0, over: false };
        HttpResponse::Ok()
            .content_type("text/event-stream")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header(("X-Accel-Buffering", "no"))
            .streaming(stream::unfold(at, next))
    }
}

impl Describe for EventStream {
    fn describe(doc: &mut Doc) {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let schema = ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some("一个事件：progress 或 end；data 为 JobView 的 JSON"))
            .property("id", text())
            .property("event", text())
            .property("data", text());
        doc.raw("text/event-stream", schema);
    }
}
