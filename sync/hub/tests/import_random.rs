//! Files by chance: none makes the reader panic, and what a CSV writer writes is read as it was meant.

use exchange::{BlockKind, Day, PatronKind};
use hub::import::{Form, Known, Report, What, prepare, read_items, read_patrons, read_titles, recognise};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Reads a file as each of the four kinds, and tells of each.
fn read_all(bytes: &[u8]) {
    for what in What::ALL {
        let _ = prepare(bytes, Some(what), &Known::default(), Day(20_697))
            .map(|prepared| Report::new(&prepared, None).to_string());
    }
    let _ = recognise(bytes);
}

/// Headers with most of the columns, and pieces that mean something to the reader.
fn untidy() -> impl Strategy<Value = Vec<u8>> {
    let header = prop::sample::select(vec![
        "card,family,given,class,kind,pin,block,until\n",
        "title;author;isbn;year;kind\r\n",
        "number\ttitle\tisbn\tstatus\n",
        "class,language\n",
        "\"Сынып\r\n(класс)\";ИИН\r",
        "sep=;\nсынып;тіл;;\n",
    ]);
    let piece = prop_oneof![
        prop::sample::select(vec![
            "\"",
            "\"\"",
            ",",
            ";",
            "\t",
            "\n",
            "\r\n",
            "\r",
            " ",
            "=\"",
            "?",
            "|",
            "\0",
            "5 «А»",
            "7ә",
            "25.05.2027",
            "2027-05-25",
            "2,00123E+12",
            "100101500002",
            "9780306406157",
            "0-8044-2957-X",
            ".0",
            "жоқ",
            "\u{a0}",
            "\u{301}",
            "#Н/Д",
            "00012345",
            "1234",
            "Әсел",
        ])
        .prop_map(|piece| piece.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..4),
    ];
    (header, prop::collection::vec(piece, 0..120))
        .prop_map(|(header, pieces)| [header.as_bytes(), &pieces.concat()].concat())
}

#[derive(Debug, Clone)]
struct Person {
    family: String,
    given: String,
    class: Option<(u8, char)>,
    kind: PatronKind,
    pin: Option<String>,
    block: Option<BlockKind>,
    until: Option<Day>,
}

fn person() -> impl Strategy<Value = Person> {
    // Quotes, separators and all letters, but no question mark and no space at an end.
    let name = || "[А-ЯӘҒҚҢӨҰҮҺІа-яәғқңөұүһі«»,;\"'.()-]{1,12}( [А-Яа-я,\"]{1,5})?";
    let class = prop::option::of((0..=12_u8, prop::sample::select(vec!['А', 'Ә', 'Б', 'Я'])));
    let kind = prop::sample::select(vec![PatronKind::Pupil, PatronKind::Teacher]);
    let block = prop::option::of(prop::sample::select(vec![
        BlockKind::LostItem,
        BlockKind::ByLibrarian,
        BlockKind::Left,
    ]));
    let until = prop::option::of((7_305..60_000_i32).prop_map(Day));
    (name(), name(), class, kind, prop::option::of("[0-9]{4,6}"), block, until).prop_map(
        |(family, given, class, kind, pin, block, until)| Person {
            family,
            given,
            class,
            kind,
            pin,
            block,
            until,
        },
    )
}

/// A card number of 14 digits, other than all others.
fn card(number: usize) -> String {
    format!("2001200{number:07}")
}

fn written(people: &[Person], delimiter: u8, crlf: bool) -> anyhow::Result<String> {
    let terminator = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
    writer.write_record(["card", "family", "given", "class", "kind", "pin", "block", "until"])?;
    for (number, person) in people.iter().enumerate() {
        let kind = match person.kind {
            PatronKind::Pupil => "pupil",
            PatronKind::Teacher => "teacher",
        };
        let block = match person.block {
            None => "",
            Some(BlockKind::LostItem) => "lost_item",
            Some(BlockKind::ByLibrarian) => "by_librarian",
            Some(BlockKind::Left) => "left",
        };
        let class = person.class.map(|(grade, letter)| format!("{grade} «{letter}»")).unwrap_or_default();
        let until = person.until.map(|day| day.to_string()).unwrap_or_default();
        let pin = person.pin.as_deref().unwrap_or_default();
        writer.write_record([
            &card(number),
            &person.family,
            &person.given,
            &class,
            kind,
            pin,
            block,
            &until,
        ])?;
    }
    Ok(String::from_utf8(writer.into_inner()?)?)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_all(&bytes);
    }

    #[test]
    fn any_untidy_file_is_read_or_refused(bytes in untidy()) {
        read_all(&bytes);
    }

    #[test]
    fn what_a_writer_writes_is_read_as_it_was_meant(
        people in prop::collection::vec(person(), 1..20),
        delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        crlf in any::<bool>(),
        utf_16 in any::<bool>(),
    ) {
        let text = written(&people, delimiter, crlf).unwrap();
        let bytes = match utf_16 {
            true => std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            false => text.into_bytes(),
        };
        let import = read_patrons(&bytes).unwrap();
        let Form::Text { delimiter: found, .. } = import.notes.form else { panic!("a text was read as a workbook") };
        prop_assert_eq!(found, char::from(delimiter));
        prop_assert_eq!(&import.bad, &[]);
        prop_assert_eq!(import.rows.len(), people.len());
        for (number, ((line, row), person)) in import.rows.iter().zip(&people).enumerate() {
            prop_assert_eq!(*line as usize, number + 2);
            prop_assert_eq!(&row.card, &Some(card(number)));
            prop_assert_eq!((&row.family, &row.given), (&person.family, &person.given));
            let class = row.class.clone().flatten().map(|class| (class.grade, class.letter));
            prop_assert_eq!(class, person.class.map(|(grade, letter)| (grade, letter.to_string())));
            prop_assert_eq!(row.kind, Some(person.kind));
            let pin = row.pin.as_ref().and_then(Option::as_ref).map(|pin| pin.as_str());
            prop_assert_eq!(pin, person.pin.as_deref());
            prop_assert_eq!((row.block, row.until), (Some(person.block), Some(person.until)));
        }
    }

    /// Whatever stands in one line, the lines around it are read; a quotation mark in it may swallow none of them.
    #[test]
    fn one_bad_line_costs_only_itself(junk in "[^\0\r\n\u{fffd}?]{0,80}", before in 1..5_usize, after in 1..12_usize) {
        let mut text = String::from("number,title,isbn,status\n");
        let mut expected = Vec::new();
        for number in 0..before + after {
            if number == before {
                text.push_str(&junk);
                text.push('\n');
            }
            let id = format!("300{number:05}");
            text.push_str(&format!("{id},\"Абай, \"\"жолы\"\"\",,lendable\n"));
            expected.push(id);
        }
        let import = read_items(text.as_bytes()).unwrap();
        let read: Vec<_> = import.rows.iter().map(|(_, row)| row.id.as_str()).collect();
        prop_assert!(expected.iter().all(|id| read.contains(&id.as_str())), "{:?}", import.bad);
        // One line may be wrong in several fields, each of which is told.
        let lost: BTreeSet<u32> = import.bad.iter().map(|bad| bad.line).collect();
        prop_assert!(import.rows.len() + lost.len() <= expected.len() + 1, "{:?}", import.bad);
    }

    #[test]
    fn every_line_is_accounted_for(rows in prop::collection::vec("[0-9a-zА-Я.]{1,9}", 0..30)) {
        let text = format!("title,isbn\n{}", rows.iter().map(|row| format!("{row},{row}\n")).collect::<String>());
        let import = read_titles(text.as_bytes()).unwrap();
        prop_assert_eq!(import.rows.len() + import.bad.len(), rows.len());
    }
}
