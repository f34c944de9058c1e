//! All words of the console, in Kazakh, Russian and English: a file for each area, a sentence's three languages side by
//! side. A sentence that is missing in one of them does not compile; `{…}` are places that are filled in.

/// Words of an area: `name: ["Kazakh", "Russian", "English"],` each.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($word:ident: [$kk:expr, $ru:expr, $en:expr $(,)?],)+ }) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub(in crate::page) struct $name { $(pub(in crate::page) $word: &'static str,)+ }

        impl $name {
            /// In one language.
            pub(in crate::page) fn of(lang: exchange::Lang) -> &'static $name {
                static KK: $name = $name { $($word: $kk,)+ };
                static RU: $name = $name { $($word: $ru,)+ };
                static EN: $name = $name { $($word: $en,)+ };
                match lang {
                    exchange::Lang::Kk => &KK,
                    exchange::Lang::Ru => &RU,
                    exchange::Lang::En => &EN,
                }
            }
        }

        #[cfg(test)]
        #[test]
        fn a_sentence_has_the_same_places_in_every_language() {
            for (word, sentences) in [$((stringify!($word), [$kk, $ru, $en]),)+] {
                crate::page::words::check(word, sentences);
            }
        }
    };
}

mod audit;
mod conflict;
mod enrolment;
mod frame;
mod log;
mod overview;
mod people;
mod receipt;
mod reviews;
mod sign_in;
mod stations;
mod tell;
mod when;

pub(super) use audit::Audit;
pub(super) use conflict::{conflict, refusal};
pub(super) use enrolment::Enrolment;
pub(super) use frame::Frame;
pub(super) use log::Log;
pub(super) use overview::Overview;
pub(super) use people::People;
pub(super) use receipt::Receipt;
pub(super) use reviews::Reviews;
pub(super) use sign_in::SignIn;
pub(super) use stations::Stations;
pub(super) use tell::Tell;
pub(super) use when::When;

/// Fills the places of a sentence: `("who", …)` stands for `{who}`.
pub(super) fn fill(sentence: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    // One pass, so that a name with braces in it is only a name.
    while let Some((before, name, after)) = rest
        .split_once('{')
        .and_then(|(before, after)| after.split_once('}').map(|(name, after)| (before, name, after)))
    {
        text.push_str(before);
        text.push_str(places.iter().find(|(place, _)| *place == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Whether a sentence is there in every language, with the same places.
#[cfg(test)]
fn check(word: &str, sentences: [&str; 3]) {
    let places = |sentence: &str| {
        let parts = sentence.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned()));
        let mut places: Vec<String> = parts.collect();
        places.sort();
        places
    };
    for sentence in sentences {
        assert!(!sentence.trim().is_empty(), "{word}");
        assert_eq!(places(sentence), places(sentences[0]), "{word}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("no {c}", &[]), "no ");
        assert_eq!(fill("open {", &[]), "open {");
    }
}
