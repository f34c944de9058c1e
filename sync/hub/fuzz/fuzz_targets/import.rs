//! Any file as one of the four that a school brings: read or refused, and told in words; what was read plans without a
//! panic. The first byte says which file.
#![no_main]

use exchange::Day;
use hub::import::{
    Known, Report, plan_classes, plan_items, plan_patrons, plan_titles, read_classes, read_items,
    read_patrons, read_titles,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((which, file)) = bytes.split_first() else { return };
    let known = Known::new([]);
    match which % 4 {
        0 => {
            let Ok(mut import) = read_classes(file) else { return };
            let _ = plan_classes(&mut import, &known);
            let _ = Report::new("classes", &import, None).to_string();
        }
        1 => {
            let Ok(mut import) = read_patrons(file) else { return };
            let _ = plan_patrons(&mut import, &known, Day(20_700), || [7; 8]);
            let _ = Report::new("patrons", &import, None).to_string();
        }
        2 => {
            let Ok(mut import) = read_titles(file) else { return };
            let _ = plan_titles(&mut import, &known);
            let _ = Report::new("titles", &import, None).to_string();
        }
        _ => {
            let Ok(mut import) = read_items(file) else { return };
            let _ = plan_items(&mut import, &known);
            let _ = Report::new("items", &import, None).to_string();
        }
    }
});
