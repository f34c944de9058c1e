//! What a view costs until its last pixel is in memory: `cargo bench -p kiosk-ui --bench micro`. Instructions:
//! `tests/callgrind/run`. Over all screens, with percentiles: `cargo bench -p kiosk-ui --bench frames`.
#![allow(clippy::unwrap_used, reason = "a bench may stop at the first surprise")]

use criterion::{BatchSize, Criterion};
use desk::View;
use kiosk_ui::headless::Renderer;
use kiosk_ui::{Panel, gallery};

fn draw(renderer: &Renderer, view: &View) {
    renderer.show(view).unwrap();
    renderer.draw();
}

/// What is counted is what happens in here.
#[inline(never)]
fn measured(renderer: &Renderer, view: &View) {
    draw(renderer, view);
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let panel = Panel::REFERENCE;
    let renderer = Renderer::new(panel.width_px(), panel.height_px(), panel.px_per_mm()).unwrap();
    let sample = |name| gallery::sample(name).unwrap();
    let warning = sample("warning");
    let second =
        View { ends_in_s: warning.ends_in_s.map(|left_s| left_s.saturating_sub(1)), ..warning.clone() };
    for (name, before, view) in [
        ("view to frame: a visit begins", sample("idle"), sample("visit")),
        ("view to frame: one row more", sample("visit-empty"), sample("visit")),
        ("view to frame: a countdown's second", warning, second),
    ] {
        // Letters are drawn once and kept.
        draw(&renderer, &view);
        criterion.bench_function(name, |bencher| {
            bencher.iter_batched(
                || draw(&renderer, &before),
                |()| measured(&renderer, &view),
                BatchSize::PerIteration,
            );
        });
    }
    criterion.final_summary();
}
