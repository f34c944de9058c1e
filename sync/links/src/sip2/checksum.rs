//! The checksum of a message: the negative of the sum of all bytes from the first to `AZ`, in 16 bits, as four hexadecimal
//! digits (SIP2, "Error detection"). It is summed over the bytes of the wire, whatever the charset.

/// What is done about checksums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChecksumMode {
    /// They are not looked at.
    Off,
    /// A wrong one is told and taken: servers were seen that sum up wrongly.
    #[default]
    Lenient,
    /// A wrong one is a fault.
    Strict,
}

/// How a message's checksum is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChecksumState {
    /// There is none.
    Absent,
    /// Right.
    Good,
    /// Wrong.
    Wrong {
        /// As it should be.
        wanted: String,
    },
}

/// The checksum of these bytes, which end in `AZ`.
#[must_use]
pub fn checksum_of(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(0_u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    format!("{:04X}", sum.wrapping_neg())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_to_send_again_has_the_sum_of_the_standard() {
        assert_eq!(checksum_of(b"97AZ"), "FEF5");
        assert_eq!(checksum_of(b"96AZ"), "FEF6");
    }
}
