//! `oqyrman sip2 …`: what goes over the wire to a library system, in words.

use super::say;
use anyhow::Context;
use links::sip2::{Charset, ChecksumMode, ChecksumState, MAX_LEN, Message, SipFault};
use serde_json::{Map, Value, json};
use std::io::{BufRead, Read};

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Read one message a line on standard input; print one JSON object a line, also for a line that is no message.
    #[command(after_help = "Examples:\n  echo 9300CNkiosk\\|COsecret\\| | oqyrman sip2 decode\n  \
                            oqyrman sip2 decode --charset cp850 --checksum strict < captured.txt | jq .fields\n\n\
                            Passwords and PINs (CO, AD, AC) are shown as ***.")]
    Decode(Decode),
}

#[derive(Debug, clap::Args)]
pub struct Decode {
    /// The server's charset: utf-8, cp850, cp866, cp1251 or latin1.
    #[arg(long, default_value_t)]
    charset: Charset,
    /// What is done about checksums: off = not looked at, lenient = told, strict = a wrong one is an error.
    #[arg(long, default_value = "lenient", value_parser = mode)]
    checksum: ChecksumMode,
}

fn mode(name: &str) -> Result<ChecksumMode, String> {
    match name {
        "off" => Ok(ChecksumMode::Off),
        "lenient" => Ok(ChecksumMode::Lenient),
        "strict" => Ok(ChecksumMode::Strict),
        _ => Err("off, lenient or strict is expected".into()),
    }
}

pub fn run(command: Command) -> anyhow::Result<()> {
    let Command::Decode(options) = command;
    let mut input = std::io::stdin().lock();
    loop {
        let mut line = Vec::new();
        // A file without line ends is not held as a whole.
        let most = u64::try_from(MAX_LEN).unwrap_or(u64::MAX) + 2;
        let read = input.by_ref().take(most).read_until(b'\n', &mut line).context("standard input")?;
        if read == 0 {
            return Ok(());
        }
        let message = trimmed(&line);
        let told = if message.len() > MAX_LEN {
            input.skip_until(b'\n').context("standard input")?;
            failed(&SipFault::TooLong { limit: MAX_LEN })
        } else if message.is_empty() {
            continue;
        } else {
            match Message::read(message, options.checksum) {
                Ok(message) => told(&message, &options),
                Err(fault) => failed(&fault),
            }
        };
        say(&told.to_string())?;
    }
}

/// Without the ends that a message has on the wire and in a file.
fn trimmed(line: &[u8]) -> &[u8] {
    let is_around = |byte: &u8| matches!(byte, b'\r' | b'\n' | 0);
    let begin = line.iter().position(|byte| !is_around(byte)).unwrap_or(line.len());
    let end = line.iter().rposition(|byte| !is_around(byte)).map_or(begin, |last| last + 1);
    line.get(begin..end).unwrap_or_default()
}

fn told(message: &Message, options: &Decode) -> Value {
    let fixed: Map<String, Value> =
        message.parts().map(|(name, value)| (name.to_owned(), options.charset.read(value).into())).collect();
    let fields = message.fields().iter().map(|field| {
        let value = if field.is_secret() && !field.value.is_empty() {
            "***".to_owned()
        } else {
            field.text(options.charset)
        };
        json!([field.name(), value])
    });
    let checksum = message.trailer().checksum.as_ref().map(|sum| String::from_utf8_lossy(sum));
    let checksum = match (options.checksum, message.checksum()) {
        (ChecksumMode::Off, _) => json!({ "state": "not_looked_at" }),
        (_, ChecksumState::Absent) => json!({ "state": "absent" }),
        (_, ChecksumState::Good) => json!({ "state": "good", "value": checksum }),
        (_, ChecksumState::Wrong { wanted }) => {
            json!({ "state": "wrong", "value": checksum, "wanted": wanted })
        }
    };
    json!({
        "code": message.kind().code,
        "name": message.kind().name,
        "fixed": fixed,
        "fields": fields.collect::<Vec<Value>>(),
        "sequence": message.trailer().sequence.map(|sequence| char::from(sequence).to_string()),
        "checksum": checksum,
    })
}

fn failed(fault: &SipFault) -> Value {
    json!({ "error": { "kind": fault.kind(), "message": fault.to_string(), "at": fault.at() } })
}
