//! `oqyrman tag …`: what a library tag says, and what a new one is to say.

mod fields;
mod words;

use super::say;
use anyhow::{Context, bail};
use hardware::rfid::tag::write::{Layout, NewTag, encode};
use hardware::rfid::tag::{Decoded, SystemBytes, TagProfile, TagText, decode};
use serde::Deserialize;
use std::io::Read;
use std::path::{Path, PathBuf};

/// More than any tag holds, in bytes.
const MOST_MEMORY_BYTES: usize = 8_192;

#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say what a tag's memory holds.
    #[command(
        after_help = "Examples:\n  oqyrman tag decode 1101013130303030303030353600000000000098A4444B373138353030000000\n  \
                            oqyrman tag decode \"91 00 05 1C BE 99 1A 14 02 01 D0\" --dsfid 06\n  \
                            oqyrman tag decode - --json < memory.hex"
    )]
    Decode(Decode),
    /// Make the memory of a new tag.
    #[command(
        after_help = "Examples:\n  oqyrman tag encode --model 28560-3 --id 30234000517861 --isil KZ-ALA12\n  \
                            oqyrman tag encode --model 28560-2 --id 30234000517861 --parts 2 --part 1 --align-bytes 4\n  \
                            oqyrman tag decode HEX --json | oqyrman tag encode --from-json"
    )]
    Encode(Encode),
}

#[derive(Debug, clap::Args)]
pub struct Decode {
    /// The memory from byte 0 on, in hexadecimal; spaces, colons and line ends are skipped. `-` reads standard input.
    hex: String,
    /// The data storage format identifier that the tag tells, such as 3E.
    #[arg(long, value_parser = byte)]
    dsfid: Option<u8>,
    /// The application family identifier that the tag tells, such as C2.
    #[arg(long, value_parser = byte)]
    afi: Option<u8>,
    /// A file with the site's `[tag]` section; the station's configuration will do.
    #[arg(long)]
    profile: Option<PathBuf>,
    /// One JSON object instead of words.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub struct Encode {
    /// How it is laid out.
    #[arg(long, value_enum, required_unless_present = "from_json")]
    model: Option<WrittenModel>,
    /// The item's number.
    #[arg(long, required_unless_present = "from_json")]
    id: Option<String>,
    /// The owner's ISIL, such as KZ-ALA12.
    #[arg(long)]
    isil: Option<String>,
    /// Type of usage, 0 to 15: 1 circulating, 2 not for circulation, 8 patron card. Without it: 1.
    #[arg(long)]
    usage: Option<u8>,
    /// Parts of the item. Without it: 1.
    #[arg(long)]
    parts: Option<u8>,
    /// Which part this is. Without it: 1.
    #[arg(long)]
    part: Option<u8>,
    /// 28560-3 in 32 bytes, for tags that hold no more.
    #[arg(long)]
    short: bool,
    /// 28560-2: the id fills blocks of this many bytes, so that they can be locked.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=32))]
    align_bytes: Option<u8>,
    /// Take what `tag decode --json` says from standard input; the other options win over it.
    #[arg(long)]
    from_json: bool,
    /// One JSON object instead of the bare memory.
    #[arg(long)]
    json: bool,
}

/// Models that are written.
#[derive(Debug, Clone, Copy, clap::ValueEnum, Deserialize)]
enum WrittenModel {
    /// ISO 28560-3, the fixed layout.
    #[value(name = "28560-3")]
    #[serde(rename = "iso28560-3/danish")]
    Part3,
    /// ISO 28560-2, objects.
    #[value(name = "28560-2")]
    #[serde(rename = "iso28560-2/15962")]
    Part2,
}

pub fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Decode(options) => say_decoded(&options),
        Command::Encode(options) => say_encoded(options),
    }
}

fn say_decoded(options: &Decode) -> anyhow::Result<()> {
    let profile = match &options.profile {
        Some(path) => profile(path)?,
        None => TagProfile::default(),
    };
    let memory = memory(&options.hex)?;
    let system = SystemBytes { dsfid: options.dsfid, afi: options.afi };
    let decoded = decode(&memory, system, &profile);
    if options.json {
        say(&serde_json::Value::Object(fields::fields(&decoded, system, &profile)).to_string())
    } else {
        say(words::words(&decoded, system, &profile).trim_end())
    }
}

fn say_encoded(options: Encode) -> anyhow::Result<()> {
    let given = if options.from_json { Some(given()?) } else { None };
    let given = given.unwrap_or_default();
    let model = options.model.or(given.model).context("no --model: 28560-3 or 28560-2 is expected")?;
    let layout = match (model, options.short, options.align_bytes) {
        (WrittenModel::Part3, false, None) => Layout::Part3,
        (WrittenModel::Part3, true, None) => Layout::Part3Short,
        (WrittenModel::Part3, _, Some(_)) => {
            bail!("--align-bytes is for 28560-2; 28560-3 has a fixed layout")
        }
        (WrittenModel::Part2, true, _) => bail!("--short is for 28560-3; 28560-2 is as long as what it says"),
        (WrittenModel::Part2, false, align_bytes) => Layout::Part2 { align_bytes },
    };
    let text = |text: Option<String>, what: &str| {
        text.map(|text| {
            TagText::new(&text).with_context(|| format!("{what} is empty or holds a control character"))
        })
        .transpose()
    };
    let tag = NewTag {
        primary_item_id: text(options.id.or(given.primary_item_id), "--id")?
            .context("no --id: the item's number is expected")?,
        owner_isil: text(options.isil.or(given.owner_isil), "--isil")?,
        type_of_usage: options.usage.or(given.type_of_usage).unwrap_or(1),
        parts_in_item: options.parts.or(given.parts_in_item).unwrap_or(1),
        part_number: options.part.or(given.part_number).unwrap_or(1),
    };
    let memory = encode(&tag, layout)?;
    let hex = fields::hex_upper(&memory);
    if options.json {
        let dsfid = format!("{:02X}", layout.dsfid());
        say(&serde_json::json!({ "hex": hex, "dsfid": dsfid, "bytes": memory.len() }).to_string())
    } else {
        say(&hex)
    }
}

/// What `tag decode --json` said, as far as it is written.
#[derive(Debug, Default, Deserialize)]
struct Given {
    model: Option<WrittenModel>,
    primary_item_id: Option<String>,
    owner_isil: Option<String>,
    type_of_usage: Option<u8>,
    parts_in_item: Option<u8>,
    part_number: Option<u8>,
}

fn given() -> anyhow::Result<Given> {
    serde_json::from_str(&standard_input()?)
        .context("standard input is not what `tag decode --json` says of an ISO 28560 tag")
}

fn standard_input() -> anyhow::Result<String> {
    let mut text = String::new();
    let most = u64::try_from(MOST_MEMORY_BYTES * 8)?;
    std::io::stdin().lock().take(most).read_to_string(&mut text).context("standard input is not text")?;
    Ok(text)
}

/// Bytes in hexadecimal, from the command line or standard input.
pub(super) fn memory(hex: &str) -> anyhow::Result<Vec<u8>> {
    let text = if hex == "-" { standard_input()? } else { hex.to_owned() };
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    if let Some(at) = digits.iter().position(|c| !c.is_ascii_hexdigit()) {
        bail!("digit {} is {:?}; hexadecimal digits are expected, two for each byte", at + 1, digits[at]);
    }
    if digits.is_empty() || digits.len() % 2 == 1 {
        bail!("found {} hexadecimal digits; two for each byte are expected", digits.len());
    }
    if digits.len() > 2 * MOST_MEMORY_BYTES {
        bail!("found {} bytes; no tag holds more than {MOST_MEMORY_BYTES}", digits.len() / 2);
    }
    let value = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or(0);
    Ok(digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect())
}

fn byte(text: &str) -> Result<u8, String> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    match u8::from_str_radix(digits, 16) {
        Ok(byte) if digits.len() == 2 => Ok(byte),
        Ok(_) | Err(_) => Err("two hexadecimal digits are expected, such as 3E".into()),
    }
}

#[derive(Deserialize)]
struct ProfileFile {
    #[serde(default)]
    tag: TagProfile,
}

fn profile(path: &Path) -> anyhow::Result<TagProfile> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let file: ProfileFile = toml::from_str(&text).with_context(|| path.display().to_string())?;
    Ok(file.tag)
}

/// Whether a memory is a library tag.
fn is_library_tag(decoded: &Decoded) -> bool {
    match decoded {
        Decoded::Tag { .. } => true,
        Decoded::Blank { .. } | Decoded::Unknown { .. } => false,
    }
}
