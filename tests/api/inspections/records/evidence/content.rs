//! Reading a file: by a link that ends, in ranges, never changed unseen.

use super::uploads::sound;
use crate::harness::{World, photo};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_link_leads_to_the_file_in_ranges_until_it_ends() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let content = sound(2 * 1024 * 1024 + 1_000, 3);
    let path = world.kept("market.admin", &inspection, &World::captured(1, "AUDIO", &content), &content).await;
    let link = world.link("market.admin", &path, "ORIGINAL").await;
    world.assert_audit("evidence", path.rsplit('/').next().unwrap(), "FILE_OPENED", "market.admin").await;

    let whole = world.anonymous(Method::GET, &link).send().await;
    assert_eq!((whole.status, whole.content == content), (200, true));
    for (header, value) in [
        ("content-type", "audio/mpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("accept-ranges", "bytes"),
        ("content-length", &content.len().to_string()),
    ] {
        assert_eq!(whole.header(header), value, "{header}");
    }

    let range = async |range: &str| world.anonymous(Method::GET, &link).header("range", range).send().await;
    let piece = 1024 * 1024;
    for (asked, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=1048570-1048580", piece - 6, piece + 5),
        ("bytes=-10", content.len() - 10, content.len()),
        ("bytes=2097152-", 2 * piece, content.len()),
        ("bytes=1048576-2097151", piece, 2 * piece),
    ] {
        let part = range(asked).await;
        assert_eq!((part.status, part.content == content[from..to]), (206, true), "{asked}");
        assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{}", to - 1, content.len()));
    }
    range("bytes=9999999-").await.expect_problem(416, "RANGE_NOT_SATISFIABLE");
    let other = world.anonymous(Method::GET, &link).header("range", "bytes=0-9").header("if-range", "\"another\"");
    assert_eq!(other.send().await.status, 200, "a range of another file is none of this one");

    // No link that somebody made up, none to what is not kept, none that has ended.
    let mut forged = link.clone().into_bytes();
    let at = forged.len() - 3;
    forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    world.anonymous(Method::GET, &forged).send().await.expect_problem(404, "NOT_FOUND");
    let waiting = world.declare("market.admin", &inspection, &World::captured(2, "PHOTO", b"waiting")).await;
    let call = world.post("market.admin", &format!("{waiting}/links")).json(&json!({ "variant": "ORIGINAL" }));
    call.send().await.expect_problem(409, "STATE_CONFLICT");
    let call = world.post("market.admin", &format!("{path}/links")).json(&json!({ "variant": "THUMBNAIL" }));
    call.send().await.expect_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_photo_has_a_small_picture() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let content = photo(9);
    let path = world.kept("market.admin", &inspection, &World::captured(1, "PHOTO", &content), &content).await;
    assert_eq!(world.get("market.admin", &path).await.expect(200)["has_thumbnail"], true);
    let link = world.link("market.admin", &path, "THUMBNAIL").await;
    let small = world.anonymous(Method::GET, &link).send().await;
    assert_eq!((small.status, small.header("content-type")), (200, "image/jpeg"));
    let picture = image::load_from_memory(&small.content).unwrap();
    assert_eq!((picture.width(), picture.height()), (480, 300));
}

/// Whoever keeps the store can read nothing of it, and change nothing unseen.
#[tokio::test]
async fn a_file_that_was_changed_in_the_store_is_not_served() {
    let world = World::county().await;
    let inspection = world.begun_inspection("market").await;
    let content = sound(1_500_000, 4);
    let path = world.kept("market.admin", &inspection, &World::captured(1, "AUDIO", &content), &content).await;
    let link = world.link("market.admin", &path, "ORIGINAL").await;
    let mut stored = Vec::new();
    for day in std::fs::read_dir(world.database.files().join("evidence")).unwrap() {
        stored.extend(std::fs::read_dir(day.unwrap().path()).unwrap().map(|file| file.unwrap().path()));
    }
    assert_eq!(stored.len(), 2, "two pieces");
    stored.sort();
    for file in &stored {
        let bytes = std::fs::read(file).unwrap();
        assert!(!bytes.windows(64).any(|window| window == &content[1_000..1_064]), "it is sealed");
    }

    let first = std::fs::read(&stored[0]).unwrap();
    let mut changed = first.clone();
    changed[500] ^= 1;
    std::fs::write(&stored[0], &changed).unwrap();
    world.anonymous(Method::GET, &link).send().await.expect_problem(500, "DATA_CORRUPT");
    // One piece in the place of another.
    std::fs::write(&stored[0], std::fs::read(&stored[1]).unwrap()).unwrap();
    world.anonymous(Method::GET, &link).send().await.expect_problem(500, "DATA_CORRUPT");
    std::fs::write(&stored[0], first).unwrap();
    assert!(world.anonymous(Method::GET, &link).send().await.content == content);
}
