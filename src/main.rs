//! `mingjian`: see `mingjian --help`.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() {
    let code = mingjian::cli::run().await;
    // Not by returning: what tasks still hold would be dropped without a runtime, and connections cannot be closed so.
    std::process::exit(i32::from(code != ExitCode::SUCCESS));
}
