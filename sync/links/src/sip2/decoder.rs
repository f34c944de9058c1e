//! Bytes as they come, to whole messages.

use super::SipFault;
use std::collections::VecDeque;

/// The most bytes of one message. The longest that servers send, the list of a patron's loans, has some thousands.
pub const MAX_LEN: usize = 64 * 1024;

/// Collects bytes in any split and gives what stands between the ends of messages. CR ends a message; LF and NUL, which
/// some servers send around it, are dropped there.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The beginning of a message whose end has not come.
    begun: Vec<u8>,
    /// It is too long, and is thrown away up to its end.
    drowns: bool,
    ready: VecDeque<Result<Vec<u8>, SipFault>>,
}

impl Decoder {
    /// Takes in what was read.
    pub fn feed(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\r') {
            let ended = piece.ends_with(b"\r");
            let piece = piece.strip_suffix(b"\r").unwrap_or(piece);
            if self.drowns || self.begun.len() + piece.len() > MAX_LEN {
                self.begun.clear();
                self.drowns = true;
            } else {
                self.begun.extend_from_slice(piece);
            }
            if ended {
                self.end();
            }
        }
    }

    /// The next whole message, without its end.
    ///
    /// # Errors
    /// [`SipFault::TooLong`], once for each: what follows its end is read again.
    pub fn next_message(&mut self) -> Result<Option<Vec<u8>>, SipFault> {
        self.ready.pop_front().transpose()
    }

    fn end(&mut self) {
        let message = std::mem::take(&mut self.begun);
        if std::mem::take(&mut self.drowns) {
            self.ready.push_back(Err(SipFault::TooLong { limit: MAX_LEN }));
            return;
        }
        let begin = message.iter().position(|byte| !is_around(*byte));
        let end = message.iter().rposition(|byte| !is_around(*byte));
        if let (Some(begin), Some(end)) = (begin, end)
            && let Some(message) = message.get(begin..=end)
        {
            self.ready.push_back(Ok(message.to_vec()));
        }
    }
}

fn is_around(byte: u8) -> bool {
    matches!(byte, b'\n' | 0)
}
