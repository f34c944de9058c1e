//! One part of a workbook: XML behind a counter of unpacked bytes.

use super::container::Part;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::cell::Cell as Count;
use std::io::{self, BufReader, Read};
use std::rc::Rc;

/// Why a part cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// It is no such XML.
    Damaged,
    /// It holds more text than any table of a school.
    TooLong,
    /// It has more rows than any table of a school.
    TooManyRows,
}

/// Bytes that may still be unpacked.
#[derive(Debug, Clone)]
pub(super) struct Budget(Rc<Count<u64>>);

impl Budget {
    pub(super) fn new(bytes: u64) -> Budget {
        Budget(Rc::new(Count::new(bytes)))
    }

    /// Whether there is nothing left.
    pub(super) fn is_spent(&self) -> bool {
        self.0.get() == 0
    }
}

struct Counted<R> {
    part: R,
    budget: Budget,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let len = self.part.read(into)?;
        let left = self.budget.0.get().saturating_sub(len as u64);
        self.budget.0.set(left);
        if left == 0 { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(len) }
    }
}

/// A tag with its attributes; names are without their namespaces.
pub(super) struct Tag {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    fn of(start: &BytesStart<'_>) -> Result<Tag, Fault> {
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Fault::Damaged)?;
            let value =
                attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Fault::Damaged)?.into_owned();
            attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
        }
        Ok(Tag { name: start.local_name().as_ref().to_owned(), attributes })
    }
}

/// What comes next in a part.
pub(super) enum Piece {
    /// A tag begins.
    Open(Tag),
    /// A tag ends; a tag without content begins and ends.
    Close(String),
    /// Text between tags.
    Text(String),
    /// The part is over.
    End,
}

/// A part as tags and texts.
pub(super) struct Xml<'z> {
    reader: Reader<BufReader<Counted<Part<'z>>>>,
    buffer: Vec<u8>,
}

impl<'z> Xml<'z> {
    /// Of a part.
    pub(super) fn of(part: Part<'z>, budget: &Budget) -> Xml<'z> {
        let read = BufReader::new(Counted { part, budget: budget.clone() });
        let mut reader = Reader::from_reader(read);
        reader.config_mut().expand_empty_elements = true;
        Xml { reader, buffer: Vec::new() }
    }

    /// What comes next. Entities that are no characters, comments and instructions are passed over.
    pub(super) fn next(&mut self) -> Result<Piece, Fault> {
        loop {
            self.buffer.clear();
            return Ok(match self.reader.read_event_into(&mut self.buffer).map_err(|_| Fault::Damaged)? {
                Event::Start(start) => Piece::Open(Tag::of(&start)?),
                Event::End(end) => Piece::Close(end.local_name().as_ref().to_owned()),
                Event::Text(text) => Piece::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Piece::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(entity) => {
                    let known = quick_xml::escape::resolve_xml_entity(entity.as_ref()).map(str::to_owned);
                    let sign = || entity.resolve_char_ref().ok().flatten().map(String::from);
                    Piece::Text(known.or_else(sign).ok_or(Fault::Damaged)?)
                }
                Event::Eof => Piece::End,
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                    continue;
                }
            });
        }
    }

    /// The next tag that begins.
    pub(super) fn next_tag(&mut self) -> Result<Option<Tag>, Fault> {
        loop {
            match self.next()? {
                Piece::Open(tag) => return Ok(Some(tag)),
                Piece::End => return Ok(None),
                Piece::Close(_) | Piece::Text(_) => {}
            }
        }
    }
}
