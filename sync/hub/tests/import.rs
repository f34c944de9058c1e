//! A school's files, read as it sends them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use exchange::{BlockKind, Day, ItemStatus, Lang, PatronKind, TitleKind};
use hub::import::{
    BadRow, Encoding, FileFault, Form, Import, Known, MOST_LEN, Report, RowFault, What, plan_patrons,
    prepare, read_classes, read_items, read_patrons, read_titles,
};

fn lines<T>(import: &Import<T>) -> Vec<u32> {
    import.rows.iter().map(|(line, _)| *line).collect()
}

/// Line, column and name of each fault.
fn faults<T>(import: &Import<T>) -> Vec<(u32, &str, &'static str)> {
    import
        .bad
        .iter()
        .map(|row| (row.line, row.column.as_deref().unwrap_or_default(), row.fault.name()))
        .collect()
}

fn text(encoding: Encoding, delimiter: char) -> Form {
    Form::Text { encoding, delimiter }
}

fn in_windows_1251(text: &str) -> Vec<u8> {
    let (bytes, _, has_lost) = encoding_rs::WINDOWS_1251.encode(text);
    assert!(!has_lost, "{text}");
    bytes.into_owned()
}

#[test]
fn classes_in_all_spellings() {
    let import = read_classes(include_bytes!("import/classes.csv")).unwrap();
    let read: Vec<_> = import
        .rows
        .iter()
        .map(|(_, row)| (row.name.grade, row.name.letter.as_str(), row.name.original.as_str(), row.lang))
        .collect();
    let expected = [
        (5, "А", "5 «А»", Lang::Kk),
        (5, "Ә", "5-ә", Lang::Kk),
        (6, "Б", "6 \"Б\"", Lang::Ru),
        (6, "В", "6в", Lang::Ru),
        (7, "А", "7 a", Lang::Kk),
        (7, "Ә", "7 «Ә» сынып", Lang::Kk),
        (11, "", "11", Lang::En),
    ];
    assert_eq!(read, expected.map(|(grade, letter, name, lang)| (grade, letter, name, Some(lang))));
    assert_eq!(import.bad, []);
}

#[test]
fn a_class_is_the_same_however_it_is_written() {
    let import = read_classes("class\n5 «А»\n5a\n5-А\n5\n5.0\n".as_bytes()).unwrap();
    assert_eq!(lines(&import), [2, 5]);
    assert_eq!(faults(&import), [(3, "class", "twice"), (4, "class", "twice"), (6, "class", "twice")]);
    assert_eq!(import.bad[1].fault, RowFault::Twice(2));
    assert_eq!(import.bad[2].fault, RowFault::Twice(5));
    assert!(import.rows.iter().all(|(_, row)| row.lang.is_none()), "the file says nothing of languages");
}

#[test]
fn patrons_in_russian_of_windows() {
    let import = read_patrons(include_bytes!("import/patrons-russian-windows.csv")).unwrap();
    assert_eq!(import.bad, []);
    assert_eq!(import.notes.form, text(Encoding::Windows1251, ';'));
    assert_eq!(import.notes.iin, ["ИИН"]);
    assert_eq!(import.notes.ignored, ["Примечание"]);
    assert_eq!(lines(&import), [2, 3, 5, 6]);
    let rows: Vec<_> = import.rows.iter().map(|(_, row)| row).collect();
    let [anna, pyotr, vera, oleg] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((anna.card.as_deref(), anna.given.as_str()), (Some("20012000000017"), "Анна"));
    assert_eq!(anna.until, Some(Day::from_ymd(2027, 5, 25)));
    assert_eq!(anna.block, Some(None));
    assert_eq!((pyotr.given.as_str(), pyotr.block), ("Пётр", Some(Some(BlockKind::LostItem))));
    let letter =
        |row: &hub::import::PatronRow| row.class.clone().flatten().map(|class| (class.grade, class.letter));
    assert_eq!(letter(pyotr), letter(anna));
    assert_eq!((vera.kind, letter(vera)), (Some(PatronKind::Teacher), None));
    assert_eq!(oleg.card, None);
    assert_eq!(oleg.pin.as_ref().and_then(Option::as_ref).map(|pin| pin.as_str()), Some("0427"));
    assert_eq!(oleg.until, Some(Day::from_ymd(2026, 12, 31)));
    assert!(!format!("{import:?}").contains("0427"), "a PIN is not even shown in debugging");
}

#[test]
fn patrons_in_kazakh_of_windows() {
    let import = read_patrons(include_bytes!("import/patrons-kazakh-windows.csv")).unwrap();
    assert_eq!(import.bad, []);
    assert_eq!(import.notes.form, text(Encoding::Kz1048, '\t'));
    let rows: Vec<_> = import.rows.iter().map(|(_, row)| row).collect();
    assert_eq!(rows[0].card.as_deref(), Some("0012000000017"));
    assert_eq!((rows[0].family.as_str(), rows[0].given.as_str()), ("Әбенова", "Іңкәр"));
    assert_eq!(rows[0].class.clone().flatten().map(|class| class.letter), Some("Ә".into()));
    assert_eq!((rows[1].family.as_str(), rows[1].given.as_str()), ("Қасенов", "Өмір"));
    assert_eq!(rows[2].kind, Some(PatronKind::Teacher));
    assert_eq!((&rows[0].pin, rows[0].block, rows[0].until), (&None, None, None), "not in the file");
}

#[test]
fn titles_of_a_spreadsheet() {
    let import = read_titles(include_bytes!("import/titles-spreadsheet.csv")).unwrap();
    assert_eq!(import.bad, []);
    assert_eq!(import.notes.form, text(Encoding::Utf16, '\t'));
    let rows: Vec<_> = import
        .rows
        .iter()
        .map(|(line, row)| (*line, row.name.as_str(), row.isbn.as_str(), row.year, row.kind))
        .collect();
    let expected = [
        (2, "Абай жолы, 1-кітап", "9780306406157", Some(2019), Some(TitleKind::Book)),
        (3, "Роман \"Мәңгілік\" екінші басылым", "9780804429573", Some(2005), Some(TitleKind::Book)),
        (5, "Алгебра 7", "", Some(0), Some(TitleKind::Textbook)),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn items_of_a_spreadsheet() {
    let import = read_items(include_bytes!("import/items-spreadsheet.csv")).unwrap();
    let rows: Vec<_> = import
        .rows
        .iter()
        .map(|(line, row)| (*line, row.id.as_str(), row.isbn.as_str(), row.status))
        .collect();
    let lendable = Some(ItemStatus::Lendable);
    let expected = [
        (3, "00012345", "9780306406157", lendable),
        (4, "00012346", "9780306406157", lendable),
        (5, "00012347", "", Some(ItemStatus::Reference)),
        (6, "12348", "", lendable),
        (11, "00012352", "", lendable),
        (12, "00012353", "", Some(ItemStatus::NotForLoan)),
        (13, "00012354", "", lendable),
        (14, "00012355", "", lendable),
    ];
    assert_eq!(rows, expected);
    let bad = [
        (7, "Инв. номер", "rounded"),
        (8, "ISBN", "rounded"),
        (9, "Название", "formula"),
        (10, "Название", "formula"),
    ];
    assert_eq!(faults(&import), bad);
    assert_eq!(import.notes.doubt.map(|doubt| (doubt.usual, doubt.lines)), Some((8, vec![6])));
}

#[test]
fn a_bad_row_hinders_no_good_one() {
    let import = read_patrons(include_bytes!("import/patrons-broken.csv")).unwrap();
    assert_eq!(lines(&import), [2, 23]);
    let expected = [
        (3, "", "open_quote"),
        (4, "", "too_many_fields"),
        (5, "", "too_few_fields"),
        (6, "class", "no_class"),
        (7, "class", "no_class"),
        (8, "card", "twice"),
        (9, "family", "lost_letters"),
        (9, "given", "lost_letters"),
        (10, "kind", "unknown_word"),
        (11, "until", "no_date"),
        (12, "pin", "no_pin"),
        (13, "card", "no_way_in"),
        (14, "family", "empty"),
        (15, "", "too_many_fields"),
        (16, "card", "rounded"),
        (17, "card", "no_number"),
        (18, "family", "bar"),
        (19, "card", "iin"),
        (20, "family", "iin"),
        (21, "class", "iin"),
        (22, "class", "no_class"),
    ];
    assert_eq!(faults(&import), expected);
    assert_eq!(
        import.bad[5].to_string(),
        "line 8, column \"card\": is the same as in line 2; one of the two is wrong"
    );
}

#[test]
fn no_message_repeats_an_iin_or_a_pin() {
    let import = read_patrons(include_bytes!("import/patrons-broken.csv")).unwrap();
    let prepared =
        prepare(include_bytes!("import/patrons-broken.csv"), Some(What::Patrons), &Known::default(), Day(0));
    let report = Report::new(&prepared.unwrap(), None);
    let messages: Vec<String> = import.bad.iter().map(BadRow::to_string).collect();
    for text in [
        messages.join("\n"),
        report.to_string(),
        serde_json::to_string(&report).unwrap(),
        format!("{import:?}"),
    ] {
        for secret in ["100101500002", "061211600012", "4271", "427"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    // A file without a header: its first line is somebody's data.
    let fault = read_patrons("20012000000017,Иванова,Анна,100101500002,0427".as_bytes()).unwrap_err();
    assert_eq!(fault, FileFault::NoHeader { len: 5, example: "card,family,given,class,kind,pin" });
    for text in [fault.to_string(), format!("{fault:?}")] {
        assert!(!text.contains("Анна") && !text.contains("0427") && !text.contains("1001015"), "{text}");
    }
}

#[test]
fn a_column_of_iins_is_not_read_whatever_its_name() {
    let text = "Карта,Фамилия,Имя,ПИН\n100101500002,Иванова,Анна,1234\n61211600012,Орлов,Пётр,1235\n,Ким,Олег,1236\n";
    let import = read_patrons(text.as_bytes()).unwrap();
    assert_eq!(import.notes.iin, ["Карта"]);
    assert_eq!(
        import.notes.read.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        ["Фамилия", "Имя", "ПИН"]
    );
    assert_eq!((import.rows.len(), import.bad.len()), (3, 0));
    assert!(import.rows.iter().all(|(_, row)| row.card.is_none()));
    let fault = read_items("number,title\n100101500002,Абай жолы\n".as_bytes()).unwrap_err();
    assert_eq!(fault, FileFault::IinColumn { name: "number".into(), what: "the number on the label" });
}

#[test]
fn kazakh_letters_that_windows_1251_cannot_hold() {
    let bytes = in_windows_1251("Название;Автор\nАбай жолы;М. ?уезов\nАлтын та?;\nОтцы и дети;И. Тургенев\n");
    let import = read_titles(&bytes).unwrap();
    assert_eq!(import.notes.form, text(Encoding::Windows1251, ';'));
    assert_eq!(faults(&import), [(2, "Автор", "lost_letters"), (3, "Название", "lost_letters")]);
    // Where no letter is lost, a question mark is one.
    let import = read_titles(&in_windows_1251("Название;Автор\nКто виноват?;А. Герцен\n")).unwrap();
    assert_eq!(import.rows[0].1.name, "Кто виноват?");
    assert_eq!(read_titles(&in_windows_1251("Кітап атау?;?вторы\nА;Б\n")), Err(FileFault::LostLetters));
}

#[test]
fn merged_rows_and_forgotten_quotation_marks() {
    let text = "title,author,isbn\n\"Абай жолы,М. Әуезов,\n\"Көксерек\",\"М. Әуезов\",\n\"Қан мен тер,Ә. Нұрпейісов,\n\"Алдар\nКөсе\",,\n\"Ер Төстік,,";
    let import = read_titles(text.as_bytes()).unwrap();
    let names: Vec<_> = import.rows.iter().map(|(line, row)| (*line, row.name.as_str())).collect();
    assert_eq!(names, [(3, "Көксерек"), (5, "Алдар Көсе")]);
    assert_eq!(faults(&import), [(2, "", "open_quote"), (4, "", "open_quote"), (7, "", "open_quote")]);
}

#[test]
fn isbns_of_both_lengths_are_one_title() {
    let text = "title,isbn\nA,0-306-40615-2\nB,978-0-306-40615-7\nC,9780306406158\nD,\nD,\n";
    let import = read_titles(text.as_bytes()).unwrap();
    assert_eq!(lines(&import), [2, 5]);
    assert_eq!(
        faults(&import),
        [(3, "isbn", "twice"), (4, "isbn", "isbn_check_digit"), (6, "title", "twice")]
    );
}

#[test]
fn files_that_cannot_be_read() {
    assert_eq!(read_classes(b""), Err(FileFault::Empty("class,language")));
    assert_eq!(
        read_classes(b"\xef\xbb\xbf\r\n \r\n;;"),
        Err(FileFault::NoHeader { len: 0, example: "class,language" })
    );
    assert_eq!(read_classes(b"PK\x03\x04\x14\x00\x06\x00"), Err(FileFault::BrokenWorkbook));
    assert_eq!(read_classes(b"class\n\x94\xa0\xac\xa8\xab\xa8\xef"), Err(FileFault::Encoding));
    assert_eq!(read_classes(&vec![b'a'; MOST_LEN + 1]), Err(FileFault::TooLong));
    assert_eq!(read_classes(&vec![b'a'; MOST_LEN]), Err(FileFault::LongHeader));
    assert_eq!(read_classes(&vec![b'\n'; MOST_LEN]), Err(FileFault::TooManyLines));
    assert_eq!(read_classes(b"\"class,language\n5,kk\n"), Err(FileFault::OpenHeader));
    let fault = read_patrons("билет;фамилия;адрес\n".as_bytes()).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "the line of column names has none for the first name; it has: билет, фамилия, адрес. Any of these names would do: \
         given, given name, first name, имя, аты, есімі, ат"
    );
}

#[test]
fn separators_behind_the_last_column() {
    let import =
        read_classes("class;language;;\n5А;kk;;\n6А;kk\n7А;kk; ;\n8А;kk;;x\n9А;kk;;;\n".as_bytes()).unwrap();
    assert_eq!(lines(&import), [2, 3, 4]);
    assert_eq!(faults(&import), [(5, "", "too_many_fields"), (6, "", "too_many_fields")]);
    // Where the header has none, one more field is a number with a comma: nothing may move to another column.
    let import = read_items("number,title,isbn\n2,0012E+13,,\n".as_bytes()).unwrap();
    assert_eq!(faults(&import), [(2, "", "too_many_fields")]);
}

#[test]
fn one_nul_is_one_bad_row() {
    let text = format!("class,language\n5А,kk\n6А,k\0k\n{}7А,kk\n", "\n".repeat(40));
    let import = read_classes(text.as_bytes()).unwrap();
    assert_eq!((import.rows.len(), faults(&import)), (2, vec![(3, "language", "control_character")]));
}

#[test]
fn one_long_line_is_one_bad_row() {
    let text = format!("class\n{}\n5А\n{}\n6А\n", "\"".repeat(1 << 20), "a".repeat(600));
    let import = read_classes(text.as_bytes()).unwrap();
    assert_eq!(lines(&import), [3, 5]);
    assert_eq!(faults(&import), [(2, "", "long_line"), (4, "class", "too_long")]);
}

#[test]
fn a_class_nobody_knows_is_told_with_its_column_and_line() {
    let text = "Тегі;Аты;Сынып;PIN\nОрлов;Пётр;5 «Щ»;1234\nКим;Олег;;1235\n";
    let mut import = read_patrons(text.as_bytes()).unwrap();
    let changes = plan_patrons(&mut import, &Known::default(), Day(20_697), || [0; 8]);
    assert_eq!((changes.len(), lines(&import)), (1, vec![3]));
    let expected = "line 2, column \"Сынып\": there is no class \"5 «Щ»\"; import the classes first, or correct the name";
    assert_eq!(import.bad.iter().map(BadRow::to_string).collect::<Vec<_>>(), [expected]);
}

fn report_of(text: &str) -> Report {
    Report::new(&prepare(text.as_bytes(), Some(What::Classes), &Known::default(), Day(0)).unwrap(), None)
}

#[test]
fn the_report_counts_first_and_groups_what_is_wrong() {
    let mut text = String::from("class;Тіл;Ескерту;ЖСН\n5 А;kk;;\n5 а;kk;;\n6 А;qq;;\n");
    for _ in 0..25 {
        text.push_str("жоқ;kk;;\n");
    }
    let report = report_of(&text);
    let expected = "\
classes: 28 rows, 1 good, 27 bad
Nothing was saved
Read as UTF-8, separated by `;`; columns: class, Тіл
Not read, for nothing here needs them: Ескерту
Not read, for an IIN is never kept here: ЖСН

1 bad row, column \"class\": is the same as in line 2; one of the two is wrong
  line 3

1 bad row, column \"Тіл\": \"qq\" is not understood; expected is one of: kk, ru, en
  line 4

25 bad rows, column \"class\": \"жоқ\" is no class; expected is a name such as 7 «А», 7А or 7-А
  lines 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24 and 5 more
";
    assert_eq!(report.to_string(), expected);
    let json: serde_json::Value = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
    assert_eq!((&json["rows"], &json["good"]), (&28.into(), &1.into()));
    assert_eq!(json["bad"].as_array().map(Vec::len), Some(27));
    assert_eq!(json["bad"][0]["name"], "twice");
}

#[test]
fn a_report_names_both_lines_of_each_pair() {
    let report = report_of("class\n5А\n6А\n5 а\n6 а\n").to_string();
    assert!(report.contains("lines 4 (as line 2), 5 (as line 3)"), "{report}");
}
