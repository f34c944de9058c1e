//! What of a configuration and of a log may leave the building. Pure.

/// Keys of a configuration whose values are told. A value of any other key is told as `…`.
const TOLD: [&str; 43] = [
    "data_dir",
    "url",
    "call_after_events",
    "call_every_min",
    "socket",
    "lang",
    "idle_s",
    "warning_s",
    "finished_s",
    "kind",
    "path",
    "id",
    "baud",
    "silence_ms",
    "terminator",
    "layout",
    "address",
    "profile",
    "tls",
    "charset",
    "zone",
    "max_loans",
    "loan_days",
    "max_renewals",
    "renewal_days",
    "look_up_ms",
    "spi",
    "busy",
    "reset",
    "irq",
    "backend",
    "chip",
    "line",
    "speed_hz",
    "dots",
    "eas",
    "afi",
    "cards",
    "active_low",
    "volume",
    "prefix",
    "length",
    "check",
];

/// A configuration with the values of unknown keys, logins and secrets left out. What is no TOML is left out whole.
#[must_use]
pub fn config(text: &str) -> String {
    match text.parse::<toml::Table>() {
        Ok(mut table) => {
            hide(&mut table);
            toml::to_string(&table).unwrap_or_default()
        }
        Err(error) => format!("# not TOML: {}\n", error.message()),
    }
}

fn hide(table: &mut toml::Table) {
    for (key, value) in table.iter_mut() {
        hide_value(TOLD.contains(&key.as_str()), value);
    }
}

fn hide_value(is_told: bool, value: &mut toml::Value) {
    match value {
        toml::Value::Table(table) => hide(table),
        toml::Value::Array(values) => values.iter_mut().for_each(|value| hide_value(is_told, value)),
        toml::Value::String(text) if is_told => *text = without_login(text),
        toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
            if is_told => {}
        toml::Value::String(_)
        | toml::Value::Integer(_)
        | toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_) => *value = "…".into(),
    }
}

/// An address without `user:password@`, and without what follows `?`.
fn without_login(text: &str) -> String {
    let text = text.split('?').next().unwrap_or_default();
    match text.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_once('/').map_or((rest, ""), |(host, path)| (host, path));
            let host = host.rsplit('@').next().unwrap_or_default();
            let slash = if rest.contains('/') { "/" } else { "" };
            format!("{scheme}://{host}{slash}{path}")
        }
        None => text.to_owned(),
    }
}

/// Lines of a log, each without digits in longer runs than a time has, without quoted text and without long words of
/// letters and digits: such a word may be a card's number, a code or a key.
#[must_use]
pub fn log(text: &str) -> String {
    text.lines().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

fn line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut word = String::new();
    for letter in line.chars().chain(['\n']) {
        if letter.is_ascii_alphanumeric() {
            word.push(letter);
            continue;
        }
        out += &told(&word, letter);
        word.clear();
        if letter != '\n' {
            // Letters of other alphabets are no words of the program's: somebody's name may be among them.
            out.push(if letter.is_alphabetic() { '·' } else { letter });
        }
    }
    out
}

/// A word as it is told; `next` is what follows it. Four digits may be a PIN, unless they are a date's year; four capitals may
/// be part of a code, unless they are a level of the log.
fn told(word: &str, next: char) -> String {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let letters = word.len() - digits;
    let is_capital = word.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
    let is_level = ["WARN", "INFO", "ERROR", "DEBUG", "TRACE"].contains(&word);
    let is_year = word.len() == 4 && word.starts_with("20") && next == '-';
    let hidden = match (digits, letters) {
        (4.., 0) => !is_year,
        (0, letters) => letters > 24 || letters >= 4 && is_capital && !is_level,
        (digits, _) => digits > 4 || word.len() > 12 || word.len() >= 6 && is_capital,
    };
    if hidden { "#".repeat(word.len().min(8)) } else { word.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_its_words_and_loses_numbers_and_names() {
        let text = "2026-11-28T01:07:31.123456Z  WARN station: card 04A1B2C3D4 of Айдана not read, 12 of 300 events, code 4711000 WDJB-MJHT PIN 4711";
        let told = log(text);
        for gone in ["04A1B2C3D4", "Айдана", "4711", "WDJB", "MJHT", "123456Z"] {
            assert!(!told.contains(gone), "{told}");
        }
        for kept in ["2026-11-28T01:07:31", "WARN station", "12 of 300 events"] {
            assert!(told.contains(kept), "{told}");
        }
    }

    #[test]
    fn of_a_configuration_only_known_keys_are_told() {
        let text = "name = \"№ 12\"\nurl = \"https://user:secret@region.example.kz/a?token=1\"\nnew_secret = \"abc\"\n\
                    [library]\nlogin = \"kiosk\"\nmax_loans = 5\n[[readers]]\nname = \"hand\"\nkind = \"evdev\"\n";
        let told = config(text);
        for gone in ["№ 12", "secret@", "token", "abc", "\"kiosk\"", "hand"] {
            assert!(!told.contains(gone), "{told}");
        }
        for kept in ["https://region.example.kz/a", "max_loans = 5", "kind = \"evdev\"", "login = \"…\""] {
            assert!(told.contains(kept), "{told}");
        }
        assert!(config("= =").starts_with("# not TOML"));
    }
}
