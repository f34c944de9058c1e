//! What lies in each package, and where it goes.

/// A package.
#[derive(Debug)]
pub struct Recipe {
    /// Its name.
    pub name: &'static str,
    /// Where its files lie in the workspace.
    pub folder: &'static str,
    /// Its programs.
    pub programs: &'static [&'static str],
    /// Files: name in the folder, place in the system.
    files: &'static [(&'static str, &'static str)],
    /// Files of the workspace's other rooms.
    others: &'static [(&'static str, &'static str)],
    /// Those of them that belong to the person once they are installed.
    pub conffiles: &'static [&'static str],
    /// Packages that its programs do not name themselves.
    pub depends: &'static [&'static str],
    /// Packages that are good to have.
    pub recommends: &'static [&'static str],
    /// In one line.
    pub summary: &'static str,
    /// In a few.
    pub description: &'static str,
}

/// All packages.
pub const PACKAGES: [Recipe; 2] = [
    Recipe {
        name: "oqyrman",
        folder: "firmware/packaging/station",
        programs: &["oqyrman", "oqyrman-screen"],
        files: &[
            ("oqyrman.service", "usr/lib/systemd/system/"),
            ("oqyrman-first-boot.service", "usr/lib/systemd/system/"),
            ("oqyrman-screen.service", "usr/lib/systemd/system/"),
            ("oqyrman-stick@.service", "usr/lib/systemd/system/"),
            ("oqyrman-update.service", "usr/lib/systemd/system/"),
            ("oqyrman-update.timer", "usr/lib/systemd/system/"),
            ("oqyrman.sysusers", "usr/lib/sysusers.d/oqyrman.conf"),
            ("oqyrman.tmpfiles", "usr/lib/tmpfiles.d/oqyrman.conf"),
            ("journald.conf", "usr/lib/systemd/journald.conf.d/50-oqyrman.conf"),
            ("system.conf", "usr/lib/systemd/system.conf.d/50-oqyrman.conf"),
            ("70-oqyrman-board.rules", "usr/lib/udev/rules.d/"),
            ("70-oqyrman-input.rules", "usr/lib/udev/rules.d/"),
            ("71-oqyrman-stick.rules", "usr/lib/udev/rules.d/"),
            ("var-lib-oqyrman.mount", "usr/share/doc/oqyrman/examples/"),
            ("README", "usr/share/doc/oqyrman/"),
        ],
        others: &[("firmware/station/oqyrman.example.toml", "usr/share/doc/oqyrman/examples/")],
        conffiles: &[],
        depends: &["init-system-helpers", "systemd (>= 247)", "udev", "xkb-data"],
        recommends: &["alsa-utils"],
        summary: "self-service lending station for school libraries",
        description: "The station of a school library: a touchscreen and a barcode reader at which\n\
                      pupils borrow, return and renew by themselves. It lends offline, keeps every\n\
                      loan in a journal on its own disk, and sends it to the region when there is\n\
                      a link.",
    },
    Recipe {
        name: "oqyrman-hub",
        folder: "firmware/packaging/hub",
        programs: &["oqyrman-hub"],
        files: &[
            ("oqyrman-hub.service", "usr/lib/systemd/system/"),
            ("oqyrman-hub.sysusers", "usr/lib/sysusers.d/oqyrman-hub.conf"),
            ("oqyrman-hub.default", "etc/default/oqyrman-hub"),
            ("README", "usr/share/doc/oqyrman-hub/"),
        ],
        others: &[],
        conffiles: &["/etc/default/oqyrman-hub"],
        depends: &["init-system-helpers", "systemd (>= 247)"],
        recommends: &[],
        summary: "regional end of the Oqyrman lending stations",
        description: "Takes what the stations of school libraries send, shows it to librarians,\n\
                      and tells stations what they need to know.",
    },
];

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// From where in the workspace.
    pub from: String,
    /// To where in the system, without the first slash.
    pub to: String,
    /// With which mode.
    pub mode: u32,
}

/// Every file of a package but its programs, its licences and its changes.
#[must_use]
pub fn contents(recipe: &Recipe) -> Vec<Placed> {
    let own = recipe.files.iter().map(|(name, to)| (format!("{}/{name}", recipe.folder), *to));
    let others = recipe.others.iter().map(|(from, to)| ((*from).to_owned(), *to));
    own.chain(others)
        .map(|(from, to)| {
            let name = from.rsplit('/').next().unwrap_or_default();
            let to = if to.ends_with('/') { format!("{to}{name}") } else { to.to_owned() };
            Placed { from, to, mode: 0o644 }
        })
        .collect()
}

/// For `/usr/share/doc/*/copyright`.
pub(super) const COPYRIGHT: &str = "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: oqyrman
Comment:
 The licences of everything that is linked into the programs lie beside this
 file, in licences.gz.

Files: *
Copyright: The Oqyrman authors
License: GPL-3.0-or-later
 This program is free software: you can redistribute it and/or modify it under
 the terms of the GNU General Public License as published by the Free Software
 Foundation, either version 3 of the License, or (at your option) any later
 version.
 .
 On Debian systems, the complete text of the GNU General Public License version
 3 can be found in \"/usr/share/common-licenses/GPL-3\".
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_the_folders_is_shipped_once() {
        for recipe in &PACKAGES {
            let shipped: Vec<_> = contents(recipe);
            let places: BTreeSet<_> = shipped.iter().map(|file| &file.to).collect();
            assert_eq!(places.len(), shipped.len(), "{}: two files in one place", recipe.name);
            let from: BTreeSet<_> = shipped.iter().map(|file| file.from.clone()).collect();
            for entry in std::fs::read_dir(workspace::root().join(recipe.folder)).unwrap() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                let script = ["postinst", "prerm", "postrm"].contains(&name.as_str());
                assert!(
                    script || from.contains(&format!("{}/{name}", recipe.folder)),
                    "{name} is not shipped"
                );
            }
            for file in &shipped {
                assert!(workspace::root().join(&file.from).is_file(), "{} is not there", file.from);
            }
        }
    }
}
