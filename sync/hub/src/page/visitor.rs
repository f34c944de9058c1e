//! Who is looking, and in which language: cookies in, cookies out.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use exchange::Lang;

/// Name of the cookie that holds a session's token. `__Host-` binds it to this host and to HTTPS (RFC 6265bis).
const SESSION: &str = "__Host-session";

/// Name of the cookie that holds the language.
const LANG: &str = "lang";

/// Somebody who looks at the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Visitor {
    /// The language they want.
    pub(super) lang: Lang,
    /// The token they hold.
    pub(super) token: Option<[u8; 32]>,
}

impl Visitor {
    /// From a request's headers; `asked` is the language the address names.
    pub(super) fn of(headers: &HeaderMap, asked: Option<&str>) -> Visitor {
        let cookie = |name: &str| {
            let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
            all.flat_map(|line| line.split(';'))
                .find_map(|pair| pair.trim().split_once('=').filter(|(found, _)| *found == name))
                .map(|(_, value)| value.to_owned())
        };
        let lang = asked
            .and_then(Lang::from_code)
            .or_else(|| Lang::from_code(&cookie(LANG)?))
            .or_else(|| accepted(headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?))
            .unwrap_or_default();
        Visitor { lang, token: cookie(SESSION).and_then(|text| unhex(&text)) }
    }
}

/// The first language of a list (RFC 9110, 12.5.4) that the page speaks; its weights are taken to fall.
fn accepted(list: &str) -> Option<Lang> {
    list.split(',').find_map(|part| Lang::from_code(part.trim().get(..2)?))
}

/// A cookie that holds a session's token until the browser is closed.
pub(super) fn session_cookie(token: &[u8; 32]) -> String {
    let hex: String = token.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{SESSION}={hex}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

/// A cookie that ends the session.
pub(super) fn no_session_cookie() -> String {
    format!("{SESSION}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// A cookie that keeps the language for a year.
pub(super) fn lang_cookie(lang: Lang) -> String {
    format!("{LANG}={}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=31536000", lang.code())
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut token = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (byte, place) in token.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(place..place + 2)?, 16).ok()?;
    }
    Some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_weighs_more_than_the_cookie_and_that_more_than_the_browser() {
        let mut headers = HeaderMap::new();
        assert_eq!(Visitor::of(&headers, None).lang, Lang::Kk);
        headers.insert(ACCEPT_LANGUAGE, "de-DE,ru;q=0.8,en;q=0.5".parse().unwrap());
        assert_eq!(Visitor::of(&headers, None).lang, Lang::Ru);
        headers.insert(COOKIE, "a=b; lang=en".parse().unwrap());
        assert_eq!(Visitor::of(&headers, None).lang, Lang::En);
        assert_eq!(Visitor::of(&headers, Some("kk")).lang, Lang::Kk);
        assert_eq!(Visitor::of(&headers, Some("xx")).lang, Lang::En);
    }

    #[test]
    fn a_token_comes_back() {
        let cookie = session_cookie(&[0xa7; 32]);
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, cookie.split(';').next().unwrap().parse().unwrap());
        assert_eq!(Visitor::of(&headers, None).token, Some([0xa7; 32]));
        headers.insert(COOKIE, "__Host-session=xyz".parse().unwrap());
        assert_eq!(Visitor::of(&headers, None).token, None);
    }
}
