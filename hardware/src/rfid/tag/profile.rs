//! What a site must say because its tags do not.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Model;

/// Which half of a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nibble {
    /// Bits 7 to 4.
    High,
    /// Bits 3 to 0.
    Low,
}

/// A site's tags.
///
/// ```toml
/// [tag]
/// secured_afi = 0x07           # the gate rings
/// unsecured_afi = 0xC2         # the gate is silent
/// eas = false                  # whether the gate looks at the EAS bit of NXP tags too
/// usage_nibble = "low"         # where byte 0 of ISO 28560-3 has the type of usage; without it, what is evident
/// models = { "00" = "28560-3" }  # what a DSFID means here, beside 3E and 06
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct TagProfile {
    /// AFI of an item that belongs into the building.
    pub secured_afi: u8,
    /// AFI of an item that may leave it.
    pub unsecured_afi: u8,
    /// Whether the gate looks at NXP's EAS bit, so that it is written beside the AFI.
    pub eas: bool,
    /// Where byte 0 of ISO 28560-3 has the type of usage, if the site knows.
    pub usage_nibble: Option<Nibble>,
    models: BTreeMap<u8, Model>,
}

impl Default for TagProfile {
    /// AFI 07 and C2 (ISO/IEC 15961), DSFID 3E and 06.
    fn default() -> Self {
        Self {
            secured_afi: 0x07,
            unsecured_afi: 0xC2,
            eas: false,
            usage_nibble: None,
            models: BTreeMap::new(),
        }
    }
}

impl TagProfile {
    /// The model that a DSFID promises on this site.
    #[must_use]
    pub fn model_of(&self, dsfid: u8) -> Option<Model> {
        let standard = match dsfid {
            0x3E => Some(Model::Iso28560Part3),
            0x06 => Some(Model::Iso28560Part2),
            _ => None,
        };
        self.models.get(&dsfid).copied().or(standard)
    }
}

/// Why a profile cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// Both AFI are one.
    #[error("secured_afi and unsecured_afi are both {afi:#04x}; the gate could not tell them apart")]
    SameAfi {
        /// The value.
        afi: u8,
    },
    /// Not a byte.
    #[error("`{found}` in models is no DSFID; two hexadecimal digits are expected, as in \"3E\"")]
    Dsfid {
        /// As written.
        found: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Written {
    secured_afi: u8,
    unsecured_afi: u8,
    eas: bool,
    usage_nibble: Option<Nibble>,
    models: BTreeMap<String, Model>,
}

impl Default for Written {
    fn default() -> Self {
        let TagProfile { secured_afi, unsecured_afi, eas, usage_nibble, models: _ } = TagProfile::default();
        Self { secured_afi, unsecured_afi, eas, usage_nibble, models: BTreeMap::new() }
    }
}

impl TryFrom<Written> for TagProfile {
    type Error = ProfileFault;

    fn try_from(written: Written) -> Result<Self, ProfileFault> {
        let Written { secured_afi, unsecured_afi, eas, usage_nibble, models } = written;
        if secured_afi == unsecured_afi {
            return Err(ProfileFault::SameAfi { afi: secured_afi });
        }
        let models = models
            .into_iter()
            .map(|(dsfid, model)| match u8::from_str_radix(&dsfid, 16) {
                Ok(byte) if dsfid.len() == 2 => Ok((byte, model)),
                Ok(_) | Err(_) => Err(ProfileFault::Dsfid { found: dsfid }),
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { secured_afi, unsecured_afi, eas, usage_nibble, models })
    }
}
