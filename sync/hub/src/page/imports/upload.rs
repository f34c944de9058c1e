//! A form with a file in it (`multipart/form-data`, RFC 7578).

use crate::import::What;
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use std::time::Duration;

/// The most bytes of a file that is sent to the console; a larger one is taken in at the command line.
pub(super) const MOST_LEN: usize = 16 << 20;

/// What the form may be besides the file, in bytes.
const FORM_LEN: usize = 64 << 10;

/// The most bytes of any other field.
const MOST_FIELD_LEN: usize = 256;

/// The longest name of a file that is kept, in characters.
const MOST_NAME_CHARS: usize = 80;

/// For a whole file: one of a school takes a minute at 64 kbit/s.
const PATIENCE: Duration = Duration::from_secs(900);

/// What was sent.
pub(super) struct Upload {
    /// The word of the form.
    pub(super) word: String,
    /// What it holds, if that was chosen.
    pub(super) what: Option<What>,
    /// The file's name, as it may be shown.
    pub(super) file: String,
    /// The file.
    pub(super) bytes: Vec<u8>,
}

/// Why nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum UploadFault {
    /// More than the limit.
    TooLong,
    /// No file, or an empty one without a name.
    NoFile,
    /// It did not arrive, or is no such form.
    BrokenOff,
}

impl Upload {
    /// Reads a request's body.
    pub(super) async fn read(request: Request) -> Result<Upload, UploadFault> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = kind.and_then(boundary).ok_or(UploadFault::BrokenOff)?;
        let body = axum::body::to_bytes(request.into_body(), MOST_LEN + FORM_LEN);
        match tokio::time::timeout(PATIENCE, body).await {
            Ok(Ok(body)) => fields(&body, &boundary),
            Ok(Err(fault)) if is_too_long(&fault) => Err(UploadFault::TooLong),
            Ok(Err(_)) | Err(_) => Err(UploadFault::BrokenOff),
        }
    }
}

/// Whether a body was more than was asked for, and not cut off.
fn is_too_long(fault: &axum::Error) -> bool {
    let mut cause = std::error::Error::source(fault);
    while let Some(fault) = cause {
        if fault.to_string().contains("length limit") {
            return true;
        }
        cause = fault.source();
    }
    false
}

/// What stands between fields, as the head of the request says.
fn boundary(kind: &str) -> Option<String> {
    let (kind, rest) = kind.split_once(';')?;
    let boundary = rest.split(';').find_map(|part| part.trim().strip_prefix("boundary="))?.trim_matches('"');
    let is_right =
        kind.trim().eq_ignore_ascii_case("multipart/form-data") && (1..=70).contains(&boundary.len());
    is_right.then(|| boundary.to_owned())
}

/// Takes a body apart. Fields that nobody asked for are passed over.
fn fields(body: &[u8], boundary: &str) -> Result<Upload, UploadFault> {
    let mut upload = Upload { word: String::new(), what: None, file: String::new(), bytes: Vec::new() };
    let mark = format!("--{boundary}");
    let mut rest = body.strip_prefix(mark.as_bytes()).ok_or(UploadFault::BrokenOff)?;
    let mark = format!("\r\n{mark}");
    while let Some(part) = rest.strip_prefix(b"\r\n") {
        let (head, behind) = cut(part, b"\r\n\r\n").ok_or(UploadFault::BrokenOff)?;
        let (content, next) = cut(behind, mark.as_bytes()).ok_or(UploadFault::BrokenOff)?;
        rest = next;
        let head = String::from_utf8_lossy(head);
        let text = || String::from_utf8_lossy(content).into_owned();
        match of_head(&head, "name").as_deref() {
            Some("form") if content.len() <= MOST_FIELD_LEN => upload.word = text(),
            Some("what") if content.len() <= MOST_FIELD_LEN => upload.what = What::from_name(&text()),
            Some("file") => {
                upload.file = shown(&of_head(&head, "filename").unwrap_or_default());
                upload.bytes = content.to_vec();
            }
            Some(_) | None => {}
        }
    }
    match rest.starts_with(b"--") {
        false => Err(UploadFault::BrokenOff),
        true if upload.bytes.is_empty() && upload.file.is_empty() => Err(UploadFault::NoFile),
        true => Ok(upload),
    }
}

/// What stands before a mark, and behind it.
fn cut<'b>(bytes: &'b [u8], mark: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let first = *mark.first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(mark) {
            return Some((bytes.get(..at)?, bytes.get(at + mark.len()..)?));
        }
        at += 1;
    }
}

/// What `Content-Disposition` says of a field; browsers write a quotation mark in a name as `%22`.
fn of_head(head: &str, what: &str) -> Option<String> {
    let line =
        head.split("\r\n").find(|line| line.to_ascii_lowercase().starts_with("content-disposition:"))?;
    let (_, rest) = line.split_once(&format!("; {what}=\""))?;
    Some(rest.split_once('"')?.0.replace("%22", "\""))
}

/// The last step of a path, without what does not show.
fn shown(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(MOST_NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_path() {
        assert_eq!(shown("C:\\школа\\7А.xlsx"), "7А.xlsx");
        assert_eq!(shown("../../etc/passwd\r\n"), "passwd");
        assert_eq!(shown(&"ж".repeat(200)).chars().count(), 80);
    }

    #[test]
    fn a_form_is_taken_apart() {
        assert_eq!(boundary("multipart/form-data; boundary=----x1"), Some("----x1".into()));
        assert_eq!(boundary("multipart/form-data; boundary=\"a b\"").as_deref(), Some("a b"));
        for none in ["text/plain; boundary=a", "multipart/form-data", "multipart/form-data; boundary="] {
            assert_eq!(boundary(none), None, "{none}");
        }
        let body = "--x\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\nword\r\n--x\r\n\
                    content-disposition: form-data; name=\"what\"\r\n\r\npatrons\r\n--x\r\n\
                    Content-Disposition: form-data; name=\"file\"; filename=\"a%22b.csv\"\r\nContent-Type: text/csv\r\n\r\n\
                    1\r\n--\r\n2\r\n--x--\r\n";
        let upload = fields(body.as_bytes(), "x").unwrap();
        assert_eq!(
            (upload.word.as_str(), upload.what, upload.file.as_str()),
            ("word", Some(What::Patrons), "a\"b.csv")
        );
        assert_eq!(upload.bytes, b"1\r\n--\r\n2");
        for len in 0..body.len() - 4 {
            assert!(fields(&body.as_bytes()[..len], "x").is_err(), "cut at {len}");
        }
        assert!(matches!(
            fields(b"--x\r\nContent-Disposition: form-data; name=\"form\"\r\n\r\n\r\n--x--", "x"),
            Err(UploadFault::NoFile)
        ));
    }
}
