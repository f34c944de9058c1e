//! A search key for Kazakh and Russian names and titles.

/// Folds `text` for searching: lower case, NFC, then ә→а ғ→г қ→к ң→н ө→о ұ,ү→у һ→х і→и ё→е, without ъ and ь; words
/// joined by one space, everything that is no letter or digit dropped.
pub fn key(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.nfc().flat_map(char::to_lowercase).nfc() {
        let folded = match c {
            'ә' => 'а',
            'ғ' => 'г',
            'қ' => 'к',
            'ң' => 'н',
            'ө' => 'о',
            'ұ' | 'ү' => 'у',
            'һ' => 'х',
            'і' => 'и',
            'ё' => 'е',
            'ъ' | 'ь' => continue,
            other => other,
        };
        if folded.is_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(folded);
        } else {
            gap = true;
        }
    }
    out
}
