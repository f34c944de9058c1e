//! Workbooks for tests, as small as they can be, and as hostile as they must be.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A workbook of one sheet whose cells are inline texts.
pub fn book(rows: &[&[&str]]) -> Vec<u8> {
    let row = |cells: &&[&str]| {
        let cell = |cell: &&str| format!("<c t=\"inlineStr\"><is><t>{}</t></is></c>", escape(cell));
        format!("<row>{}</row>", cells.iter().map(cell).collect::<String>())
    };
    parts(&rows.iter().map(row).collect::<String>(), "", "")
}

/// A workbook of one sheet with this XML of rows, and XML of shared texts and styles where they are not empty.
pub fn parts(rows: &str, strings: &str, styles: &str) -> Vec<u8> {
    let mut relations = String::new();
    for (id, kind, target) in [
        ("rId1", "worksheet", "sheet1.xml"),
        ("rId2", "sharedStrings", "strings.xml"),
        ("rId3", "styles", "styles.xml"),
    ] {
        if id == "rId1" || id == "rId2" && !strings.is_empty() || id == "rId3" && !styles.is_empty() {
            relations.push_str(&format!(
                "<Relationship Id=\"{id}\" Type=\"{RELATIONS}/{kind}\" Target=\"{target}\"/>"
            ));
        }
    }
    let main =
        format!("<Relationship Id=\"a\" Type=\"{RELATIONS}/officeDocument\" Target=\"/xl/book.xml\"/>");
    zip(&[
        ("_rels/.rels", &format!("<Relationships>{main}</Relationships>")),
        ("xl/_rels/book.xml.rels", &format!("<Relationships>{relations}</Relationships>")),
        (
            "xl/book.xml",
            "<workbook xmlns:r=\"r\"><sheets><sheet name=\"One\" r:id=\"rId1\"/></sheets></workbook>",
        ),
        ("xl/sheet1.xml", &format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")),
        ("xl/strings.xml", strings),
        ("xl/styles.xml", styles),
    ])
}

/// A container of these parts.
pub fn zip(parts: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for (path, text) in parts {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let mut about = vec![20, 0, 0, 0, 8, 0, 0, 0, 0, 0];
        for number in [crc.sum(), packed.len() as u32, text.len() as u32] {
            about.extend(number.to_le_bytes());
        }
        about.extend((path.len() as u16).to_le_bytes());
        list.extend(b"PK\x01\x02\x14\0");
        list.extend(&about);
        list.extend([0; 12]);
        list.extend((file.len() as u32).to_le_bytes());
        list.extend(path.as_bytes());
        file.extend(b"PK\x03\x04");
        file.extend(&about);
        file.extend([0, 0]);
        file.extend(path.as_bytes());
        file.extend(packed);
    }
    let (at, count) = (file.len() as u32, (parts.len() as u16).to_le_bytes());
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend(count);
    file.extend(count);
    file.extend((list.len() as u32).to_le_bytes());
    file.extend(at.to_le_bytes());
    file.extend([0, 0]);
    file
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
