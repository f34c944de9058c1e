//! What a technician may write in `oqyrman.toml`: it is a configuration, or refused by line and in words.
#![no_main]

use libfuzzer_sys::fuzz_target;
use station::config::Config;

fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("config-{}.toml", std::process::id()));
    if std::fs::write(&path, bytes).is_err() {
        return;
    }
    if let Err(fault) = Config::read(&path) {
        assert!(!fault.to_string().is_empty());
    }
});
