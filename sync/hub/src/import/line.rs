//! From text to records. Quotation marks as RFC 4180 has them and as people write them; one that nothing closes takes no
//! other row with it, which is why the lines are taken one by one.

use std::ops::RangeInclusive;

/// A quoted field may hold line breaks; so many lines are joined at most before its quotation mark counts as forgotten.
const MOST_JOINED: usize = 8;

/// The longest line, in bytes.
pub(super) const MOST_LINE_LEN: usize = 64 << 10;

/// The fields of a line.
pub(super) struct Split {
    /// Quotation marks around are gone, doubled ones single.
    pub(super) fields: Vec<String>,
    /// Whether a quoted field goes on behind the end.
    pub(super) is_open: bool,
    /// Whether a quotation mark stands where none belongs.
    is_odd: bool,
}

/// Lines with their numbers, from 1. They end with LF or CRLF; with CR where there is no LF at all.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> + Clone {
    let end = if text.contains('\n') || !text.contains('\r') { '\n' } else { '\r' };
    (1..).zip(text.split(end).map(|line| line.strip_suffix('\r').unwrap_or(line)))
}

/// Takes a line apart.
pub(super) fn split(line: &str, delimiter: char) -> Split {
    let mut split = Split { fields: Vec::new(), is_open: false, is_odd: false };
    let mut rest = Some(line);
    while let Some(text) = rest {
        rest = match text.trim_start_matches([' ', '\u{a0}']).strip_prefix('"') {
            Some(inner) => quoted(inner, delimiter, &mut split),
            None => {
                let (field, rest) = match text.split_once(delimiter) {
                    Some((field, rest)) => (field, Some(rest)),
                    None => (text, None),
                };
                split.is_odd |= field.matches('"').count() % 2 == 1;
                split.fields.push(field.to_owned());
                rest
            }
        };
    }
    split
}

/// Takes a quoted field, the first mark being gone, and gives what stands behind its delimiter. A mark that is neither
/// doubled nor before a delimiter belongs to the text.
fn quoted<'a>(inner: &'a str, delimiter: char, split: &mut Split) -> Option<&'a str> {
    let mut field = String::new();
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('"') {
        field.push_str(before);
        rest = after;
        if let Some(after) = rest.strip_prefix('"') {
            field.push('"');
            rest = after;
            continue;
        }
        let behind = rest.trim_start_matches([' ', '\u{a0}']);
        if behind.is_empty() || behind.starts_with(delimiter) {
            split.fields.push(field);
            return behind.strip_prefix(delimiter);
        }
        split.is_odd = true;
        field.push('"');
    }
    field.push_str(rest);
    split.fields.push(field);
    split.is_open = true;
    None
}

/// Joins a line whose quoted field is open with those of `rest` that belong to it, and says how many these are. `None`
/// if the mark is forgotten: nothing closes it, or a line that would be swallowed is a row by itself, of a number of fields
/// that is `expected`.
pub(super) fn join<'a>(
    line: &str,
    rest: impl Iterator<Item = &'a str>,
    delimiter: char,
    expected: Option<RangeInclusive<usize>>,
) -> Option<(Vec<String>, usize)> {
    let is_expected = |count: usize| expected.as_ref().is_none_or(|expected| expected.contains(&count));
    let mut joined = line.to_owned();
    for (next, count) in rest.take(MOST_JOINED).zip(1..) {
        if next.len() > MOST_LINE_LEN {
            return None;
        }
        let alone = split(next, delimiter);
        let count_alone = alone.fields.len();
        if expected.is_some()
            && count_alone > 1
            && is_expected(count_alone)
            && !alone.is_open
            && !alone.is_odd
        {
            return None;
        }
        joined.push('\n');
        joined.push_str(next);
        let whole = split(&joined, delimiter);
        if !whole.is_open {
            let fits = !whole.is_odd && is_expected(whole.fields.len());
            return fits.then_some((whole.fields, count));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(line: &str) -> Vec<String> {
        split(line, ',').fields
    }

    #[test]
    fn quoted_as_the_standard_has_it() {
        assert_eq!(fields(r#"a,"b,c","d ""e""","",f"#), ["a", "b,c", "d \"e\"", "", "f"]);
        assert_eq!(fields(""), [""]);
        assert_eq!(fields(",,"), ["", "", ""]);
        assert_eq!(fields(r#" "a" , "b""#), ["a", "b"]);
    }

    #[test]
    fn quoted_as_people_have_it() {
        assert_eq!(fields(r#"5 "А",="0012",x"#), ["5 \"А\"", "=\"0012\"", "x"]);
        assert_eq!(fields(r#""Роман "Абай жолы" қайта",x"#), ["Роман \"Абай жолы\" қайта", "x"]);
        assert_eq!(fields(r#"дюйм 5",x"#), ["дюйм 5\"", "x"]);
    }

    #[test]
    fn a_line_break_in_a_field_is_joined() {
        let (fields, lines) =
            join(r#"1,"a"#, ["b", r#"c",x"#, "2,y,z"].into_iter(), ',', Some(3..=3)).unwrap();
        assert_eq!((fields, lines), (vec!["1".to_owned(), "a\nb\nc".to_owned(), "x".to_owned()], 2));
        assert!(join(r#""a"#, [r#"b",x"#].into_iter(), ',', Some(2..=2)).is_some());
    }

    #[test]
    fn a_forgotten_mark_swallows_no_row() {
        // The next row closes it, but is a row by itself.
        assert!(join(r#""a,b"#, [r#""c","d""#].into_iter(), ',', Some(2..=2)).is_none());
        // It would end in a row further on.
        assert!(join(r#""a,b"#, ["c,d", r#"e",f"#].into_iter(), ',', Some(2..=2)).is_none());
        // Two rows have forgotten it: the field would end behind the first mark of the second.
        assert!(join(r#""a,b"#, [r#""c,d"#].into_iter(), ',', Some(2..=2)).is_none());
        assert!(join(r#"1,"a"#, std::iter::repeat_n("b", 100), ',', Some(2..=2)).is_none());
        assert!(join(r#"1,"a"#, std::iter::empty(), ',', Some(2..=2)).is_none());
    }

    #[test]
    fn each_system_has_line_ends_of_its_own() {
        for text in ["a\nb\nc", "a\r\nb\r\nc", "a\rb\rc"] {
            assert_eq!(lines(text).collect::<Vec<_>>(), [(1, "a"), (2, "b"), (3, "c")], "{text:?}");
        }
    }
}
