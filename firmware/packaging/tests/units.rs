//! The units and rules as systemd reads them. Without `systemd-analyze` the tests say so and pass.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use packaging::package::{PACKAGES, contents};
use packaging::workspace::root;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// The highest exposure (0 to 10, in tenths) that each unit may have, as `systemd-analyze security` counts it.
const MOST_EXPOSED: [(&str, u32); 4] =
    [("oqyrman", 20), ("oqyrman-screen", 13), ("oqyrman-first-boot", 20), ("oqyrman-hub", 15)];

fn analyze(args: &[&str]) -> Option<(bool, String)> {
    match Command::new("systemd-analyze").args(args).env("SYSTEMD_COLORS", "0").output() {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
        }
        Err(_) => {
            #[allow(clippy::print_stderr, reason = "says why nothing was tried")]
            {
                eprintln!("SKIPPED: systemd-analyze is not there");
            }
            None
        }
    }
}

/// A system that has nothing but what the packages install.
fn system(root_dir: &Path) {
    let put = |to: &Path, bytes: &[u8], mode| {
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
        std::fs::set_permissions(to, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for recipe in &PACKAGES {
        for file in contents(recipe) {
            put(&root_dir.join(&file.to), &std::fs::read(root().join(&file.from)).unwrap(), 0o644);
        }
        for program in recipe.programs {
            put(&root_dir.join("usr/bin").join(program), b"#!/bin/sh\n", 0o755);
        }
    }
    for tool in ["usr/bin/chown", "usr/bin/chgrp", "usr/bin/chmod", "usr/bin/mkdir", "usr/bin/systemd-mount"]
    {
        put(&root_dir.join(tool), b"#!/bin/sh\n", 0o755);
    }
    for tool in ["usr/bin/systemd-umount", "usr/sbin/runuser"] {
        put(&root_dir.join(tool), b"#!/bin/sh\n", 0o755);
    }
    for target in ["sysinit", "basic", "shutdown", "multi-user", "local-fs", "network"] {
        let unit = root_dir.join(format!("usr/lib/systemd/system/{target}.target"));
        put(&unit, b"[Unit]\nDescription=It is there\n", 0o644);
    }
}

#[test]
fn systemd_understands_every_word_of_the_units() {
    let dir = tempfile::tempdir().unwrap();
    system(dir.path());
    let root_arg = format!("--root={}", dir.path().display());
    for unit in [
        "oqyrman.service",
        "oqyrman-screen.service",
        "oqyrman-first-boot.service",
        "oqyrman-update.service",
        "oqyrman-update.timer",
        "oqyrman-hub.service",
    ] {
        let Some((well, said)) = analyze(&["verify", "--man=no", "--recursive-errors=no", &root_arg, unit])
        else {
            return;
        };
        assert!(well && !said.contains(unit), "{unit}: {said}");
    }
}

#[test]
fn a_station_without_a_configuration_says_so_on_its_screen() {
    let unit = std::fs::read_to_string(root().join("firmware/packaging/station/oqyrman.service")).unwrap();
    let screen =
        std::fs::read_to_string(root().join("firmware/packaging/station/oqyrman-screen.service")).unwrap();
    let start = |unit: &str| unit.lines().find(|line| line.starts_with("ExecStart=")).unwrap().to_owned();
    // Without it the station ends at once, and a blank one, or one with a wrong kiosk.toml, shows nothing of what to do.
    assert!(start(&unit).contains(" --wait-for-setup "), "{}", start(&unit));
    // Where the station waits, unless it is told another place, is where the screen looks.
    assert!(start(&screen).contains(" --socket /run/oqyrman/screen.sock "), "{}", start(&screen));
}

#[test]
fn units_are_exposed_as_little_as_written_down() {
    for recipe in &PACKAGES {
        for file in contents(recipe) {
            let Some(unit) = file.to.strip_prefix("usr/lib/systemd/system/") else { continue };
            let Some(most) = MOST_EXPOSED.iter().find(|(name, _)| unit == format!("{name}.service")) else {
                continue;
            };
            let path = root().join(&file.from);
            let threshold = format!("--threshold={}", most.1);
            let Some((well, said)) =
                analyze(&["security", "--offline=true", &threshold, path.to_str().unwrap()])
            else {
                return;
            };
            assert!(well, "{}", said.lines().last().unwrap_or_default());
        }
    }
}

/// Where a touch lands when the picture is turned: the matrix in the rules undoes the turning.
#[test]
fn touches_are_turned_as_the_picture_is() {
    let rules =
        std::fs::read_to_string(root().join("firmware/packaging/station/70-oqyrman-input.rules")).unwrap();
    for degrees in [90, 180, 270] {
        let line = rules.lines().find(|line| line.contains(&format!("ROTATION}}==\"{degrees}\""))).unwrap();
        let matrix = line.split("MATRIX}=\"").nth(1).unwrap().trim_end_matches('"');
        let m: Vec<f32> = matrix.split(' ').map(|number| number.parse().unwrap()).collect();
        for (x, y) in [(0.0, 0.0), (1.0, 0.0), (0.2, 0.7)] {
            // Where the picture's (x, y) is on the panel when it is turned clockwise.
            let (u, v) = match degrees {
                90 => (1.0 - y, x),
                180 => (1.0 - x, 1.0 - y),
                _ => (y, 1.0 - x),
            };
            let back: (f32, f32) = (m[0] * u + m[1] * v + m[2], m[3] * u + m[4] * v + m[5]);
            assert!(
                (back.0 - x).abs() < 1e-6 && (back.1 - y).abs() < 1e-6,
                "{degrees}: {back:?} for {x}, {y}"
            );
        }
    }
}

#[test]
fn the_scripts_are_shell_that_stops_at_a_fault() {
    for recipe in &PACKAGES {
        for script in ["postinst", "prerm", "postrm"] {
            let path = root().join(recipe.folder).join(script);
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("#!/bin/sh\n") && text.contains("\nset -e\n"), "{}", path.display());
            assert!(
                Command::new("sh").arg("-n").arg(&path).status().unwrap().success(),
                "{}",
                path.display()
            );
        }
    }
}
