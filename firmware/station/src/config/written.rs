//! The file as it is written, and what is checked of it.

use super::FitFor;
use super::fault::{Fault, FaultKind};
use super::library::{WrittenLibrary, library};
use super::{Config, Region, Screen};
use exchange::Lang;
use exchange::wire::PublicKey;
use hardware::barcode::{NumberRule, ReaderConfig, ReaderKind, SiteRules};
use hardware::card::CardForms;
use hardware::power::PowerConfig;
use hardware::printer::PrinterConfig;
use hardware::rfid::pad::{PadConfig, PadKind};
use hardware::rfid::tag::TagProfile;
use hardware::signal::SignalConfig;
use links::Https;
use links::https::{Patience, Settings, SetupFault, TimeFloor, Trust};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::{Range, RangeInclusive};
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A Unix socket's path ends in a field of 108 bytes; while a reader's socket is made, it has a longer name.
const MOST_SOCKET_PATH_BYTES: usize = 96;

/// What the region keeps of a station's name, in characters.
const MOST_NAME_CHARS: usize = 80;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConfig {
    data_dir: Option<Spanned<PathBuf>>,
    name: Option<Spanned<String>>,
    region: Option<WrittenRegion>,
    library: Option<Spanned<WrittenLibrary>>,
    #[serde(default)]
    screen: WrittenScreen,
    #[serde(default)]
    readers: Vec<Spanned<ReaderConfig>>,
    #[serde(default)]
    pads: Vec<Spanned<PadConfig>>,
    #[serde(default)]
    tag: TagProfile,
    #[serde(default)]
    cards: CardForms,
    #[serde(default)]
    signals: SignalConfig,
    power: Option<PowerConfig>,
    printer: Option<Spanned<PrinterConfig>>,
    numbers: Option<WrittenNumbers>,
    update: Option<WrittenUpdate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenUpdate {
    key: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRegion {
    url: Spanned<String>,
    ca: Option<Spanned<PathBuf>>,
    call_after_events: Option<Spanned<u32>>,
    call_every_min: Option<Spanned<u32>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WrittenScreen {
    socket: Option<Spanned<PathBuf>>,
    lang: Option<Lang>,
    idle_s: Option<Spanned<u32>>,
    warning_s: Option<Spanned<u32>>,
    finished_s: Option<Spanned<u32>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenNumbers {
    rules: Vec<Spanned<NumberRule>>,
}

/// Checks a text whose relative paths are relative to `folder`, an absolute path.
pub(super) fn parse(text: &str, folder: &Path) -> Result<Config, Fault> {
    let document = DeTable::parse(text).map_err(|error| Fault::from(error).of(FaultKind::Syntax))?;
    of_document(document, folder, FitFor::Starting)
}

/// Checks a document whose relative paths are relative to `folder`, an absolute path.
pub(super) fn of_document(
    mut document: Spanned<DeTable<'_>>,
    folder: &Path,
    fit_for: FitFor,
) -> Result<Config, Fault> {
    place_reader_sockets(document.get_mut(), folder);
    let written = WrittenConfig::deserialize(toml::Deserializer::from(document))?;
    let without_eas = written.pads.iter().find(|pad| matches!(pad.get_ref().kind, PadKind::Rl866 { .. }));
    if let Some(pad) = without_eas.filter(|_| written.tag.eas) {
        let words =
            "no order of an RL866 for the EAS bit is known; take `eas` out of [tag], or use another reader";
        return Err(Fault::new(pad.span(), words));
    }
    if let (Some(_), Some(library)) = (&written.region, &written.library) {
        let words = "a station has one region: take [region] or [library] out";
        return Err(Fault::new(library.span(), words));
    }
    Ok(Config {
        data_dir: match written.data_dir {
            Some(dir) => folder.join(named("data_dir", dir)?.1),
            None => "/var/lib/oqyrman".into(),
        },
        name: name(written.name)?,
        region: written.region.map(|region| self::region(region, folder)).transpose()?,
        library: written.library.map(|written| library(written.into_inner(), folder)).transpose()?,
        screen: screen(written.screen, folder)?,
        pads: pads(written.pads, &written.readers, folder, fit_for)?,
        readers: readers(written.readers)?,
        tag: written.tag,
        cards: written.cards,
        signals: written.signals,
        power: written.power,
        printer: written.printer.map(|printer| self::printer(printer, folder)).transpose()?,
        numbers: written.numbers.map_or_else(|| Ok(SiteRules::default()), numbers)?,
        update_key: written.update.map(|update| key(&update.key)).transpose()?,
    })
}

/// Makes a relative path of a reader's socket absolute, as the readers want it. An empty one stays, and is refused.
fn place_reader_sockets(document: &mut DeTable<'_>, folder: &Path) {
    let Some(DeValue::Array(readers)) = document.get_mut("readers").map(Spanned::get_mut) else { return };
    for reader in readers.iter_mut() {
        let DeValue::Table(reader) = reader.get_mut() else { continue };
        let kind = reader.get("kind").map(Spanned::get_ref);
        if !matches!(kind, Some(DeValue::String(kind)) if kind == "socket") {
            continue;
        }
        if let Some(DeValue::String(path)) = reader.get_mut("path").map(Spanned::get_mut)
            && !path.is_empty()
            && let Some(absolute) = folder.join(path.as_ref()).to_str()
        {
            *path = Cow::Owned(absolute.to_owned());
        }
    }
}

/// Makes a relative path of the printer absolute.
fn printer(printer: Spanned<PrinterConfig>, folder: &Path) -> Result<PrinterConfig, Fault> {
    let span = printer.span();
    let printer = printer.into_inner();
    if printer.path.as_os_str().is_empty() {
        return Err(Fault::new(
            span,
            "`path` of the printer is empty; its device is expected, such as /dev/usb/lp0",
        ));
    }
    Ok(PrinterConfig { path: folder.join(&printer.path), ..printer })
}

pub(super) fn named(key: &str, path: Spanned<PathBuf>) -> Result<(Range<usize>, PathBuf), Fault> {
    let span = path.span();
    if path.get_ref().as_os_str().is_empty() {
        return Err(Fault::new(span, format!("`{key}` is empty; a path is expected")));
    }
    Ok((span, path.into_inner()))
}

fn name(name: Option<Spanned<String>>) -> Result<String, Fault> {
    let Some(name) = name else { return Ok("oqyrman".into()) };
    let (span, name) = (name.span(), name.into_inner());
    let length = name.chars().count();
    if name.trim().is_empty() || length > MOST_NAME_CHARS || name.chars().any(char::is_control) {
        let expected = format!("1 to {MOST_NAME_CHARS} printable characters are expected");
        return Err(Fault::new(span, format!("found a `name` of {length} characters; {expected}")));
    }
    Ok(name)
}

fn region(region: WrittenRegion, folder: &Path) -> Result<Region, Fault> {
    let url = (region.url.span(), region.url.into_inner());
    let (ca, trust) = match region.ca {
        Some(path) => {
            let (span, path) = named("ca", path)?;
            let path = folder.join(path);
            let pem = std::fs::read(&path).map_err(|reason| {
                let expected = "the PEM file of the region's certificate authority is expected here";
                Fault::new(span.clone(), format!("{}: {reason}; {expected}", path.display()))
                    .of(FaultKind::NoFile)
            })?;
            (span, Trust::Ca(pem))
        }
        None => (url.0.clone(), Trust::WebRoots),
    };
    let link = Settings { url: url.1, trust, patience: Patience::default() };
    if let Err(fault) = Https::new(&link, &TimeFloor::new(0)) {
        let span = match &fault {
            SetupFault::Url(_) | SetupFault::Client(_) | SetupFault::Address(_) => url.0,
            SetupFault::Ca(_) => ca,
        };
        return Err(Fault::new(span, fault.to_string()));
    }
    let call_after_events = within("call_after_events", region.call_after_events, 20, 1..=10_000, "events")?;
    let call_every_min = within("call_every_min", region.call_every_min, 15, 1..=1_440, "minutes")?;
    Ok(Region { link, call_after_events, call_every_min })
}

fn screen(screen: WrittenScreen, folder: &Path) -> Result<Screen, Fault> {
    let socket = match screen.socket {
        Some(path) => {
            let (span, path) = named("socket", path)?;
            let path = folder.join(path);
            socket_path(span, &path)?;
            path
        }
        None => "/run/oqyrman/screen.sock".into(),
    };
    Ok(Screen {
        socket,
        lang: screen.lang.unwrap_or_default(),
        idle_s: within("idle_s", screen.idle_s, 40, 20..=600, "seconds")?,
        warning_s: within("warning_s", screen.warning_s, 20, 20..=120, "seconds")?,
        finished_s: within("finished_s", screen.finished_s, 8, 3..=60, "seconds")?,
    })
}

fn readers(readers: Vec<Spanned<ReaderConfig>>) -> Result<Vec<ReaderConfig>, Fault> {
    let mut checked = Vec::new();
    for reader in readers {
        let (span, reader) = (reader.span(), reader.into_inner());
        if let ReaderKind::Socket { path } = &reader.kind {
            socket_path(span.clone(), path)?;
        }
        checked.push(reader);
        hardware::barcode::check_readers(&checked).map_err(|fault| Fault::new(span, fault.to_string()))?;
    }
    Ok(checked)
}

/// The pads, with paths that are absolute. Their names are among the readers' names.
fn pads(
    pads: Vec<Spanned<PadConfig>>,
    readers: &[Spanned<ReaderConfig>],
    folder: &Path,
    fit_for: FitFor,
) -> Result<Vec<PadConfig>, Fault> {
    if pads.is_empty() && readers.is_empty() && fit_for == FitFor::Starting {
        let expected = "[[readers]] or [[pads]] is expected: without a reader nothing can be lent";
        let fault = Fault::new(0..0, format!("found no reader; {expected}"));
        return Err(fault.of(FaultKind::Missing).expecting("[[readers]]"));
    }
    let mut checked: Vec<PadConfig> = Vec::new();
    for pad in pads {
        let (span, mut pad) = (pad.span(), pad.into_inner());
        if let PadKind::Simulated { path } = &mut pad.kind {
            *path = folder.join(&*path);
            socket_path(span.clone(), path)?;
        }
        let of_reader = readers.iter().any(|reader| reader.get_ref().name == pad.name);
        if of_reader || checked.iter().any(|other| other.name == pad.name) {
            let expected = "give each reader and pad its own name";
            return Err(Fault::new(span, format!("the name '{}' is taken; {expected}", pad.name)));
        }
        if let Some(device) = pad.kind.serial_device() {
            let of_reader = readers.iter().any(
                |reader| matches!(&reader.get_ref().kind, ReaderKind::Serial { path, .. } if path == device),
            );
            if of_reader || checked.iter().any(|other| other.kind.serial_device() == Some(device)) {
                let expected = "give each reader and pad its own device";
                return Err(Fault::new(span, format!("{} is taken; {expected}", device.display())));
            }
        }
        checked.push(pad);
    }
    Ok(checked)
}

fn numbers(numbers: WrittenNumbers) -> Result<SiteRules, Fault> {
    let spans: Vec<Range<usize>> = numbers.rules.iter().map(Spanned::span).collect();
    SiteRules::new(numbers.rules.into_iter().map(Spanned::into_inner).collect()).map_err(|error| {
        let span = error.position.checked_sub(1).and_then(|at| spans.get(at)).cloned();
        Fault::new(span.unwrap_or(0..0), error.to_string())
    })
}

/// A public key as 64 hex digits.
fn key(written: &Spanned<String>) -> Result<PublicKey, Fault> {
    let text = written.get_ref();
    let value = serde_json::Value::String(text.clone());
    serde_json::from_value(value).map_err(|_| {
        let found = format!("found a key of {} characters", text.chars().count());
        Fault::new(written.span(), format!("{found}; the 64 hex digits of a public key are expected"))
            .expecting("key = \"0123…\"")
    })
}

fn socket_path(span: Range<usize>, path: &Path) -> Result<(), Fault> {
    let length = path.as_os_str().len();
    if length <= MOST_SOCKET_PATH_BYTES {
        return Ok(());
    }
    let found = format!("found a socket's path of {length} bytes: {}", path.display());
    Err(Fault::new(span, format!("{found}; at most {MOST_SOCKET_PATH_BYTES} are expected")))
}

pub(super) fn within(
    key: &str,
    found: Option<Spanned<u32>>,
    default: u32,
    range: RangeInclusive<u32>,
    unit: &str,
) -> Result<u32, Fault> {
    let Some(found) = found else { return Ok(default) };
    let (span, value) = (found.span(), found.into_inner());
    if range.contains(&value) {
        return Ok(value);
    }
    let expected = format!("{} to {} {unit} are expected", range.start(), range.end());
    let fault = Fault::new(span, format!("found `{key} = {value}`; {expected}"));
    Err(fault.expecting(format!("{} – {}", range.start(), range.end())))
}
