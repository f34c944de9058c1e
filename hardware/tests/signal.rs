//! Light and sound with what stands in for them: a player that is a script, a PWM channel that is a folder.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use hardware::signal::{Clips, Meaning, SignalConfig, Sound, start, wav};

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < end, "{what}");
        std::thread::yield_now();
    }
}

fn script(path: &Path, body: &str) {
    fs::write(path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn the_player_gets_the_whole_sound_and_its_card() {
    let folder = tempfile::tempdir().unwrap();
    let (player, played) = (folder.path().join("player"), folder.path().join("played"));
    let shown = played.display();
    script(&player, &format!("echo \"$@\" > {shown}.args; cat > {shown}.part; mv {shown}.part {shown}"));
    let config =
        SignalConfig { sound: Sound::Alsa, device: "hw:1".into(), player, ..SignalConfig::default() };
    let signals = start(&config).unwrap();
    signals.give(Meaning::Yes);
    wait_for("the sound", || played.exists());
    assert_eq!(fs::read(&played).unwrap(), wav(Meaning::Yes, 60));
    assert_eq!(fs::read_to_string(format!("{shown}.args")).unwrap(), "-q -D hw:1 -\n");
}

#[test]
fn the_schools_own_clip_is_played_and_one_that_is_lost_is_stood_in_for() {
    let folder = tempfile::tempdir().unwrap();
    let (player, played) = (folder.path().join("player"), folder.path().join("played"));
    let (own, lost) = (folder.path().join("own.wav"), folder.path().join("lost.wav"));
    let shown = played.display();
    // The tone goes through a pipe; a clip is the program's last word.
    script(
        &player,
        &format!("cat > {shown}.in; echo \"$4\" > {shown}.part; mv {shown}.part {shown}.$(basename \"$4\")"),
    );
    fs::write(&own, b"RIFF").unwrap();
    let clips = Clips { yes: Some(own), no: Some(lost), attention: None };
    let config = SignalConfig { sound: Sound::Alsa, player, clips, ..SignalConfig::default() };
    let signals = start(&config).unwrap();
    signals.give(Meaning::Yes);
    wait_for("the clip", || folder.path().join("played.own.wav").exists());
    signals.give(Meaning::No);
    wait_for("the sound that stands in", || folder.path().join("played.-").exists());
    assert_eq!(fs::read(format!("{shown}.in")).unwrap(), wav(Meaning::No, 60));
    fs::remove_file(format!("{shown}.-")).unwrap();
    signals.give(Meaning::No);
    wait_for("the next one, at once", || folder.path().join("played.-").exists());
}

#[test]
fn a_player_that_is_not_there_or_never_ends_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let player = folder.path().join("player");
    let config = SignalConfig { sound: Sound::Alsa, player: player.clone(), ..SignalConfig::default() };
    let signals = start(&config).unwrap();
    signals.give(Meaning::No);
    drop(signals);
    script(&player, "exec sleep 60");
    let signals = start(&config).unwrap();
    let began = Instant::now();
    for _ in 0..100 {
        signals.give(Meaning::Attention);
    }
    drop(signals);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn the_buzzer_sounds_at_half_the_period_at_most_and_falls_silent() {
    let folder = tempfile::tempdir().unwrap();
    let config = SignalConfig {
        sound: Sound::Buzzer,
        volume: 100,
        pwm: folder.path().into(),
        ..SignalConfig::default()
    };
    let signals = start(&config).unwrap();
    signals.give(Meaning::No);
    let number = |name: &str| fs::read_to_string(folder.path().join(name)).ok()?.parse::<u64>().ok();
    wait_for("the tone", || number("enable") == Some(1));
    let period_ns = number("period").unwrap();
    assert_eq!(period_ns, 1_000_000_000 / 247);
    wait_for("silence", || number("enable") == Some(0));
    assert!(number("duty_cycle").unwrap() <= period_ns / 2);
    drop(signals);
    assert_eq!(number("enable"), Some(0));
}
