//! Secrets go from the file they came in. Pure: text in, text out.

use std::ops::Range;

/// The text with each secret's key and value replaced by a comment. `when`: a date for people.
pub fn wiped(text: &str, secrets: &[(String, Range<usize>)], when: &str) -> String {
    let mut secrets: Vec<&(String, Range<usize>)> = secrets.iter().collect();
    secrets.sort_by_key(|(_, span)| span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (key, span) in secrets {
        let (Some(before), true) = (text.get(at..span.start), span.start >= at) else { continue };
        out.push_str(before);
        out.push_str(&format!("# {key}: taken over by the station on {when} and wiped from this file"));
        at = span.end;
        // What follows a value in its line is a comment or nothing: it stays part of the comment.
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_and_all_else_stays() {
        let text =
            "school = \"12\"\nstaff_pin = \"4711\" # remember\nvoucher = \"\"\"\na\nb\"\"\"\n[panel]\n";
        let pin = text.find("staff_pin").unwrap_or_default();
        let voucher = text.find("voucher").unwrap_or_default();
        let end = text.find("\n[panel]").unwrap_or_default();
        let spans = [
            ("voucher".to_owned(), voucher..end),
            ("staff_pin".to_owned(), pin..pin + "staff_pin = \"4711\"".len()),
        ];
        let wiped = wiped(text, &spans, "28.11.2026");
        assert!(!wiped.contains("4711") && !wiped.contains("\na\n"), "{wiped}");
        assert!(
            wiped.starts_with("school = \"12\"\n# staff_pin: ") && wiped.ends_with("\n[panel]\n"),
            "{wiped}"
        );
        assert!(wiped.contains(" # remember\n"), "{wiped}");
    }
}
