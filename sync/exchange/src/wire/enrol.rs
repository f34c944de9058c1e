//! The messages of enrolment: JSON both ways. The question is signed by the key it brings along, which proves that the
//! asker holds the secret half; the answer rests on the TLS connection it comes by, or, on a stick, is a reply signed by the
//! region's key, whose fingerprint people compare.

use super::key::SecretKey;
use super::{WireError, json};
use crate::StationId;
use crate::enrol::{EnrolAnswer, EnrolReply, EnrolRequest, MOST_LEN};

/// Whoever asks has no number yet.
const NO_STATION: StationId = StationId(0);

/// Writes and signs the question. `key` is the secret half of `request.key`.
pub fn seal_enrol(request: &EnrolRequest, key: &SecretKey) -> Vec<u8> {
    json::seal(json::Kind::Enrol, NO_STATION, request, key)
}

/// Reads the question and checks that it is signed by the key inside it.
///
/// # Errors
/// See [`WireError`].
pub fn open_enrol(bytes: &[u8]) -> Result<EnrolRequest, WireError> {
    if bytes.len() > MOST_LEN {
        return Err(WireError::TooLong { limit: MOST_LEN });
    }
    let opened = json::open(json::Kind::Enrol, bytes)?;
    let request: EnrolRequest = opened.value()?;
    opened.check(&request.key)?;
    Ok(request)
}

/// Writes the answer to the question.
pub fn encode_enrol_answer(answer: &EnrolAnswer) -> Vec<u8> {
    // JSON of our own types cannot fail.
    serde_json::to_vec(answer).unwrap_or_default()
}

/// Reads the answer to the question.
///
/// # Errors
/// [`WireError::NotAMessage`] if the bytes are no such JSON.
pub fn decode_enrol_answer(bytes: &[u8]) -> Result<EnrolAnswer, WireError> {
    serde_json::from_slice(bytes).map_err(|_| WireError::NotAMessage)
}

/// Writes and signs a reply for a stick. `key` is the secret half of `reply.region_key`.
pub fn seal_enrol_reply(reply: &EnrolReply, key: &SecretKey) -> Vec<u8> {
    json::seal(json::Kind::Enrolled, NO_STATION, reply, key)
}

/// Reads a reply and checks that it is signed by the region's key inside it. Whether that region is the right one, people or
/// a voucher say.
///
/// # Errors
/// See [`WireError`].
pub fn open_enrol_reply(bytes: &[u8]) -> Result<EnrolReply, WireError> {
    if bytes.len() > MOST_LEN {
        return Err(WireError::TooLong { limit: MOST_LEN });
    }
    let opened = json::open(json::Kind::Enrolled, bytes)?;
    let reply: EnrolReply = opened.value()?;
    opened.check(&reply.region_key)?;
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrol::VoucherRefusal;

    fn request(key: &SecretKey) -> EnrolRequest {
        EnrolRequest {
            schema: crate::SCHEMA,
            key: key.public(),
            code: "23456789".into(),
            name: "Кітапхана, 1-қабат".into(),
            voucher: None,
        }
    }

    #[test]
    fn the_question_comes_back() {
        let key = SecretKey::from_seed([3; 32]);
        assert_eq!(open_enrol(&seal_enrol(&request(&key), &key)), Ok(request(&key)));
    }

    #[test]
    fn a_key_of_somebody_else_is_found_out() {
        let sealed = seal_enrol(&request(&SecretKey::from_seed([3; 32])), &SecretKey::from_seed([4; 32]));
        assert_eq!(open_enrol(&sealed), Err(WireError::Signature));
    }

    #[test]
    fn every_answer_comes_back() {
        for answer in [
            EnrolAnswer::Waiting { retry_s: 5 },
            EnrolAnswer::Approved {
                station: StationId(7),
                epoch: crate::Epoch(1),
                region_key: SecretKey::from_seed([9; 32]).public(),
                school: "№ 12 мектеп".into(),
            },
            EnrolAnswer::Refused,
            EnrolAnswer::VoucherRefused { why: VoucherRefusal::Used },
        ] {
            assert_eq!(decode_enrol_answer(&encode_enrol_answer(&answer)), Ok(answer));
        }
    }

    #[test]
    fn a_reply_comes_back_and_a_forged_one_does_not() {
        let region = SecretKey::from_seed([9; 32]);
        let reply = EnrolReply {
            schema: crate::SCHEMA,
            region_key: region.public(),
            key: SecretKey::from_seed([3; 32]).public(),
            code: "23456789".into(),
            at_s: 1_788_231_600,
            answer: EnrolAnswer::Refused,
        };
        let sealed = seal_enrol_reply(&reply, &region);
        assert_eq!(open_enrol_reply(&sealed), Ok(reply.clone()));
        let forged = seal_enrol_reply(&reply, &SecretKey::from_seed([4; 32]));
        assert_eq!(open_enrol_reply(&forged), Err(WireError::Signature));
        // A question is no reply, and a reply is no question.
        assert!(open_enrol(&sealed).is_err());
        let key = SecretKey::from_seed([3; 32]);
        assert!(open_enrol_reply(&seal_enrol(&request(&key), &key)).is_err());
        for len in 0..sealed.len() {
            assert_eq!(open_enrol_reply(&sealed[..len]), Err(WireError::NotAMessage));
        }
    }

    #[test]
    fn a_page_is_no_answer() {
        assert_eq!(decode_enrol_answer(b"<html>"), Err(WireError::NotAMessage));
        assert_eq!(open_enrol(b"<html>"), Err(WireError::NotAMessage));
    }
}
