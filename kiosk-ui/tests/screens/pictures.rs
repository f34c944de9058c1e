//! A few screens, pixel by pixel, against pictures that a person has looked at.
//!
//! When a screen changes on purpose: `cargo run -p kiosk-ui -- gallery --out gallery`, look at the new pictures, and
//! copy those named here from there to `tests/pictures`.

use crate::walk::renderer;
use desk::View;
use desk::view::Lang;
use kiosk_ui::{Panel, Picture, gallery};
use std::path::Path;

/// How far a part of a pixel may be off: smoothing of edges differs between machines.
const SHADE: u8 = 48;
/// How many of 10,000 pixels may be further off.
const PER_10_000: usize = 20;

const PICTURES: [(&str, Lang); 7] = [
    ("idle", Lang::Kk),
    ("visit-mixed", Lang::Kk),
    ("my-books", Lang::Ru),
    ("refused-limit-reached", Lang::Ru),
    ("finished-all", Lang::Kk),
    ("pin-wrong", Lang::En),
    ("stick-asked", Lang::Kk),
];

#[test]
fn screens_look_as_they_did() {
    let renderer = renderer(Panel::REFERENCE);
    for (name, lang) in PICTURES {
        renderer.show(&View { lang, ..gallery::sample(name).unwrap() }).unwrap();
        let now = renderer.snapshot().unwrap();
        let file = format!("{name}-{}.png", lang.code());
        let then = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures").join(&file));
        let off = differing(&now, &then);
        if off * 10_000 > PER_10_000 * then.rgb.len() / 3 {
            let seen = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&file);
            now.write_png(&seen).unwrap();
            panic!("{off} pixels of {file} are not as they were; what is there now is in {}", seen.display());
        }
    }
}

#[test]
fn a_moved_word_would_be_noticed() {
    let renderer = renderer(Panel::REFERENCE);
    let mut pictures = ["visit-mixed", "visit-same-again"].map(|name| {
        renderer.show(&gallery::sample(name).unwrap()).unwrap();
        renderer.snapshot().unwrap()
    });
    let pixels = pictures[0].rgb.len() / 3;
    assert!(differing(&pictures[0], &pictures[1]) * 10_000 > PER_10_000 * pixels);
    let shifted = pictures[0].rgb.split_off(3);
    pictures[0].rgb = [shifted, vec![0; 3]].concat();
    renderer.show(&gallery::sample("visit-mixed").unwrap()).unwrap();
    assert!(
        differing(&pictures[0], &renderer.snapshot().unwrap()) * 10_000 > PER_10_000 * pixels,
        "by one pixel"
    );
}

fn differing(one: &Picture, other: &Picture) -> usize {
    assert_eq!((one.width, one.height), (other.width, other.height));
    let pixels = one.rgb.chunks(3).zip(other.rgb.chunks(3));
    pixels.filter(|(one, other)| one.iter().zip(*other).any(|(a, b)| a.abs_diff(*b) > SHADE)).count()
}

fn read(path: &Path) -> Picture {
    let file = std::fs::File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(std::io::BufReader::new(file)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut rgb).unwrap();
    Picture { width: info.width, height: info.height, rgb }
}

/// A telephone reads from the screen what stands in the view, on every panel.
#[test]
fn qr_codes_can_be_read_from_the_screen() {
    for panel in crate::walk::panels() {
        let renderer = crate::walk::renderer(panel);
        for (name, view) in gallery::samples() {
            let desk::Screen::Setup { fault, .. } = &view.screen else { continue };
            renderer.show(&view).unwrap();
            renderer.draw();
            let picture = renderer.snapshot().unwrap();
            let (width, height) = (picture.width as usize, picture.height as usize);
            let tone = |x: usize, y: usize| picture.rgb[3 * (y * width + x) + 1];
            let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, tone);
            let grids = image.detect_grids();
            assert_eq!(grids.len(), 1, "{name}");
            assert_eq!(grids[0].decode().unwrap().1, fault.text, "{name}");
        }
    }
}
