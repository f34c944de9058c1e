//! Who did something, in words: mostly a login; what is no person's is said in the reader's language.

use super::words::{Frame, fill};
use crate::cli::COMMAND_LINE;
use exchange::Lang;

/// Who, as it is shown.
pub(super) fn who(lang: Lang, login: &str) -> String {
    let w = Frame::of(lang);
    match (login, login.strip_prefix("token ")) {
        (COMMAND_LINE, _) => w.command_line.to_owned(),
        (_, Some(name)) => fill(w.by_key, &[("name", name)]),
        (login, None) => login.to_owned(),
    }
}

/// Who is meant by what somebody typed after having read it here.
pub(super) fn meant(lang: Lang, typed: &str) -> &str {
    if typed == Frame::of(lang).command_line { COMMAND_LINE } else { typed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_can_be_looked_for() {
        for lang in Lang::ALL {
            assert_eq!(meant(lang, &who(lang, COMMAND_LINE)), COMMAND_LINE);
            assert_eq!(meant(lang, &who(lang, "aigul")), "aigul");
            assert!(who(lang, "token diary").contains("diary"));
        }
        assert_ne!(who(Lang::Ru, COMMAND_LINE), COMMAND_LINE);
    }
}
