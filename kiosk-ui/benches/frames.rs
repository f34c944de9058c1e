//! How long a view takes to its frame, and the process to its first one. `cargo bench -p kiosk-ui --bench frames`.
//!
//! A frame is what the station's view costs until its last pixel is in memory: conversion, layout, text and drawing, by
//! the software renderer. The panel is named below; every sample of the gallery in every language is drawn, always
//! after another sample, several times over. Times are wall times; percentiles are those of all of them.

#![allow(clippy::print_stdout)]

use anyhow::Context;
use desk::View;
use desk::view::Lang;
use kiosk_ui::headless::Renderer;
use kiosk_ui::{Panel, gallery};
use std::os::unix::net::UnixListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 8;
const STARTS: usize = 10;

fn main() -> anyhow::Result<()> {
    let panel = Panel::REFERENCE;
    println!("panel: {} × {} px, {} px/mm", panel.width_px(), panel.height_px(), panel.px_per_mm());
    let (mut every, mut slowest) = (Vec::new(), Vec::new());
    frames(panel, &mut every, &mut slowest)?;
    report("view to frame, another screen", &mut every);
    slowest.sort_by_key(|(took, _)| std::cmp::Reverse(*took));
    for (took, name) in slowest.iter().take(3) {
        println!("  slowest: {:6.2} ms  {name}", ms(*took));
    }
    report("view to frame, one row more", &mut rows(panel)?);
    report("view to frame, countdown", &mut countdown(panel)?);
    report("start to first frame, process", &mut starts()?);
    Ok(())
}

fn renderer(panel: Panel) -> anyhow::Result<Renderer> {
    Renderer::new(panel.width_px(), panel.height_px(), panel.px_per_mm())
}

fn time(renderer: &Renderer, view: &View) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    renderer.show(view)?;
    renderer.draw();
    Ok(begun.elapsed())
}

/// All samples, each in place of another; of each sample its median goes to `slowest`.
fn frames(
    panel: Panel,
    every: &mut Vec<Duration>,
    slowest: &mut Vec<(Duration, String)>,
) -> anyhow::Result<()> {
    let renderer = renderer(panel)?;
    let views: Vec<_> = Lang::ALL
        .into_iter()
        .flat_map(|lang| {
            gallery::samples().into_iter().map(move |(name, view)| (name, View { lang, ..view }))
        })
        .collect();
    let mut took = vec![Vec::with_capacity(ROUNDS); views.len()];
    for round in 0..=ROUNDS {
        for ((_, view), took) in views.iter().zip(&mut took) {
            let one = time(&renderer, view)?;
            // The first round fills the caches of letters.
            if round > 0 {
                took.push(one);
            }
        }
    }
    for ((name, view), mut took) in views.into_iter().zip(took) {
        every.extend(&took);
        took.sort_unstable();
        slowest.push((took[took.len() / 2], format!("{name}-{}", view.lang.code())));
    }
    Ok(())
}

/// The everyday frame: one more book is on the list.
fn rows(panel: Panel) -> anyhow::Result<Vec<Duration>> {
    let renderer = renderer(panel)?;
    let views = ["visit-empty", "visit", "visit-mixed", "visit-full"].map(gallery::sample);
    let views: Vec<View> = views.into_iter().flatten().collect();
    renderer.show(views.first().context("no samples")?)?;
    renderer.draw();
    views.iter().cycle().skip(1).take(400).map(|view| time(&renderer, view)).collect()
}

fn countdown(panel: Panel) -> anyhow::Result<Vec<Duration>> {
    let renderer = renderer(panel)?;
    let view = gallery::sample("warning").context("no sample")?;
    time(&renderer, &view)?;
    (0..400).map(|left| time(&renderer, &View { ends_in_s: Some(20 - left % 20), ..view.clone() })).collect()
}

/// The program itself: it looks for the station when its first frame has been drawn.
fn starts() -> anyhow::Result<Vec<Duration>> {
    let dir = tempfile::tempdir()?;
    let socket = dir.path().join("screen.sock");
    let station = UnixListener::bind(&socket)?;
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut screen = Command::new(env!("CARGO_BIN_EXE_oqyrman-screen"))
            .args(["run", "--headless", "--socket"])
            .arg(&socket)
            .stderr(Stdio::null())
            .spawn()?;
        let connected = station.accept();
        starts.push(begun.elapsed());
        screen.kill()?;
        screen.wait()?;
        connected?;
    }
    Ok(starts)
}

fn report(what: &str, took: &mut [Duration]) {
    took.sort_unstable();
    let at =
        |part: f64| took.get(((took.len() - 1) as f64 * part).round() as usize).copied().unwrap_or_default();
    println!(
        "{what:32} p50 {:7.2} ms  p95 {:7.2} ms  p99 {:7.2} ms  of {}",
        ms(at(0.50)),
        ms(at(0.95)),
        ms(at(0.99)),
        took.len()
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
