//! From source to a device: builds the programs for a machine, packs them as Debian packages with their units and rules,
//! writes down what is in them, and tries them in a virtual machine.
//!
//! Invariants:
//! - What is installed is listed in one place, [`package::contents`], and lies as files in `station/` and `hub/`.
//! - The same source and the same `SOURCE_DATE_EPOCH` give the same package around the same programs.
//! - A package asks for every library that its programs name, and for nothing that they do not.
//! - Nothing is installed on the machine that builds: foreign parts are unpacked into a cache folder.
//! - A tool that is not there is named, with the package that has it, before anything long begins.
//!
//! Arrow: this room uses no other one; it starts the programs as a technician would.

pub mod arch;
pub mod cli;
pub mod cross;
pub mod dist;
pub mod package;
pub mod tool;
pub mod vm;
pub mod workspace;
