//! What differs between library systems, as data: `profiles.toml`.

use super::{Charset, ChecksumMode};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The list that comes with the program.
const PROFILES: &str = include_str!("profiles.toml");

/// The name of the profile that assumes nothing.
pub const GENERIC: &str = "generic";

/// How one kind of library system is spoken to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// One sentence about it, for people.
    pub about: String,
    /// How text is written.
    #[serde(default, deserialize_with = "charset")]
    pub charset: Charset,
    /// Whether requests carry a sequence number and a checksum (`AY`, `AZ`).
    #[serde(default)]
    pub error_detection: bool,
    /// What is done about checksums of answers.
    #[serde(default)]
    pub checksum: ChecksumMode,
    /// Where the system is asked to take what happened without asking its own rules.
    #[serde(default)]
    pub no_block: NoBlock,
    /// A connection that was unused for so long is made anew: most systems close it without a word after a minute.
    #[serde(default = "idle_s")]
    pub idle_s: u32,
}

/// Which messages carry `no block = Y`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoBlock {
    /// None: the system does nothing with it, or nobody has seen what it does.
    #[default]
    Never,
    /// Checkouts.
    Checkout,
}

impl Profile {
    /// The profile with this name.
    ///
    /// # Errors
    /// In words, with the names there are.
    pub fn named(name: &str) -> Result<Profile, String> {
        let all = Profile::all()?;
        let names: Vec<&str> = all.keys().map(String::as_str).collect();
        let unknown = format!("`{name}` is no profile known here; one of {} is expected", names.join(", "));
        all.get(name).cloned().ok_or(unknown)
    }

    /// All profiles by name.
    ///
    /// # Errors
    /// The program's own list is damaged; a test keeps it from being so.
    pub fn all() -> Result<BTreeMap<String, Profile>, String> {
        toml::from_str(PROFILES).map_err(|fault| fault.to_string())
    }
}

fn idle_s() -> u32 {
    45
}

fn charset<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Charset, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_can_be_read_and_names_what_it_has() {
        let all = Profile::all().unwrap();
        for name in [GENERIC, "koha", "koha-old", "evergreen", "folio", "invenio"] {
            assert!(all.contains_key(name), "{name}");
        }
        assert_eq!(Profile::named("koha").unwrap().no_block, NoBlock::Checkout);
        assert!(Profile::named("symphony").unwrap_err().contains("koha-old"));
    }
}
