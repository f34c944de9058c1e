//! A version is installed whole, by the right key, for this machine, when nobody is there; or nothing changes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

#[path = "support/site.rs"]
mod site;
mod support;

use exchange::wire::SecretKey;
use site::{Site, hex};
use station::bench::school;
use station::update::arch;
use std::fs;
use std::path::Path;
use support::{borrow, idle};

#[test]
fn forward_and_back() {
    let site = Site::new();
    let (two, three) = (site.update("0.2.0", |_| {}), site.update("0.3.0", |_| {}));
    assert!(site.good("check", Some(&two), "0.1.0").contains("It can be installed"));
    assert!(site.calls().is_empty());
    let told = site.good("apply", Some(&two), "0.1.0");
    assert!(told.contains("Version 0.2.0 is installed") && told.contains("not kept"), "{told}");
    let told = site.good("apply", Some(&three), "0.2.0");
    assert!(told.contains("`oqyrman update rollback` goes back"), "{told}");
    let deb = |version: &str| format!("oqyrman_{version}_{}.deb", arch());
    let calls = site.calls();
    assert!(
        calls[0].starts_with("-i ") && calls[0].contains(&deb("0.2.0")) && !calls[0].contains("hub"),
        "{calls:?}"
    );
    // The copy is installed, not what lies on the stick; and going back needs no stick.
    assert!(calls.iter().all(|call| !call.contains("stick")), "{calls:?}");
    fs::remove_dir_all(site.path("stick")).unwrap();
    let told = site.good("rollback", None::<&Path>, "0.3.0");
    assert!(told.contains("Version 0.2.0 is installed"), "{told}");
    assert!(site.calls().last().unwrap().contains(&deb("0.2.0")));
    assert!(site.refused("rollback", None::<&Path>, "0.2.0").contains("not kept here"));
}

#[test]
fn what_does_not_fit_is_refused_in_words_and_changes_nothing() {
    let site = Site::new();
    let refused = |from: &Path, installed: &str, words: &str| {
        let told = site.refused("apply", Some(from), installed);
        assert!(told.contains(words), "{words}: {told}");
    };
    let good = site.update("0.2.0", |_| {});
    assert!(site.good("apply", Some(&good), "0.2.0").contains("0.2.0 is installed already"));
    assert!(site.calls().is_empty());
    refused(&good, "0.3.0", "older than 0.3.0");
    refused(&site.path("nothing"), "0.1.0", "there is no update here");
    let far = site.update("0.9.0", |manifest| manifest.min_from_version = "0.8.0".into());
    refused(&far, "0.1.0", "install 0.8.0 first");
    let other = site.update("0.2.1", |manifest| manifest.arch = "riscv64".into());
    refused(&other, "0.1.0", "for riscv64 machines");
    let hub = site.update("0.2.2", |manifest| drop(manifest.files.remove(0)));
    refused(&hub, "0.1.0", "no package for a station");
    let climbing = site.update("0.2.3", |manifest| manifest.files[0].name = "oqyrman_/../../x.deb".into());
    refused(&climbing, "0.1.0", "manifest is damaged");
    let numbered = site.update("0.2.4", |manifest| manifest.version = "new".into());
    refused(&numbered, "0.1.0", "manifest is damaged");

    // Changed after it was signed, signed by somebody else, not signed.
    let changed = site.update("0.2.5", |_| {});
    let text = fs::read_to_string(changed.join("manifest.json")).unwrap();
    fs::write(changed.join("manifest.json"), text.replace("0.1.0", "0.0.1")).unwrap();
    refused(&changed, "0.1.0", "foreign");
    let foreign = site.update("0.2.6", |_| {});
    let bytes = fs::read(foreign.join("manifest.json")).unwrap();
    fs::write(foreign.join("manifest.sig"), hex(&SecretKey::from_seed([8; 32]).sign(&bytes))).unwrap();
    refused(&foreign, "0.1.0", "foreign");
    for nonsense in ["", "zz", &"é".repeat(64), &"0".repeat(128), &"0".repeat(3_000_000)] {
        fs::write(foreign.join("manifest.sig"), nonsense).unwrap();
        let told = site.refused("apply", Some(&foreign), "0.1.0");
        assert!(told.contains("foreign") || told.contains("longer than"), "{told}");
    }

    // Damaged on the stick, cut short, pulled out in the middle.
    let deb = |dir: &Path| {
        let name = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
        name.into_iter().find(|path| path.display().to_string().contains("/oqyrman_")).unwrap()
    };
    let damaged = site.update("0.2.7", |_| {});
    fs::write(deb(&damaged), "another package of another length").unwrap();
    refused(&damaged, "0.1.0", "not those that were signed");
    let gone = site.update("0.2.8", |_| {});
    fs::remove_file(deb(&gone)).unwrap();
    refused(&gone, "0.1.0", "was the stick pulled out?");

    // No key, no update.
    let config = fs::read_to_string(&site.station.config).unwrap();
    fs::write(&site.station.config, config.split("[update]").next().unwrap()).unwrap();
    refused(&good, "0.1.0", "no key is set");
}

#[test]
fn a_visit_is_not_disturbed_and_none_begins_meanwhile() {
    let site = Site::new();
    let two = site.update("0.2.0", |_| {});
    let mut kiosk = site.station.start();
    borrow(&mut kiosk, 1, 1..=1);
    let told = site.refused("apply", Some(&two), "0.1.0");
    assert!(told.contains("somebody is at the station"), "{told}");
    kiosk.touch(desk::Touch::Finish).unwrap();
    kiosk.wait(|screen| matches!(screen, desk::Screen::Finished { .. })).unwrap();
    kiosk.touch(desk::Touch::Back).unwrap();
    kiosk.wait(idle).unwrap();
    // While the installer runs, nobody is served.
    let script = format!(
        "#!/bin/sh\ntouch '{0}/installing'\nwhile [ ! -e '{0}/go' ]; do sleep 0.02; done\n",
        site.station.dir.path().display()
    );
    fs::write(site.path("dpkg"), script).unwrap();
    let site = &site;
    std::thread::scope(|scope| {
        let installing = scope.spawn(|| site.good("apply", Some(&two), "0.1.0"));
        kiosk
            .wait(|screen| matches!(screen, desk::Screen::OutOfOrder { fault: desk::Fault::Updating }))
            .unwrap();
        fs::write(site.path("go"), "").unwrap();
        kiosk.wait(idle).unwrap();
        installing.join().unwrap();
    });
    kiosk.scan(&school::card(2)).unwrap();
    kiosk.wait(support::visit(0)).unwrap();
    drop(kiosk);
}

#[test]
fn an_installer_that_fails_puts_the_version_before_back() {
    let site = Site::new();
    let (two, three) = (site.update("0.2.0", |_| {}), site.update("0.3.0", |_| {}));
    site.good("apply", Some(&two), "0.1.0");
    fs::write(site.path("fail"), "").unwrap();
    let output = site.run("apply", Some(&three), "0.2.0");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && told.contains("no room") && told.contains("Version 0.2.0 was put back"),
        "{told}"
    );
    let calls = site.calls();
    assert!(calls.last().unwrap().contains("oqyrman_0.2.0_"), "{calls:?}");
    // It was not the packages' fault: the same update can be tried again.
    site.good("apply", Some(&three), "0.2.0");
}
