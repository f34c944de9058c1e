//! What a program asks of the system: read from the program itself, so that a package never asks for too little.

use crate::arch::Arch;
use crate::tool::Tool;
use std::collections::BTreeSet;
use std::fmt;
use std::path::Path;

/// Each library that may be named, and the Debian package that has it.
const LIBRARIES: [(&str, &str); 9] = [
    ("libc.so.6", ""),
    ("libm.so.6", ""),
    ("ld-linux-x86-64.so.2", ""),
    ("ld-linux-aarch64.so.1", ""),
    ("libgcc_s.so.1", "libgcc-s1"),
    ("libinput.so.10", "libinput10"),
    ("libudev.so.1", "libudev1"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libasound.so.2", "libasound2"),
];

/// Why a program cannot be shipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElfFault {
    /// It is for another machine.
    Machine {
        /// What it says.
        is: String,
        /// What it should be.
        wanted: Arch,
    },
    /// It names a library that no package in the list has.
    Library(String),
    /// It names no version of the C library at all.
    NoLibc,
}

impl fmt::Display for ElfFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ElfFault::Machine { is, wanted } => write!(f, "it is a program for {is}, and {wanted} is wanted"),
            ElfFault::Library(name) => write!(
                f,
                "it needs {name}: build without what brings it in, or name its Debian package in package/elf.rs"
            ),
            ElfFault::NoLibc => f.write_str("it names no version of the C library"),
        }
    }
}

impl std::error::Error for ElfFault {}

/// What programs ask for.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Needs {
    libraries: BTreeSet<String>,
    glibc: Option<(u32, u32)>,
}

impl Needs {
    /// Adds what one program asks for.
    ///
    /// # Errors
    /// `readelf` cannot read it, or it is for another machine.
    pub fn take(&mut self, program: &Path, arch: Arch) -> anyhow::Result<()> {
        let text = Tool::new("readelf").args(["--wide", "-h", "-d", "-V"]).arg(program).output()?;
        self.read(&text, arch).map_err(|fault| anyhow::anyhow!("{}: {fault}", program.display()))
    }

    fn read(&mut self, text: &str, arch: Arch) -> Result<(), ElfFault> {
        for line in text.lines().map(str::trim) {
            if let Some(machine) = line.strip_prefix("Machine:") {
                let is = machine.trim();
                if is != arch.elf_machine() {
                    return Err(ElfFault::Machine { is: is.to_owned(), wanted: arch });
                }
            }
            if let Some((_, name)) = line.split_once("Shared library: [") {
                self.libraries.insert(name.trim_end_matches(']').to_owned());
            }
            for word in line.split_whitespace() {
                if let Some(version) = word.strip_prefix("GLIBC_").and_then(version) {
                    self.glibc = self.glibc.max(Some(version));
                }
            }
        }
        Ok(())
    }

    /// The Debian packages that have it all.
    ///
    /// # Errors
    /// A library is unknown, or nothing was read.
    pub fn packages(&self) -> Result<Vec<String>, ElfFault> {
        let (major, minor) = self.glibc.ok_or(ElfFault::NoLibc)?;
        let mut packages = vec![format!("libc6 (>= {major}.{minor})")];
        for library in &self.libraries {
            match LIBRARIES.iter().find(|(name, _)| name == library) {
                Some((_, "")) => {}
                Some((_, package)) => packages.push((*package).to_owned()),
                None => return Err(ElfFault::Library(library.clone())),
            }
        }
        Ok(packages)
    }
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "\
  Machine:                           AArch64
 0x0000000000000001 (NEEDED)             Shared library: [libinput.so.10]
 0x0000000000000001 (NEEDED)             Shared library: [libc.so.6]
  0x0010:   Name: GLIBC_2.17  Flags: none  Version: 12
  0x0020:   Name: GLIBC_2.34  Flags: none  Version: 9
  0x0030:   Name: GLIBC_2.4  Flags: none  Version: 8
";

    #[test]
    fn libraries_become_packages_and_the_highest_version_counts() {
        let mut needs = Needs::default();
        needs.read(PROGRAM, Arch::Arm64).unwrap();
        assert_eq!(needs.packages().unwrap(), ["libc6 (>= 2.34)", "libinput10"]);
    }

    #[test]
    fn what_cannot_be_shipped_is_told() {
        let mut needs = Needs::default();
        assert_eq!(needs.packages(), Err(ElfFault::NoLibc));
        let fault = needs.read(PROGRAM, Arch::Amd64).unwrap_err();
        assert_eq!(fault.to_string(), "it is a program for AArch64, and amd64 is wanted");
        let mut needs = Needs::default();
        needs.read(&PROGRAM.replace("libinput.so.10", "libfontconfig.so.1"), Arch::Arm64).unwrap();
        assert_eq!(needs.packages(), Err(ElfFault::Library("libfontconfig.so.1".into())));
    }
}
