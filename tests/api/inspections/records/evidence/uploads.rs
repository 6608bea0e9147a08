//! A file comes in pieces, over lines that break, from several sides at once.

use crate::harness::{Server, World, photo};
use futures::future::join_all;
use futures::stream;
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use reqwest::Method;
use serde_json::json;

/// So many bytes that no other file has: the beginning of an MP3, and noise.
pub fn sound(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; size];
    StdRng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes[..10].copy_from_slice(b"ID3\x03\0\0\0\0\0\0");
    bytes
}

#[tokio::test]
async fn an_upload_is_refused_in_words_and_goes_on_where_it_stopped() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let content = photo(1);
    let path = world.declare("market.admin", &inspection, &World::captured(1, "PHOTO", &content)).await;
    let id = path.rsplit('/').next().unwrap();
    let upload = format!("{path}/upload");
    let bare = || world.request(Method::PATCH, "market.admin", &upload);
    const OCTETS: &str = "application/offset+octet-stream";

    let old = bare().header("tus-resumable", "0.2.2").header("upload-offset", "0").raw(OCTETS, content.clone());
    let refused = old.send().await;
    refused.expect_problem(412, "UPLOAD_VERSION");
    assert_eq!(refused.header("tus-version"), "1.0.0");
    let call = || bare().header("tus-resumable", "1.0.0");
    call().header("upload-offset", "0").raw("image/jpeg", content.clone()).send().await.expect(415);
    call().raw(OCTETS, content.clone()).send().await.expect_problem(400, "INVALID_PARAMETER");
    call().header("upload-offset", "-1").raw(OCTETS, content.clone()).send().await.expect(400);
    let ahead = world.send_bytes("market.admin", &path, 10, content.clone()).await;
    assert!(ahead.expect_problem(409, "UPLOAD_OFFSET")["detail"].as_str().unwrap().contains("0 字节"));

    // More than it was said to have: what came before is kept, nothing of what was too much.
    let mut longer = content.clone();
    longer.push(0);
    world.send_bytes("market.admin", &path, 0, longer).await.expect_problem(413, "PAYLOAD_TOO_LARGE");
    assert_eq!(world.upload_offset("market.admin", &path).await, 0);

    let half = content.len() / 2;
    let sent = world.send_bytes("market.admin", &path, 0, content[..half].to_vec()).await;
    sent.expect(204);
    assert_eq!((sent.header("upload-offset"), sent.header("tus-resumable")), (half.to_string().as_str(), "1.0.0"));
    assert_eq!(world.upload_offset("market.admin", &path).await, half);

    // One byte changed on the way.
    let mut changed = content[half..].to_vec();
    changed[100] ^= 1;
    let refused = world.send_bytes("market.admin", &path, half, changed).await;
    assert_eq!(refused.expect_problem(422, "DIGEST_MISMATCH")["errors"][0]["pointer"], "/sha256");
    let line = world.assert_audit("evidence", id, "ARRIVAL_REFUSED", "market.admin").await;
    assert_ne!(line["after"]["arrived_sha256"], line["after"]["sha256"]);
    assert_eq!(world.upload_offset("market.admin", &path).await, 0, "it begins anew");

    world.send_bytes("market.admin", &path, 0, content.clone()).await.expect(204);
    world.assert_audit("evidence", id, "ARRIVED", "market.admin").await;
    let kept = world.checked("market.admin", &path).await;
    assert_eq!((&kept["status"], &kept["media_type"]), (&json!("KEPT"), &json!("image/jpeg")));
    world.assert_audit("evidence", id, "FILE_ACCEPTED", "evidence").await;
    assert_eq!(world.upload_offset("market.admin", &path).await, content.len());
    world.send_bytes("market.admin", &path, content.len(), Vec::new()).await.expect_problem(409, "STATE_CONFLICT");
}

/// The line breaks twenty times, each time somewhere else, over two processes.
#[tokio::test]
async fn an_upload_that_is_cut_twenty_times_has_the_same_digest() {
    let world = World::county().await;
    let second = Server::start(&world.database);
    let inspection = world.begun_inspection("market").await;
    let content = sound(9 * 1024 * 1024 + 7, 1);
    let path = world.declare("market.admin", &inspection, &World::captured(1, "AUDIO", &content)).await;
    let mut chance = StdRng::seed_from_u64(7);
    let mut cuts = 0;

    while cuts < 20 {
        let at = world.upload_offset("market.admin", &path).await;
        let upto = at + chance.random_range(1..900_000).min((content.len() - at) / 2);
        let part = content[at..upto].to_vec();
        let broken = std::io::Error::other("the line broke");
        let body = reqwest::Body::wrap_stream(stream::iter([Ok(part), Err(broken)]));
        let server = if cuts % 2 == 0 { &world.server } else { &second };
        let sent = world.cut(server, "market.admin", &path, at, content.len() - at, body).await;
        assert!(sent.is_err(), "the line was to break");
        cuts += 1;
    }

    // What is on its way in when the line breaks may be kept a moment later.
    for _ in 0..200 {
        let at = world.upload_offset("market.admin", &path).await;
        let sent = world.send_bytes("market.admin", &path, at, content[at..].to_vec()).await;
        if sent.status == 204 {
            break;
        }
        sent.expect_problem(409, "UPLOAD_OFFSET");
    }
    assert_eq!(world.checked("market.admin", &path).await["status"], "KEPT");
    let link = world.link("market.admin", &path, "ORIGINAL").await;
    let read = world.anonymous(Method::GET, &link).send().await;
    assert_eq!((read.status, read.content == content), (200, true));
}

#[tokio::test]
async fn of_eight_that_send_the_same_file_at_once_none_spoils_it() {
    let world = World::county().await;
    let second = Server::start(&world.database);
    let inspection = world.begun_inspection("market").await;
    let content = sound(3 * 1024 * 1024, 2);
    let path = world.declare("market.admin", &inspection, &World::captured(1, "AUDIO", &content)).await;
    let sends = (0..8).map(|at| {
        let server = if at % 2 == 0 { &world.server } else { &second };
        world
            .request_at(server, Method::PATCH, "market.admin", &format!("{path}/upload"))
            .header("tus-resumable", "1.0.0")
            .header("upload-offset", "0")
            .raw("application/offset+octet-stream", content.clone())
            .send()
    });
    for answer in join_all(sends).await {
        assert!(matches!(answer.status, 204 | 409), "{}: {}", answer.status, answer.text);
    }
    loop {
        let at = world.upload_offset("market.admin", &path).await;
        if at == content.len() {
            break;
        }
        world.send_bytes("market.admin", &path, at, content[at..].to_vec()).await;
    }

    assert_eq!(world.checked("market.admin", &path).await["status"], "KEPT");
    let link = world.link("market.admin", &path, "ORIGINAL").await;
    assert!(world.anonymous(Method::GET, &link).send().await.content == content);
}
