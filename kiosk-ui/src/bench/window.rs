//! The bench's window.

use super::labels::{Kind, Label};
use super::pad::Pad;
use super::scanner::Scanner;
use crate::ui::{BenchLabel, BenchState, BenchWindow, LabelKind, Size};
use crate::window;
use anyhow::Context;
use desk::view::Lang;
use slint::{ComponentHandle, LogicalSize, Model, ModelRc, VecModel, Weak};
use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

/// A desk's screen is read from nearby: a "millimetre" of the kiosk is this many logical pixels here.
const PX_PER_MM: f32 = 2.6;

/// What lies on the bench, and where its scans go.
#[derive(Debug, Clone)]
pub struct BenchOptions {
    /// The socket of the station's simulated reader. It need not be there yet.
    pub socket: PathBuf,
    /// The socket of the station's emulated pad, if it has one.
    pub pad: Option<PathBuf>,
    /// What can be scanned, in the order to be shown.
    pub labels: Vec<Label>,
    /// In which language the bench speaks.
    pub lang: Lang,
}

/// Opens the bench and scans what is clicked until the window is closed.
///
/// # Errors
/// If there is no display, or the window cannot be opened. A missing station is no error: the window says so.
pub fn run(options: BenchOptions) -> anyhow::Result<()> {
    window::choose_backend()?;
    let bench = BenchWindow::new().context("the bench's window cannot be made")?;
    bench.global::<Size>().set_mm(PX_PER_MM);
    slint::select_bundled_translation(options.lang.code())
        .with_context(|| format!("the program has no words for the language {}", options.lang.code()))?;
    bench.window().set_size(LogicalSize::new(150.0 * PX_PER_MM, 230.0 * PX_PER_MM));
    let rows = Rc::new(rows(&options.labels, options.pad.is_some()));
    bench.set_labels(ModelRc::from(Rc::clone(&rows)));
    if let Some(pad) = options.pad.map(Pad::new) {
        let (weak, labels) = (bench.as_weak(), options.labels);
        bench.on_put(move |place| put(&weak, &pad, &labels, &rows, place));
    }
    let scanner = RefCell::new(Scanner::new(options.socket));
    let weak = bench.as_weak();
    bench.on_scan(move |label| {
        let Some(bench) = weak.upgrade() else { return };
        let scanned = scanner.borrow_mut().scan(&label);
        bench.set_state(if scanned.is_ok() { BenchState::Scanned } else { BenchState::NoScanner });
        bench.set_last(label);
    });
    bench.run().context("the bench's window could not be shown")
}

/// Lays the book at `place` on the pad, or takes it off.
fn put(weak: &Weak<BenchWindow>, pad: &Pad, labels: &[Label], rows: &VecModel<BenchLabel>, place: i32) {
    let index = usize::try_from(place).unwrap_or(usize::MAX);
    let (Some(bench), Some(label), Some(mut row)) = (weak.upgrade(), labels.get(index), rows.row_data(index))
    else {
        return;
    };
    let Some(tag) = &label.tag else { return };
    match pad.put(tag, !row.lies) {
        Ok(()) => {
            row.lies = !row.lies;
            bench.set_state(if row.lies { BenchState::Laid } else { BenchState::Lifted });
            bench.set_last(row.label.clone());
            rows.set_row_data(index, row);
        }
        Err(error) => {
            tracing::warn!(%error, "the pad does not answer");
            // After a new start nothing lies on it.
            row.lies = false;
            rows.set_row_data(index, row);
            bench.set_state(BenchState::NoScanner);
        }
    }
}

fn rows(labels: &[Label], pad: bool) -> VecModel<BenchLabel> {
    let row = |label: &Label| BenchLabel {
        kind: match label.kind {
            Kind::Card => LabelKind::Card,
            Kind::Book => LabelKind::Book,
            Kind::Other => LabelKind::Other,
        },
        label: label.label.as_str().into(),
        what: label.what.as_str().into(),
        tagged: pad && label.tag.is_some(),
        lies: false,
    };
    VecModel::from_iter(labels.iter().map(row))
}
