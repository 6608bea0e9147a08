//! The same in a bucket of an S3-compatible service.
//!
//! Ignored by default: `tests/run.sh` runs it where such a service is installed (`S3_SERVER` names the program).

use super::uploads::sound;
use crate::harness::World;
use reqwest::Method;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// The service, on a port of its own, until the test ends.
struct Service {
    child: Child,
    endpoint: String,
}

impl Service {
    async fn start() -> Self {
        let program = std::env::var("S3_SERVER").expect("S3_SERVER names the program");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let child = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let service = Self { child, endpoint: format!("http://127.0.0.1:{port}") };
        for _ in 0..600 {
            if reqwest::Client::new().put(format!("{}/evidence", service.endpoint)).send().await.is_ok() {
                return service;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        panic!("the service did not start");
    }

    /// How many objects the bucket has, and whether any shows some bytes.
    async fn holds(&self, bytes: &[u8]) -> (usize, bool) {
        let list = reqwest::get(format!("{}/evidence?list-type=2", self.endpoint)).await.unwrap().text().await.unwrap();
        let keys: Vec<_> =
            list.split("<Key>").skip(1).filter_map(|part| part.split_once("</Key>").map(|(key, _)| key)).collect();
        let mut shown = false;
        for key in &keys {
            let object = reqwest::get(format!("{}/evidence/{key}", self.endpoint)).await.unwrap();
            let object = object.bytes().await.unwrap();
            shown |= object.windows(bytes.len()).any(|window| window == bytes);
        }
        (keys.len(), shown)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
#[ignore = "needs an S3-compatible service; tests/run.sh runs it"]
async fn a_bucket_keeps_evidence_as_a_folder_does() {
    let service = Service::start().await;
    let world = World::county_with(&[
        ("MINGJIAN__FILES__PLACE", "s3://evidence/county"),
        ("MINGJIAN__FILES__OPTIONS__ENDPOINT", &service.endpoint),
        ("MINGJIAN__FILES__OPTIONS__ALLOW_HTTP", "true"),
        ("MINGJIAN__FILES__OPTIONS__REGION", "cn-test"),
        ("MINGJIAN__FILES__OPTIONS__ACCESS_KEY_ID", "test"),
        ("MINGJIAN__FILES__OPTIONS__SECRET_ACCESS_KEY", "test"),
    ])
    .await;
    let inspection = world.begun_inspection("market").await;
    let content = sound(2 * 1024 * 1024 + 9, 5);
    let path = world.declare("market.admin", &inspection, &World::captured(1, "AUDIO", &content)).await;
    world.send_bytes("market.admin", &path, 0, content[..1_500_000].to_vec()).await.expect(204);
    world.send_bytes("market.admin", &path, 1_500_000, content[1_500_000..].to_vec()).await.expect(204);
    assert_eq!(world.checked("market.admin", &path).await["status"], "KEPT");

    let link = world.link("market.admin", &path, "ORIGINAL").await;
    assert!(world.anonymous(Method::GET, &link).send().await.content == content);
    let part = world.anonymous(Method::GET, &link).header("range", "bytes=1048570-1048585").send().await;
    assert!(part.content == content[1_048_570..1_048_586]);
    let (objects, shown) = service.holds(&content[5_000..5_064]).await;
    assert!((3..=4).contains(&objects) && !shown, "three pieces, each sealed, and the mark of the deployment");

    let inputs = serde_json::json!({ "contact": "王强，0839-4200000" });
    let draft = world.draft("market.admin", &inspection, "INSPECTION_NOTICE", inputs).await;
    world.act("market.admin", &draft, "issue", None).await.expect(200);
    let (objects, _) = service.holds(b"no such bytes in any of them").await;
    assert!((5..=6).contains(&objects), "and the files of a document");
}
