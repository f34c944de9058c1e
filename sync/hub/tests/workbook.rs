//! A school's workbooks, read as it sends them; and such as nobody should send.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/book.rs"]
mod book;

use book::{book, parts, zip};
use exchange::{Day, ItemStatus};
use hub::import::{
    BadRow, FileFault, Form, Import, What, read_classes, read_items, read_patrons, read_titles, recognise,
};

fn faults<T>(import: &Import<T>) -> Vec<(u32, &str, &'static str)> {
    let fault = |row: &'_ BadRow| (row.line, row.fault.name());
    import
        .bad
        .iter()
        .map(|row| (fault(row).0, row.column.as_deref().unwrap_or_default(), fault(row).1))
        .collect()
}

#[test]
fn an_untidy_list_of_pupils() {
    let bytes = include_bytes!("import/pupils-untidy.xlsx");
    assert_eq!(recognise(bytes), Ok(Some(What::Patrons)));
    let import = read_patrons(bytes).unwrap();
    let form = Form::Sheet { name: "Оқушылар".into(), others: vec!["Мұқаба".into()] };
    assert_eq!(import.notes.form, form, "a hidden sheet is not even named");
    assert_eq!(import.notes.iin, ["ЖСН"]);
    assert_eq!(import.notes.ignored, ["Ескерту"]);
    let rows: Vec<_> = import
        .rows
        .iter()
        .map(|(line, row)| {
            let class = row.class.clone().flatten().map(|class| (class.grade, class.letter));
            (*line, row.family.as_str(), row.given.as_str(), class, row.card.as_deref())
        })
        .collect();
    let seventh = |letter: &str| Some((7, letter.to_owned()));
    let expected = [
        // A class that is merged down beside three pupils; a number with the zeros that its format shows.
        (6, "Әбенова", "Іңкәр", seventh("Ә"), Some("20012000000017")),
        (7, "Қасенов", "Өмір", seventh("Ә"), Some("00000000000025")),
        // Latin letters that look like Cyrillic ones.
        (8, "Орлов", "Пётр", seventh("Ә"), Some("20012000000033")),
    ];
    assert_eq!(rows, expected);
    assert_eq!(import.rows[0].1.until, Some(Day::from_ymd(2027, 5, 25)));
    assert_eq!(import.rows[1].1.until, Some(Day::from_ymd(2027, 5, 25)));
    let bad = [
        (10, "Аты-жөні", "no_whole_name"),
        (11, "Билет нөмірі", "formula"),
        (12, "Сынып", "no_class"),
        (12, "Билет нөмірі", "rounded"),
        (12, "Жарамды", "no_date"),
        (13, "Билет нөмірі", "became_date"),
    ];
    let mut found = faults(&import);
    found.sort();
    let mut bad = bad.to_vec();
    bad.sort();
    assert_eq!(found, bad, "all faults of a row are told");
    assert_eq!(import.bad_rows(), 4);
    assert!(!format!("{import:?}").contains("100101500002"));
}

#[test]
fn codes_keep_their_zeros_or_are_refused() {
    let bytes = include_bytes!("import/items-codes.xlsx");
    assert_eq!(recognise(bytes), Ok(Some(What::Items)));
    let import = read_items(bytes).unwrap();
    let rows: Vec<_> = import
        .rows
        .iter()
        .map(|(line, row)| (*line, row.id.as_str(), row.isbn.as_str(), row.status))
        .collect();
    let expected = [
        (2, "00012345", "9780306406157", Some(ItemStatus::Lendable)),
        (3, "00012346", "9780306406157", Some(ItemStatus::Lendable)),
        (4, "00012347", "", Some(ItemStatus::Lendable)),
    ];
    assert_eq!(rows, expected);
    assert_eq!(faults(&import), [(5, "Инвентарный №", "formula"), (6, "Инвентарный №", "rounded")]);
}

#[test]
fn what_a_file_holds_is_told_by_its_columns() {
    for (header, what) in [
        (&["Фамилия", "Имя", "Класс"][..], Some(What::Patrons)),
        (&["Ф.И.О.", "Класс"], Some(What::Patrons)),
        (&["Штрих-код", "Название"], Some(What::Items)),
        (&["Автор", "Кітап атауы"], Some(What::Titles)),
        (&["Сынып", "Тіл"], Some(What::Classes)),
        (&["Адрес", "Телефон"], None),
    ] {
        assert_eq!(recognise(&book(&[header])), Ok(what), "{header:?}");
        assert_eq!(recognise(header.join(";").as_bytes()), Ok(what), "{header:?}");
    }
}

#[test]
fn titles_above_a_header_of_text_are_passed_over() {
    let text = "№ 12 мектеп;;\nОқулықтар;;\n;;\nАвтор;Название;Год издания\nАуэзов;Абай;1942\n";
    let import = read_titles(text.as_bytes()).unwrap();
    assert_eq!(
        import.rows.iter().map(|(line, row)| (*line, row.name.as_str())).collect::<Vec<_>>(),
        [(5, "Абай")]
    );
}

#[test]
fn no_formula_of_a_text_is_a_name() {
    let import = read_titles(&book(&[
        &["Название", "Автор"],
        &["=HYPERLINK(\"http://x\")", "a"],
        &["<b>Абай</b> & \"жолы\"", "@sum"],
    ]))
    .unwrap();
    assert_eq!(faults(&import), [(2, "Название", "formula")]);
    assert_eq!(
        import.rows[0].1.name, "<b>Абай</b> & \"жолы\"",
        "text is text; it is escaped where it is shown"
    );
}

#[test]
fn files_that_are_no_workbook_of_this_kind() {
    let old = [&b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"[..], &[0; 600]].concat();
    assert_eq!(read_classes(&old), Err(FileFault::OldWorkbook));
    assert_eq!(read_classes(b"PK\x03\x04 and nothing"), Err(FileFault::BrokenWorkbook));
    assert_eq!(read_classes(&zip(&[("word/document.xml", "<document/>")])), Err(FileFault::BrokenWorkbook));
    let whole = book(&[&["class"], &["5А"]]);
    assert_eq!(read_classes(&whole).unwrap().rows.len(), 1);
    for len in (4..whole.len()).step_by(7) {
        assert!(read_classes(&whole[..len]).is_err(), "cut at {len}");
    }
    let fault = read_classes(&book(&[&["Адрес"], &["Телефон"]])).unwrap_err();
    assert_eq!(fault, FileFault::NoTable { sheets: "One".into(), example: "class,language" });
    assert_eq!(
        read_classes(&parts("<row><c t=\"s\"><v>7</v></c></row>", "", "")),
        Err(FileFault::BrokenWorkbook)
    );
}

#[test]
fn a_bomb_costs_no_more_than_its_limit() {
    let blanks = " ".repeat(140 << 20);
    let bomb = parts(&format!("<row><c t=\"inlineStr\"><is><t>{blanks}</t></is></c></row>"), "", "");
    assert!(bomb.len() < 1 << 20);
    assert_eq!(read_classes(&bomb), Err(FileFault::Unpacked));
    // One long text that stands in very many cells.
    let text = "ж".repeat(30_000);
    let strings = format!("<sst uniqueCount=\"18446744073709551615\"><si><t>{text}</t></si></sst>");
    let rows = "<row><c t=\"s\"><v>0</v></c></row>".repeat(3_000);
    let header = "<row><c t=\"inlineStr\"><is><t>class</t></is></c></row>";
    assert_eq!(read_classes(&parts(&format!("{header}{rows}"), &strings, "")), Err(FileFault::Unpacked));
    // Cells far away make no table of all that lies between.
    let far = "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>";
    let import = read_classes(&parts(&format!("{header}{far}"), "", "")).unwrap();
    assert_eq!((import.rows.len(), import.bad.len()), (0, 0));
}

#[test]
fn damage_in_the_middle_takes_nothing() {
    let rows = "<row><c t=\"inlineStr\"><is><t>class</t></is></c></row><row><c t=\"inlineStr\"><is><t>5А</t></is></c></row>";
    for damage in
        ["<row><c", "</sheetData><row>", "<row><c><v>1</c></row>", "&nosuch;", "<row><c><v>1</v></row>"]
    {
        let file = parts(&format!("{rows}{damage}"), "", "");
        assert!(matches!(read_classes(&file), Err(FileFault::BrokenWorkbook)), "{damage}");
    }
}
