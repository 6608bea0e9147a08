//! Starting together, stopping, being killed.

use crate::harness::{Database, Server, World, repo_file, run};
use reqwest::Method;

#[tokio::test]
async fn four_processes_may_start_on_an_empty_database_together() {
    let database = Database::create().await;
    let servers: Vec<_> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..4).map(|_| scope.spawn(|| Server::start(&database))).collect();
        handles.into_iter().map(|handle| handle.join().unwrap()).collect()
    });
    for server in servers {
        let ready = reqwest::get(format!("{}/readyz", server.url)).await.unwrap();
        assert_eq!(ready.status(), 200);
        assert_eq!(server.stop(), Some(0), "SIGTERM ends it with success");
    }
}

/// A server that is told to end gives its job back, ends its streams with a last event, and another goes on at once.
#[tokio::test]
async fn a_server_that_ends_gives_its_job_back() {
    // A lease of an hour: only one that was given back is taken up in this test.
    const LEASE: (&str, &str) = ("MINGJIAN__SERVER__JOB_LEASE_SECONDS", "3600");
    let mut world = World::bare_with(&[LEASE]).await;
    let file = std::fs::read(repo_file("data/demo/objects.csv")).unwrap();
    let call = world.post("market.lead", "/api/v1/imports?dataset=objects").raw("text/csv", file);
    let job = call.send().await.expect(202);
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    let events = format!("{path}/events");
    let stream = world.get("market.lead", &events);
    let begun = async {
        while world.get("market.lead", &path).await.expect(200)["progress"]["done"] == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        world.server.terminate();
    };
    let (told, ()) = futures::future::join(stream, begun).await;
    let last = told.text.rsplit("event: ").next().unwrap();
    assert!(last.starts_with("stopping") || last.starts_with("end"), "{}", told.text);
    assert_eq!(world.server.wait(), Some(0));

    world.server = Server::start_with(&world.database, &[LEASE]);
    assert_eq!(world.wait_for("market.lead", &job).await["status"], "SUCCEEDED");
    let import = world.get("market.lead", &format!("/api/v1/imports/{}", job["import_id"].as_str().unwrap())).await;
    assert_eq!(import.expect(200)["rows_created"], 2_200, "every row once");
}

/// The server dies while it imports; another one finishes, and every row is counted once.
#[tokio::test]
async fn an_import_survives_its_server() {
    const LEASE: (&str, &str) = ("MINGJIAN__SERVER__JOB_LEASE_SECONDS", "2");
    let mut world = World::bare_with(&[LEASE]).await;
    let file = std::fs::read(repo_file("data/demo/objects.csv")).unwrap();
    let call = world.post("market.lead", "/api/v1/imports?dataset=objects").raw("text/csv", file);
    let job = call.send().await.expect(202);
    let import = format!("/api/v1/imports/{}", job["import_id"].as_str().unwrap());
    let rows =
        async |world: &World| world.get("market.lead", &import).await.expect(200)["rows_total"].as_i64().unwrap();
    while rows(&world).await == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    world.server.kill();

    // Where this process was held up meanwhile, the import may be over: then nothing was broken off and nothing is proved here.
    world.server = Server::start_with(&world.database, &[LEASE]);
    let broken_off = rows(&world).await;
    assert!(broken_off >= 1, "killed after {broken_off} of 2,200 rows");
    let path = format!("/api/v1/jobs/{}", job["id"].as_str().unwrap());
    for _ in 0..3_000 {
        let job = world.get("market.lead", &path).await.expect(200);
        if job["status"] == "SUCCEEDED" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(world.get("market.lead", &path).await.expect(200)["status"], "SUCCEEDED");
    let done = world.get("market.lead", &import).await.expect(200);
    assert_eq!((&done["rows_total"], &done["rows_created"]), (&2_200.into(), &2_200.into()), "{done}");
    let page = world.get("market.lead", "/api/v1/objects?total=exact&limit=1").await.expect(200);
    assert_eq!(page["page"]["total"], 2_200);
}

#[tokio::test]
async fn mistakes_on_the_command_line_are_told_in_one_line() {
    let database = Database::create().await;
    for (args, words) in [
        (&["import", "objects", "/no/such/file.csv"][..], "/no/such/file.csv"),
        (&["verify-draw", "/no/such/file.json"], "/no/such/file.json"),
        (&["serve", "--bind", "nonsense"], "server.bind"),
        (&["serve", "--log", "=nonsense="], "log.filter"),
        (&["migrate", "--database-url", "mysql://x"], "database.url"),
        (&["admin", "create", "--username", "x", "--role", "KING"], "--role"),
    ] {
        let (code, _, error) = run(&database, args);
        assert_eq!(code, 1, "{args:?}: {error}");
        assert!(error.contains(words) && error.trim().lines().count() == 1, "{args:?}: {error}");
    }
    let (code, out, _) = run(&database, &["--help"]);
    assert_eq!(code, 0);
    for command in ["serve", "demo", "migrate", "openapi", "admin", "import", "verify-draw"] {
        assert!(out.contains(command), "{command}");
    }
}

#[tokio::test]
async fn metrics_and_health_are_served() {
    let world = World::bare().await;
    world.anonymous(Method::GET, "/healthz").send().await.expect(200);
    world.anonymous(Method::GET, "/readyz").send().await.expect(200);
    world.get("coordinator", "/api/v1/departments?limit=1").await.expect(200);
    let metrics = world.anonymous(Method::GET, "/metrics").send().await;
    assert!(metrics.text.contains("http_requests_total{method=\"GET\",route=\"/api/v1/departments\",status=\"200\"}"));
    let docs = world.anonymous(Method::GET, "/docs/").send().await;
    assert!(docs.text.contains("swagger-ui") && !docs.text.contains("https://"), "nothing comes from elsewhere");
}
