//! Pictures of paper that are kept and compared, dot by dot.

use hardware::printer::Bitmap;
use std::fs::File;
use std::io::BufReader;

/// Holds what was drawn against the picture at `path`. With `OQYRMAN_GOLDEN` set it becomes the picture: look at it.
pub fn compare(drawn: &Bitmap, path: &str) {
    if std::env::var_os("OQYRMAN_GOLDEN").is_some() {
        write(drawn, path);
    }
    let file = File::open(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((info.width as usize, info.height as usize), (drawn.width(), drawn.height()), "{path}");
    let white = |x: usize, y: usize| bytes[y * info.line_size + x / 8] & (0x80 >> (x % 8)) != 0;
    let dots = (0..drawn.height()).flat_map(|y| (0..drawn.width()).map(move |x| (x, y)));
    let differs = dots.filter(|(x, y)| white(*x, *y) == drawn.is_black(*x, *y)).count();
    assert_eq!(differs, 0, "{path} differs; set OQYRMAN_GOLDEN=1 to keep the new one, and look at it");
}

fn write(bitmap: &Bitmap, path: &str) {
    let (width, height) = (bitmap.width(), bitmap.height());
    let size = |dots: usize| u32::try_from(dots).unwrap();
    let mut encoder = png::Encoder::new(File::create(path).unwrap(), size(width), size(height));
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut bytes = vec![0xff; width / 8 * height];
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        if bitmap.is_black(x, y) {
            bytes[y * (width / 8) + x / 8] &= !(0x80 >> (x % 8));
        }
    }
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
}
