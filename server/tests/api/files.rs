//! Built and public files.

use crate::harness::{Folder, Server};
use http::{Request, StatusCode};
use server::config::Layer;
use std::sync::Arc;

#[tokio::test]
async fn built_and_public_files_are_served() {
    let server = Server::start().await;
    for (path, kind, text) in
        [("/favicon.svg", "image/svg+xml", "<svg/>"), ("/pkg/anteroom.js", "text/javascript", "// the page")]
    {
        let answer = server.browser().get(path).await;
        assert_eq!((answer.status, answer.text()), (StatusCode::OK, text));
        assert_eq!(answer.header("content-type"), kind);
    }
}

#[tokio::test]
async fn a_file_that_was_compressed_before_is_sent_as_it_is() {
    let folder = Arc::new(Folder::new());
    folder.write("site/pkg/anteroom.js.br", "compressed");
    folder.write("site/pkg/anteroom.js.gz", "zipped");
    let server = Server::start_in(folder, Layer::default()).await;
    let request = |encodings| Request::get("/pkg/anteroom.js").header("accept-encoding", encodings);
    let compressed = server.browser().send(request("br"), "".into()).await;
    assert_eq!((compressed.header("content-encoding"), compressed.text()), ("br", "compressed"));
    let zipped = server.browser().send(request("gzip"), "".into()).await;
    assert_eq!((zipped.header("content-encoding"), zipped.text()), ("gzip", "zipped"));
    let plain = server.browser().send(request("identity"), "".into()).await;
    assert_eq!((plain.header("content-encoding"), plain.text()), ("", "// the page"));
    for answer in [compressed, zipped, plain] {
        assert_eq!(answer.header("vary"), "accept-encoding", "a cache on the way must tell them apart");
    }
}

#[tokio::test]
async fn a_file_that_is_known_already_is_not_sent_again() {
    let server = Server::start().await;
    let first = server.browser().get("/pkg/anteroom.js").await;
    let since = first.header("last-modified").to_owned();
    let request = Request::get("/pkg/anteroom.js").header("if-modified-since", since);
    let second = server.browser().send(request, "".into()).await;
    assert_eq!((second.status, second.text()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(second.header("cache-control"), "public, no-cache");
}

#[tokio::test]
async fn nothing_outside_the_site_is_served() {
    let folder = Arc::new(Folder::new());
    folder.write("secret.txt", "the secret");
    let server = Server::start_in(folder, Layer::default()).await;
    for path in ["/../secret.txt", "/pkg/../../secret.txt", "/%2e%2e/secret.txt", "/..%5csecret.txt", "/pkg/"]
    {
        let answer = server.browser().get(path).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert!(!answer.text().contains("the secret"), "{path}");
    }
}
