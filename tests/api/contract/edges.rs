//! The edges of the protocol, seen from a socket: slow and broken requests, other origins, panics, and the server's end.

use crate::harness::{Server, World};
use reqwest::Method;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// A log-in whose body says that it is longer than what is sent of it.
fn half_a_log_in(stream: &mut TcpStream) -> &'static str {
    let body = r#"{"username":"nobody","password":"wrong and long"}"#;
    let (first, rest) = body.split_at(10);
    let head = "POST /api/v1/auth/token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json";
    write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{first}", body.len()).unwrap();
    rest
}

fn rest_of(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_body_that_does_not_come_is_waited_for_so_long() {
    let world = World::bare_with(&[("MINGJIAN__LIMITS__BODY_SECONDS", "1")]).await;
    let mut stream = connect(&world.server);
    half_a_log_in(&mut stream);
    let answer = rest_of(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("application/problem+json") && answer.contains("\"code\":\"REQUEST_TIMEOUT\""), "{answer}");
}

#[tokio::test]
async fn what_is_no_request_is_a_problem_too() {
    let world = World::bare().await;
    let large = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: {}\r\n\r\n", "x".repeat(1 << 20));
    let pipelined = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nGET /healthz HTTP/1.1\r\nno header\r\n\r\n";
    for (sent, status, code) in [
        ("no request at all\r\n\r\n", "400", "MALFORMED_REQUEST"),
        ("GET / HTTP/1.1\r\nbad header\r\n\r\n", "400", "MALFORMED_REQUEST"),
        ("GET / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "400", "MALFORMED_REQUEST"),
        (pipelined, "400", "MALFORMED_REQUEST"),
        (&large, "431", "HEADERS_TOO_LARGE"),
        // Whoever sends no whole head is not waited for.
        ("GET /healthz HTTP/1.1\r\nhost", "408", "REQUEST_TIMEOUT"),
    ] {
        let mut stream = connect(&world.server);
        // The server may close before it has read all.
        let _sent = stream.write_all(sent.as_bytes());
        let answers = rest_of(&mut stream);
        let last = answers.rfind("HTTP/1.1 ").map(|at| &answers[at..]).unwrap_or_default();
        let (head, body) = last.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{status}: {answers}"));
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")) && head.contains("problem+json"), "{answers}");
        let problem: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&problem["code"], &problem["instance"]), (&json!(code), &json!("/")), "{problem}");
        assert!(head.contains(&format!("x-request-id: {}", problem["trace_id"].as_str().unwrap())), "{head}");
    }
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_ends() {
    let mut world = World::bare().await;
    let mut stream = connect(&world.server);
    let rest = half_a_log_in(&mut stream);
    // The server has begun to read it.
    world.anonymous(Method::GET, "/healthz").send().await.expect(200);
    let next = Server::start(&world.database);
    let ending = std::mem::replace(&mut world.server, next);
    let ended = std::thread::spawn(move || ending.stop());
    std::thread::sleep(Duration::from_millis(300));
    stream.write_all(rest.as_bytes()).unwrap();
    let answer = rest_of(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 401 ") && answer.contains("\"code\":\"LOGIN_FAILED\""), "{answer}");
    assert_eq!(ended.join().unwrap(), Some(0));
}

#[tokio::test]
async fn a_panic_is_a_problem_and_the_server_goes_on() {
    let world = World::bare_with(&[("SEEDED_BUG", "panic"), ("MINGJIAN__LOG__FILTER", "off")]).await;
    let problem = world.get("market.lead", "/api/v1/me").await.expect_problem(500, "INTERNAL");
    assert!(!problem.to_string().contains("seeded"), "nothing of the inside is told: {problem}");
    world.anonymous(Method::GET, "/healthz").send().await.expect(200);
}

#[tokio::test]
async fn other_origins_are_let_in_by_configuration_only() {
    const ORIGIN: &str = "https://portal.example.cn";
    let closed = World::bare().await;
    let call = closed.anonymous(Method::GET, "/api/v1/public/plans").header("origin", ORIGIN);
    assert_eq!(call.send().await.header("access-control-allow-origin"), "");
    let open = World::bare_with(&[("MINGJIAN__SERVER__CORS_ORIGINS", ORIGIN)]).await;
    let preflight = |origin: &str| {
        let call = open.anonymous(Method::OPTIONS, "/api/v1/objects").header("origin", origin);
        call.header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,if-match")
    };
    let allowed = preflight(ORIGIN).send().await;
    allowed.expect(200);
    assert_eq!(allowed.header("access-control-allow-origin"), ORIGIN);
    preflight("https://elsewhere.example").send().await.expect_problem(400, "MALFORMED_REQUEST");
    // What a frontend must read, it may read, on failures too.
    let refused = open.anonymous(Method::GET, "/api/v1/me").header("origin", ORIGIN).send().await;
    refused.expect_problem(401, "UNAUTHENTICATED");
    assert_eq!(refused.header("access-control-allow-origin"), ORIGIN);
    assert!(refused.header("access-control-expose-headers").contains("x-request-id"), "{refused:?}");
}

#[tokio::test]
async fn what_is_not_declared_is_not_taken() {
    let world = World::county().await;
    let object = world.get("market.lead", "/api/v1/objects?limit=1").await.expect(200)["items"][0].clone();
    let path = format!("/api/v1/objects/{}", object["id"].as_str().unwrap());
    let refused = world.get("market.lead", &format!("{path}?fields=name&dry_run=1")).await;
    let problem = refused.expect_problem(400, "UNKNOWN_PARAMETER");
    assert_eq!(problem["errors"].as_array().unwrap().len(), 2, "{problem}");
    let change = world.request(Method::PATCH, "market.lead", &format!("{path}?dry_run=true")).if_match(1);
    change.json(&json!({ "name": "改名" })).send().await.expect_problem(400, "UNKNOWN_PARAMETER");
    let body = world.task_body("无内容", &["51082103"]).await;
    let task = world.post("market.lead", "/api/v1/tasks").json(&body).send().await.expect(201);
    let freeze = world.post("market.lead", &format!("/api/v1/tasks/{}/freeze", task["id"].as_str().unwrap()));
    let freeze = freeze.if_match(1).keyed().json(&json!({ "reason": "无" }));
    freeze.send().await.expect_problem(400, "MALFORMED_REQUEST");
    // A filter's value is no other filter.
    world.get("market.officer", "/api/v1/objects?name=x%26local_class%3DKEY").await.expect(200);
}

#[tokio::test]
async fn invented_methods_and_crowds_do_not_blind_the_supervision() {
    // Five in an hour: on no machine do sixty requests outlast a refill.
    let limits = [
        ("MINGJIAN__LIMITS__REQUESTS_PER_SECOND", "5"),
        ("MINGJIAN__LIMITS__REQUEST_BURST", "5"),
        ("MINGJIAN__LIMITS__RATE_SECONDS", "3600"),
    ];
    let world = World::bare_with(&limits).await;
    for number in 0..60 {
        let method = Method::from_bytes(format!("INVENTED{number}").as_bytes()).unwrap();
        world.anonymous(method, "/api/v1/public/plans").send().await;
    }
    let metrics = world.anonymous(Method::GET, "/metrics").send().await;
    assert_eq!(metrics.status, 200, "a probe is not turned away");
    assert!(!metrics.text.contains("INVENTED") && metrics.text.contains("method=\"other\""));
    world.anonymous(Method::GET, "/readyz").send().await.expect(200);
    world.anonymous(Method::GET, "/api/v1/public/plans").send().await.expect_problem(429, "RATE_LIMITED");
}

#[tokio::test]
async fn log_ins_of_one_address_are_counted_by_themselves() {
    let limits = [
        ("MINGJIAN__LIMITS__REQUESTS_PER_SECOND", "1000"),
        ("MINGJIAN__LIMITS__LOG_INS_PER_SECOND", "1"),
        ("MINGJIAN__LIMITS__RATE_SECONDS", "3600"),
    ];
    let world = World::bare_with(&limits).await;
    let mut statuses = Vec::new();
    for round in 0..20 {
        let path = ["/api/v1/auth/token", "/api/v1/%61uth/token"][round % 2];
        let call = world.anonymous(Method::POST, path);
        statuses.push(call.json(&json!({ "username": "nobody", "password": "wrong and long" })).send().await.status);
    }
    let expected = [vec![401; 6], vec![429; 14]].concat();
    assert_eq!(statuses, expected);
    world.anonymous(Method::GET, "/api/v1/public/plans").send().await.expect(200);
}
