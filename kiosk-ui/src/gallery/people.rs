//! Invented readers, classes and titles.

use desk::view::{ClassId, PatronId};
use desk::{ClassRow, NameRow};

/// A title that is longer than two lines of any row.
pub(super) const LONG_TITLE: &str = "Қазақстанның қасиетті жерлері мен тарихи ескерткіштері: жалпы білім беретін \
    мектептің жоғары сынып оқушыларына арналған суретті анықтамалық, екінші, толықтырылған басылым";

/// Titles in three languages.
pub(super) const TITLES: [&str; 8] = [
    "Абай жолы. 1-кітап",
    "Менің атым Қожа",
    "Алгебра. 7-сынып. 2-бөлім",
    "Капитанская дочка",
    "Физика. 8 класс",
    "Ұшқан ұя",
    "The Jungle Book",
    "Қан мен тер",
];

/// Classes 1 to 11 with three letters each.
pub(super) fn classes() -> Vec<ClassRow> {
    let letters = ["А", "Ә", "Б"];
    (1..=11)
        .flat_map(|grade| letters.map(|letter| (grade, letter)))
        .enumerate()
        .map(|(number, (grade, letter))| ClassRow {
            id: ClassId(number as u32 + 1),
            name: format!("{grade} «{letter}»"),
        })
        .collect()
}

/// A class of 28.
pub(super) fn names() -> Vec<NameRow> {
    let names = [
        "Әбдіқадырова Айсұлу",
        "Әлімжанов Нұрлан",
        "Байжанова Динара",
        "Бекенов Ерасыл",
        "Ғабдуллин Санжар",
        "Досжанова Мадина",
        "Ермекбаев Әлихан",
        "Есенова Томирис",
        "Жақсылықова Аружан",
        "Жүнісов Дінмұхаммед",
        "Иванова София",
        "Ким Артём",
        "Қайыржанова Інжу",
        "Қасымов Бекзат",
        "Құрманғалиева Гүлнұр",
        "Мұқанов Алдияр",
        "Мырзабекова Еңлік",
        "Нұрмағамбетова Айгерім",
        "Оразов Мирас",
        "Өтегенова Жансая",
        "Петров Кирилл",
        "Рахымжанова Ұлжан",
        "Сейітқали Ерболат",
        "Тілеубергенова Ақбота",
        "Төлегенов Рүстем",
        "Үмбетова Сабина",
        "Шәріпов Темірлан",
        "Ыбырайымқызы Нұрсезім",
    ];
    names
        .iter()
        .enumerate()
        .map(|(number, name)| NameRow { id: PatronId(number as u64 + 1), name: (*name).to_owned() })
        .collect()
}
