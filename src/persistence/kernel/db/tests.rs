//! What a database does when it cannot go on.

use super::lease::Lease;
use super::turns::Purpose;
use super::*;
use domain::kernel::clocks::calendar::Calendar;
use domain::kernel::refusal::Code;
use domain::kernel::rules::Rules;

/// SQLite rolls a transaction back by itself when the disk is full. The connection does not know: it must not come back.
#[tokio::test]
async fn after_a_full_disk_writes_succeed_again() -> Result<()> {
    let folder = tempfile::tempdir().map_err(AppError::internal)?;
    let url = format!("sqlite://{}", folder.path().join("full.db").display());
    let db = Db::connect(
        &url,
        16,
        1,
        Desk { calendar: Calendar::published().map_err(AppError::internal)?, rules: Rules::default() },
        [0; 32],
    )
    .await?;
    db.migrate().await?;
    // A table without an index: no journal of the statement, so SQLite can only roll back all.
    db.execute_unprepared("create table heap (content blob)").await.or_app()?;
    let insert = async |bytes: u32| {
        let (tx, _turn) = db.begin().await?;
        tx.execute_unprepared(&format!("insert into heap values (randomblob({bytes}))")).await.or_app()?;
        tx.commit(Vec::new(), None).await.or_app()
    };

    insert(1).await?;
    // The connection that is used next may not grow the file.
    db.execute_unprepared("pragma max_page_count = 1").await.or_app()?;
    let full = insert(400_000).await;
    assert_eq!(full.err().map(|error| error.code), Some(Code::Unavailable), "the disk's fault, not the request's");
    // The pool takes a connection back beside us.
    tokio::time::sleep(Duration::from_millis(100)).await;
    // Whichever connection comes next, one after another: each stays on loan.
    let mut held = Vec::new();
    for _ in 0..4 {
        insert(400_000).await?;
        held.push(Lease::take(db.pool(), Purpose::Read).await.or_app()?);
    }
    drop(held);

    db.check_ready().await
}
