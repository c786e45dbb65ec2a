use evenkeel_store::{StoreError, blob::Blobs};

#[tokio::test]
async fn a_blob_is_named_by_what_it_holds_and_a_changed_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = Blobs::at(folder.path());
    let digest = blobs.put(b"hello").await.unwrap();
    assert_eq!(blobs.put(b"hello").await.unwrap(), digest);
    assert_eq!(blobs.find(&digest).await.unwrap().as_deref(), Some(&b"hello"[..]));
    assert_eq!(blobs.find("../../etc/passwd").await.unwrap(), None);
    std::fs::write(folder.path().join(&digest[..2]).join(&digest), b"hellO").unwrap();
    assert!(matches!(blobs.find(&digest).await.unwrap_err(), StoreError::Corrupt(_)));
}
