//! What a librarian reads in each language, and the tables a school's secretary writes in it.

/// A language of the console.
pub struct Said {
    /// Its code.
    pub lang: &'static str,
    /// After a wrong password.
    pub wrong_password: &'static str,
    /// Above a preview.
    pub not_saved_yet: &'static str,
    /// On an import that `librarian` saved.
    pub saved: &'static str,
    /// On one that was undone.
    pub undone: &'static str,
    /// Of a card that stands in the file twice.
    pub twice: &'static str,
    /// Of a column of IINs.
    pub iin: &'static str,
    /// Of somebody with a new card.
    pub same_person: &'static str,
    /// Of a station that nothing came from.
    pub no_events: &'static str,
    /// Of a book that two have.
    pub lent_twice: &'static str,
    /// Where nothing waits for a decision.
    pub no_reviews: &'static str,
    /// On a review that `librarian` accepted.
    pub accepted: &'static str,
    /// The first line of the table of classes.
    pub classes: [&'static str; 2],
    /// The first line of the table of pupils.
    pub pupils: [&'static str; 5],
    /// The first line of the table of titles.
    pub titles: [&'static str; 3],
    /// The first line of the table of copies.
    pub copies: [&'static str; 2],
}

/// Kazakh.
pub const KAZAKH: Said = Said {
    lang: "kk",
    wrong_password: "Логин немесе құпиясөз қате.",
    not_saved_yet: "Әлі ештеңе сақталған жоқ.",
    saved: "librarian сақтады",
    undone: "librarian қайтарды",
    twice: "4-жолдағымен бірдей; екеуінің бірі қате",
    iin: "ЖСН бағаны: оқылмады, мұнда сақталмайды",
    same_person: "Бір адам ба?",
    no_events: "Әзірге оқиға жоқ.",
    lent_twice: "бір кітап екі оқырманға берілген",
    no_reviews: "Шешімді ештеңе күтпейді.",
    accepted: "librarian қабылдады",
    classes: ["Сынып", "Оқыту тілі"],
    pupils: ["Билет нөмірі", "Тегі", "Аты", "Сыныбы", "ЖСН"],
    titles: ["Кітаптың атауы", "Авторы", "Басылған жылы"],
    copies: ["Түгендеу нөмірі", "Кітаптың атауы"],
};

/// Russian.
pub const RUSSIAN: Said = Said {
    lang: "ru",
    wrong_password: "Логин или пароль неверен.",
    not_saved_yet: "Пока ничего не сохранено.",
    saved: "Сохранил(а) librarian",
    undone: "Отменил(а) librarian",
    twice: "то же, что в строке 4; одна из двух неверна",
    iin: "Столбец ИИН: не прочитан, здесь не хранится",
    same_person: "Тот же человек?",
    no_events: "Событий пока нет.",
    lent_twice: "одна книга выдана двум читателям без возврата между ними",
    no_reviews: "Решения ничто не ждёт.",
    accepted: "принято: librarian",
    classes: ["Класс", "Язык обучения"],
    pupils: ["Номер билета", "Фамилия", "Имя", "Класс", "ИИН"],
    titles: ["Название", "Автор", "Год издания"],
    copies: ["Инвентарный номер", "Название"],
};

/// English.
pub const ENGLISH: Said = Said {
    lang: "en",
    wrong_password: "The login or the password is wrong.",
    not_saved_yet: "Nothing is saved yet.",
    saved: "Saved by librarian",
    undone: "Undone by librarian",
    twice: "is the same as in line 4; one of the two is wrong",
    iin: "Column of IINs: not read, never kept here",
    same_person: "The same person?",
    no_events: "No events yet.",
    lent_twice: "one book was lent to two patrons with no return between",
    no_reviews: "Nothing waits for a decision.",
    accepted: "accepted by librarian",
    classes: ["Class", "Language"],
    pupils: ["Card number", "Family name", "Given name", "Class", "IIN"],
    titles: ["Title", "Author", "Year"],
    copies: ["Item number", "Title"],
};

/// The classes.
pub const CLASSES: [[&str; 2]; 2] = [["7 «А»", "kk"], ["7 «Ә»", "kk"]];

/// The pupils, invented; the last one bears a card that is another's.
pub const PUPILS: [[&str; 5]; 5] = [
    ["20012000000017", "Оспанова", "Дана", "7 «А»", "000000000001"],
    ["20012000000025", "Қасенов", "Нұрлан", "7 «А»", "000000000002"],
    ["20012000000033", "Әбенова", "Іңкәр", "7 «Ә»", "000000000003"],
    ["20012000000041", "Орлов", "Артём", "7 «Ә»", "000000000004"],
    ["20012000000033", "Жүнісов", "Мұрат", "7 «Ә»", "000000000005"],
];

/// The same later: one name is mended, and one pupil has a new card.
pub const PUPILS_LATER: [[&str; 5]; 4] = [
    ["20012000000017", "Оспанова", "Диана", "7 «А»", "000000000001"],
    ["20012000000090", "Қасенов", "Нұрлан", "7 «А»", "000000000002"],
    ["20012000000033", "Әбенова", "Іңкәр", "7 «Ә»", "000000000003"],
    ["20012000000041", "Орлов", "Артём", "7 «Ә»", "000000000004"],
];

/// The titles.
pub const TITLES: [[&str; 3]; 3] = [
    ["Абай жолы", "М. Әуезов", "2019"],
    ["Менің атым Қожа", "Б. Соқпақбаев", "2021"],
    ["Каштанка", "А. Чехов", "2015"],
];

/// The copies.
pub const COPIES: [[&str; 2]; 4] = [
    ["KZ-00101", "Абай жолы"],
    ["KZ-00102", "Абай жолы"],
    ["KZ-00201", "Менің атым Қожа"],
    ["KZ-00301", "Каштанка"],
];
