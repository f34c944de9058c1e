//! `kiosk.toml` as it is written, checked key by key. Its own keys are few; every table of `oqyrman.toml` may stand in it
//! too and is checked as there.

use crate::config::{Config, ConfigError, Fault, FaultKind, FitFor, Wrong};
use exchange::Lang;
use exchange::voucher::Voucher;
use serde::Deserialize;
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The least panel the screens fit on, in millimetres.
const LEAST_PANEL_MM: (f64, f64) = (214.0, 126.0);

/// Why a file is not taken.
pub type KioskError = ConfigError;

/// What the file says, checked.
#[derive(Debug)]
pub struct Kiosk {
    /// Its own words as keys of `oqyrman.toml`, without secrets.
    pub settings: toml::Table,
    /// The panel, if it is told.
    pub panel: Option<Panel>,
    /// The screen's language.
    pub lang: Lang,
    /// PIN of the staff menu.
    pub staff_pin: Option<String>,
    /// What the region has given so that the station is let in without a person.
    pub voucher: Option<String>,
    /// The library system's password.
    pub library_password: Option<String>,
    /// Where in the text secrets stand: each with its key.
    pub secrets: Vec<(String, Range<usize>)>,
}

/// The panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    /// Pixels.
    pub width_px: u32,
    /// Pixels.
    pub height_px: u32,
    /// Pixels of one millimetre.
    pub px_per_mm: f64,
    /// By how much the picture is turned, in degrees.
    pub rotation: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPanel {
    width_px: Spanned<u32>,
    height_px: Spanned<u32>,
    px_per_mm: Spanned<f64>,
    rotation: Option<Spanned<u32>>,
}

/// All keys of the file, for whoever has written another one.
const KEYS: [&str; 17] = [
    "school",
    "language",
    "staff_pin",
    "voucher",
    "panel",
    "region",
    "library",
    "readers",
    "pads",
    "screen",
    "numbers",
    "cards",
    "tag",
    "signals",
    "printer",
    "power",
    "update",
];

impl Kiosk {
    /// Checks a text. Files it names are looked for in `folder`. `over`: the configuration that it is laid over, if there is
    /// one.
    ///
    /// # Errors
    /// What is wrong first, with its place. A line that holds a secret is not repeated.
    pub fn parse(text: &str, path: &Path, folder: &Path, over: Option<&Config>) -> Result<Kiosk, Box<Wrong>> {
        parse(text, folder, over).map_err(|fault| Box::new(hide_secret(fault.placed(path, text))))
    }
}

fn parse(text: &str, folder: &Path, over: Option<&Config>) -> Result<Kiosk, Fault> {
    let syntax = |error| Fault::from(error).of(FaultKind::Syntax);
    let mut document = DeTable::parse(text).map_err(syntax)?;
    let mut settings: toml::Table = text.parse().map_err(syntax)?;
    let table = document.get_mut();
    let mut secrets = Vec::new();

    for key in ["wifi", "wi-fi", "network"] {
        if let Some((span, _)) = take(table, key) {
            let words = "Wi-Fi is set in the system, not here: take this out; the guide says how";
            return Err(Fault::new(span, words).of(FaultKind::Elsewhere));
        }
    }
    known(table)?;
    let language = take(table, "language");
    let lang = match language.as_ref().map(|(_, value)| (value.span(), text_of(value))) {
        None => return Err(missing("language", "kk, ru, en")),
        Some((span, code)) => code.as_deref().and_then(Lang::from_code).ok_or_else(|| {
            let found = code.map_or_else(|| "found no text".to_owned(), |code| format!("found `{code}`"));
            Fault::new(span, format!("{found}; kk, ru or en is expected")).expecting("\"kk\", \"ru\", \"en\"")
        })?,
    };
    let school = take(table, "school").ok_or_else(|| missing("school", "\"№ 12\""))?;
    let staff_pin = secret(table, "staff_pin", &mut secrets)?;
    if let Some((span, pin)) = &staff_pin
        && !((4..=6).contains(&pin.len()) && pin.bytes().all(|digit| digit.is_ascii_digit()))
    {
        let words = "a PIN of 4 to 6 digits in quotes is expected";
        return Err(Fault::new(span.clone(), words).expecting("\"0000\" – \"999999\""));
    }
    let voucher = secret(table, "voucher", &mut secrets)?;
    if let Some((span, voucher)) = &voucher
        && Voucher::read(voucher).is_none()
    {
        let words = "this is no voucher, or it was cut short: copy it whole, as the region has given it";
        return Err(Fault::new(span.clone(), words).expecting("\"oqv1…\""));
    }
    let library_password = match table.get_mut("library").map(Spanned::get_mut) {
        Some(DeValue::Table(library)) => secret(library, "password", &mut secrets)?,
        Some(_) | None => None,
    };
    let panel = take(table, "panel").map(|(_, value)| panel(value)).transpose()?;
    forbid_elsewhere(table)?;

    // What is left are tables of the configuration; the school is the station's name, the language its screen's.
    let (school_span, school) = (school.0, school.1);
    table.insert(Spanned::new(school_span, "name".into()), school);
    let config = Config::of_document(
        document,
        folder,
        if over.is_some_and(|over| !over.readers.is_empty() || !over.pads.is_empty()) {
            FitFor::LayingOver
        } else {
            FitFor::Starting
        },
    )?;
    for own in ["school", "language", "staff_pin", "voucher", "panel"] {
        settings.remove(own);
    }
    if let Some(toml::Value::Table(library)) = settings.get_mut("library") {
        library.remove("password");
    }
    settings.insert("name".into(), config.name.into());
    Ok(Kiosk {
        settings,
        panel,
        lang,
        staff_pin: staff_pin.map(|(_, pin)| pin),
        voucher: voucher.map(|(_, voucher)| voucher.trim().to_owned()),
        library_password: library_password.map(|(_, password)| password),
        secrets,
    })
}

/// A key that is none of the file's, told with all that are.
fn known(table: &DeTable<'_>) -> Result<(), Fault> {
    let stranger = table.iter().find(|(key, _)| {
        let key = key.get_ref().as_ref();
        !KEYS.contains(&key) && !NOT_HERE.contains(&key)
    });
    let Some((key, _)) = stranger else { return Ok(()) };
    let listed: Vec<String> = KEYS.iter().map(|key| format!("`{key}`")).collect();
    let words = format!("unknown field `{}`, expected one of {}", key.get_ref(), listed.join(", "));
    Err(Fault::new(key.span(), words).of(FaultKind::UnknownKey))
}

/// Keys of `oqyrman.toml` that a boot partition does not set.
const NOT_HERE: [&str; 2] = ["data_dir", "name"];

fn forbid_elsewhere(table: &DeTable<'_>) -> Result<(), Fault> {
    match table.iter().find(|(key, _)| NOT_HERE.contains(&key.get_ref().as_ref())) {
        None => Ok(()),
        Some((key, _)) if key.get_ref() == "name" => {
            let words = "the station's name is `school` here";
            Err(Fault::new(key.span(), words).of(FaultKind::Elsewhere).expecting("school"))
        }
        Some((key, _)) => {
            let words = "where data is kept is set in oqyrman.toml alone: take this out";
            Err(Fault::new(key.span(), words).of(FaultKind::Elsewhere))
        }
    }
}

fn missing(key: &str, expected: &str) -> Fault {
    Fault::new(0..0, format!("missing field `{key}`; it is expected as `{key} = {expected}`"))
        .of(FaultKind::Missing)
        .expecting(format!("{key} = {expected}"))
}

/// Takes a key out, with the place of its name.
fn take<'a>(table: &mut DeTable<'a>, key: &str) -> Option<(Range<usize>, Spanned<DeValue<'a>>)> {
    let span = table.iter().find(|(name, _)| name.get_ref() == key).map(|(name, _)| name.span())?;
    table.remove(key).map(|value| (span, value))
}

fn text_of(value: &Spanned<DeValue<'_>>) -> Option<String> {
    if let DeValue::String(text) = value.get_ref() { Some(text.to_string()) } else { None }
}

/// A secret's value, and where it stands. What was found in its place is not repeated.
fn secret(
    table: &mut DeTable<'_>,
    key: &str,
    secrets: &mut Vec<(String, Range<usize>)>,
) -> Result<Option<(Range<usize>, String)>, Fault> {
    let Some((name, value)) = take(table, key) else { return Ok(None) };
    let span = value.span();
    let Some(text) = text_of(&value) else {
        let words = format!("`{key}` is a text: put it in quotes");
        return Err(Fault::new(span, words).expecting(format!("{key} = \"…\"")));
    };
    secrets.push((key.to_owned(), name.start..span.end));
    Ok(Some((span, text)))
}

fn panel(value: Spanned<DeValue<'_>>) -> Result<Panel, Fault> {
    let span = value.span();
    let DeValue::Table(table) = value.into_inner() else {
        return Err(Fault::new(span, "a table is expected").expecting("[panel]"));
    };
    let written = WrittenPanel::deserialize(toml::Deserializer::from(Spanned::new(span, table)))?;
    let px = |key: &str, value: Spanned<u32>| {
        let found = *value.get_ref();
        let range = 320..=4096;
        if range.contains(&found) {
            return Ok(found);
        }
        let words = format!("found `{key} = {found}`; 320 to 4096 pixels are expected");
        Err(Fault::new(value.span(), words).expecting("320 – 4096"))
    };
    let (width_px, height_px) = (px("width_px", written.width_px)?, px("height_px", written.height_px)?);
    let px_per_mm = *written.px_per_mm.get_ref();
    let span = written.px_per_mm.span();
    if !(2.0..=20.0).contains(&px_per_mm) {
        let words = format!(
            "found `px_per_mm = {px_per_mm}`; 2 to 20 are expected: the panel's pixels divided by its visible width in \
             mm, 1024 / 220 = 4.65"
        );
        return Err(Fault::new(span, words).expecting("2.0 – 20.0"));
    }
    let (width_mm, height_mm) = (f64::from(width_px) / px_per_mm, f64::from(height_px) / px_per_mm);
    if width_mm < LEAST_PANEL_MM.0 || height_mm < LEAST_PANEL_MM.1 {
        let words = format!(
            "by these numbers the panel is {width_mm:.0} × {height_mm:.0} mm; the least is 214 × 126 mm. If the panel is \
             larger than that, `px_per_mm` is too high"
        );
        return Err(Fault::new(span, words).expecting("≥ 214 × 126 mm"));
    }
    let rotation = written.rotation.unwrap_or_else(|| Spanned::new(0..0, 0));
    if ![0, 90, 180, 270].contains(rotation.get_ref()) {
        let words =
            format!("found `rotation = {}`; 0, 90, 180 or 270 degrees are expected", rotation.get_ref());
        return Err(Fault::new(rotation.span(), words).expecting("0, 90, 180, 270"));
    }
    Ok(Panel { width_px, height_px, px_per_mm, rotation: rotation.into_inner() })
}

/// A line that holds a secret, or may hold one, is told by its key alone.
fn hide_secret(wrong: Wrong) -> Wrong {
    let line = wrong.text.trim_start().to_owned();
    let may_hold = match wrong.kind {
        FaultKind::Syntax | FaultKind::UnknownKey => !line.starts_with('['),
        FaultKind::Missing | FaultKind::Value | FaultKind::NoFile | FaultKind::Elsewhere => {
            ["pin", "voucher", "password"]
                .iter()
                .any(|word| line.to_lowercase().starts_with(word) || line.contains(&format!("_{word}")))
        }
    };
    if !may_hold {
        return wrong;
    }
    let text = match wrong.text.split_once('=') {
        Some((key, _)) => format!("{}= …", key),
        None => "…".to_owned(),
    };
    let column = wrong.column.min(text.chars().count());
    let length = wrong.length.min(text.chars().count() + 1 - column);
    Wrong { column, text, length, ..wrong }
}
