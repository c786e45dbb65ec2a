#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn a_manifest_comes_back_and_a_changed_byte_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Manifest::load(folder.path()).unwrap().unwrap().next_block, 1);
    let tenant = TenantId::named("a");
    let listed = |number, tier| Listed { number, tenant, tier, start_ms: -7_200_000, length_ms: 7_200_000 };
    let progress = Progress { cut_ms: 5, late: (3, 99), rolled_ms: -1 };
    let manifest = Manifest {
        next_block: 9,
        blocks: vec![listed(4, Tier::Raw), listed(8, Tier::Rollup(300_000))],
        tenants: BTreeMap::from([(tenant, progress)]),
    };
    manifest.save(folder.path()).unwrap();
    assert_eq!(Manifest::load(folder.path()).unwrap().unwrap(), manifest);
    let path = folder.path().join(NAME);
    let mut text = fs::read(&path).unwrap();
    text[30] ^= 1;
    fs::write(&path, text).unwrap();
    assert_eq!(Manifest::load(folder.path()).unwrap(), None);
}
