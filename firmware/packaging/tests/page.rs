//! The laminated page names buttons and words as the screen does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use packaging::workspace::root;

#[test]
fn every_word_in_quotation_marks_stands_on_the_screen() {
    let page = std::fs::read_to_string(root().join("docs/operating/page.html")).unwrap();
    for lang in ["kk", "ru"] {
        let (_, section) = page.split_once(&format!("<section lang=\"{lang}\">")).unwrap();
        let section = section.split("</section>").next().unwrap();
        let words = root().join(format!("kiosk-ui/lang/{lang}/LC_MESSAGES/kiosk-ui.po"));
        let words = std::fs::read_to_string(words).unwrap();
        let quoted: Vec<_> = section.split('«').skip(1).map(|rest| rest.split('»').next().unwrap()).collect();
        assert!(quoted.len() >= 6, "{quoted:?}");
        for word in quoted {
            assert!(words.contains(&format!("msgstr \"{word}\"")), "{lang}: the screen never says «{word}»");
        }
    }
}
