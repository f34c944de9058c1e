//! The number a chip was made with.

use std::fmt;

/// The unique identifier of an ISO/IEC 15693 tag: 8 bytes, of which the first is E0 and the second its maker
/// (ISO/IEC 15693-3, clause 4.1). Written most significant byte first; on the air it goes the other way round.
///
/// A patron card may carry one, so `Debug` shows its ends only.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid([u8; 8]);

impl Uid {
    /// NXP among the makers (ISO/IEC 7816-6).
    pub const NXP: u8 = 0x04;

    /// Whether NXP made it.
    #[must_use]
    pub fn is_nxp(self) -> bool {
        self.air().get(6) == Some(&Self::NXP)
    }

    /// Takes the bytes most significant first, as they are written: E0 04 01 …
    #[must_use]
    pub const fn from_written(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// Takes the bytes least significant first, as they come over the air: … 01 04 E0.
    #[must_use]
    pub const fn from_air(bytes: [u8; 8]) -> Self {
        Self(u64::from_le_bytes(bytes).to_be_bytes())
    }

    /// The bytes as written.
    #[must_use]
    pub const fn written(self) -> [u8; 8] {
        self.0
    }

    /// The bytes as they go over the air.
    #[must_use]
    pub const fn air(self) -> [u8; 8] {
        u64::from_be_bytes(self.0).to_le_bytes()
    }

    /// The bits as they go over the air: bit 0 is the first.
    #[must_use]
    pub const fn bits(self) -> u64 {
        u64::from_be_bytes(self.0)
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.bits())
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, .., last] = self.0;
        write!(f, "Uid({first:02X}{second:02X}…{last:02X})")
    }
}

/// A text that is no UID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tag's UID is 16 hexadecimal digits, as in E00401003F3827A7")]
pub struct UidFault;

impl std::str::FromStr for Uid {
    type Err = UidFault;

    fn from_str(text: &str) -> Result<Self, UidFault> {
        if text.len() != 16 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(UidFault);
        }
        u64::from_str_radix(text, 16).map(|bits| Self(bits.to_be_bytes())).map_err(|_| UidFault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_the_other_way_round_than_it_is_sent() {
        let uid = Uid::from_air([0xF5, 0x3F, 0xCC, 0x6F, 0x50, 0x01, 0x04, 0xE0]);
        assert_eq!(uid.to_string(), "E00401506FCC3FF5");
        assert_eq!("e00401506fcc3ff5".parse(), Ok(uid));
        assert_eq!(Uid::from_air(uid.air()), uid);
        assert_eq!(uid.bits() & 0xF, 5);
        for wrong in ["", "E004", "E00401506FCC3FF5A", "+00401506FCC3FF5", "E00401506FCC3FFё"] {
            assert_eq!(wrong.parse::<Uid>(), Err(UidFault));
        }
        assert!(!format!("{uid:?}").contains("6FCC"));
    }
}
