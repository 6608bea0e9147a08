//! The application behind a request.

use crate::app::App;
use crate::kernel::error::{AppError, Result};
use actix_web::{HttpRequest, web};

/// What the server was started with. Fails only where a server was put together without it.
pub fn app_of(request: &HttpRequest) -> Result<&web::Data<App>> {
    request.app_data().ok_or_else(|| AppError::internal("no app data"))
}
