//! An invented school, as the CSV files a school's secretary would send.

use super::chance::Chance;
use super::pad::tag_of;
use std::fmt::Write;
use std::path::Path;

const GIVEN_GIRL: [&str; 12] = [
    "Айгерім",
    "Әсел",
    "Дана",
    "Жанар",
    "Іңкәр",
    "Қарлығаш",
    "Мөлдір",
    "Назерке",
    "Сәуле",
    "Ұлпан",
    "Полина",
    "София",
];
const GIVEN_BOY: [&str; 12] = [
    "Алмас",
    "Бекзат",
    "Ғани",
    "Ерлан",
    "Қайрат",
    "Мұрат",
    "Нұрлан",
    "Өмір",
    "Санжар",
    "Тимур",
    "Артём",
    "Кирилл",
];
const FAMILY: [(&str, &str); 14] = [
    ("Әбенов", "Әбенова"),
    ("Байжанов", "Байжанова"),
    ("Ғабитов", "Ғабитова"),
    ("Досымов", "Досымова"),
    ("Ерболатов", "Ерболатова"),
    ("Жүнісов", "Жүнісова"),
    ("Қасенов", "Қасенова"),
    ("Мұқанов", "Мұқанова"),
    ("Нұрғалиев", "Нұрғалиева"),
    ("Оспанов", "Оспанова"),
    ("Сәрсенов", "Сәрсенова"),
    ("Төлегенов", "Төлегенова"),
    ("Орлов", "Орлова"),
    ("Соколов", "Соколова"),
];
const LETTERS: [&str; 4] = ["А", "Ә", "Б", "В"];
const BOOKS: [(&str, &str); 28] = [
    ("Абай жолы", "М. Әуезов"),
    ("Менің атым Қожа", "Б. Соқпақбаев"),
    ("Қан мен тер", "Ә. Нұрпейісов"),
    ("Ұшқан ұя", "Б. Момышұлы"),
    ("Көксерек", "М. Әуезов"),
    ("Өлеңдер мен қара сөздер", "А. Құнанбаев"),
    ("Алтын сақа", "халық ертегісі"),
    ("Ер Төстік", "халық ертегісі"),
    ("Қобыланды батыр", "эпос"),
    ("Шыңғыс ұрпағы", "І. Есенберлин"),
    ("Алдар Көсе", "халық ертегісі"),
    ("Балалық шаққа саяхат", "Б. Соқпақбаев"),
    ("Капитанская дочка", "А. Пушкин"),
    ("Руслан и Людмила", "А. Пушкин"),
    ("Мёртвые души", "Н. Гоголь"),
    ("Отцы и дети", "И. Тургенев"),
    ("Детство", "Л. Толстой"),
    ("Каштанка", "А. Чехов"),
    ("Конёк-Горбунок", "П. Ершов"),
    ("Чук и Гек", "А. Гайдар"),
    ("Белый Бим Чёрное ухо", "Г. Троепольский"),
    ("Treasure Island", "R. L. Stevenson"),
    ("Alice’s Adventures in Wonderland", "L. Carroll"),
    ("The Jungle Book", "R. Kipling"),
    ("Around the World in Eighty Days", "J. Verne"),
    ("Робинзон Крузо", "Д. Дефо"),
    ("Жұлдызды аспан: оқушыларға арналған үлкен көркем атлас", "Қ. Жарықбаев"),
    ("Қазақ халқының ұлттық ойындары мен дәстүрлі жарыстары туралы әңгімелер", "С. Төтенаев"),
];
const TEXTBOOKS: [&str; 6] =
    ["Алгебра", "Қазақ тілі", "Физика", "Дүние жүзі тарихы", "Русский язык", "English Plus"];

/// Someone of the school.
#[derive(Debug, Clone)]
pub struct Person {
    /// Number of the card; empty = none, comes in by class, name and PIN.
    pub card: String,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Name of the class.
    pub class: String,
    /// PIN of those without a card.
    pub pin: String,
    /// `lost_item` for the one who has a block, else empty.
    pub block: &'static str,
    /// Last day of the card, for the one whose card has run out, else empty.
    pub until: &'static str,
}

/// One book on the shelf.
#[derive(Debug, Clone)]
pub struct Copy {
    /// Number on its label.
    pub number: String,
    /// Its title.
    pub title: String,
    /// ISBN of its title.
    pub isbn: String,
    /// `lendable`, `reference` or `not_for_loan`.
    pub status: &'static str,
}

/// The whole school.
#[derive(Debug, Clone)]
pub struct School {
    /// Its name.
    pub name: String,
    /// Classes and their language.
    pub classes: Vec<(String, &'static str)>,
    /// Pupils.
    pub people: Vec<Person>,
    /// Title, author, ISBN, year, kind.
    pub titles: Vec<(String, String, String, u16, &'static str)>,
    /// Copies.
    pub copies: Vec<Copy>,
}

impl School {
    /// Invents a school of 24 classes, 600 pupils, 700 titles and 3,000 copies.
    pub fn invent(chance: &mut Chance) -> School {
        let mut classes = Vec::new();
        for grade in 5..=10 {
            for (place, letter) in LETTERS.iter().enumerate() {
                classes.push((format!("{grade} «{letter}»"), if place == 3 { "ru" } else { "kk" }));
            }
        }
        let people = (0..600).map(|n| person(n, &classes[n % classes.len()].0, chance)).collect();
        let titles: Vec<_> = (0..700).map(|n| title(n, chance)).collect();
        let copies = (0..3000).map(|n| copy(n, &titles)).collect();
        School { name: "№ 12 мектеп-гимназия".into(), classes, people, titles, copies }
    }

    /// Writes `classes.csv`, `patrons.csv`, `titles.csv`, `items.csv`.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        let mut classes = String::from("class,language\n");
        for (name, lang) in &self.classes {
            let _ = writeln!(classes, "{name},{lang}");
        }
        let mut patrons = String::from("card,family,given,class,kind,pin,block,until\n");
        for p in &self.people {
            let _ = writeln!(
                patrons,
                "{},{},{},{},pupil,{},{},{}",
                p.card, p.family, p.given, p.class, p.pin, p.block, p.until
            );
        }
        let mut titles = String::from("title,author,isbn,year,kind\n");
        for (name, author, isbn, year, kind) in &self.titles {
            let _ = writeln!(titles, "\"{name}\",\"{author}\",{isbn},{year},{kind}");
        }
        let mut items = String::from("number,title,isbn,status\n");
        for copy in &self.copies {
            let _ = writeln!(items, "{},\"{}\",{},{}", copy.number, copy.title, copy.isbn, copy.status);
        }
        for (file, text) in [("classes", classes), ("patrons", patrons), ("titles", titles), ("items", items)]
        {
            std::fs::write(dir.join(format!("{file}.csv")), text)?;
        }
        Ok(())
    }
}

impl School {
    /// Writes what the bench window offers to scan: sort, label, and what it is, a line each.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_labels(&self, path: &Path) -> anyhow::Result<()> {
        let mut text = String::new();
        for p in self.people.iter().filter(|p| !p.card.is_empty()).take(40) {
            let _ = writeln!(
                text,
                "card\t{}\t{} {} ({}) {}{}",
                p.card, p.given, p.family, p.class, p.block, p.until
            );
        }
        for copy in self.copies.iter().take(120) {
            let tag = tag_of(&copy.number)?;
            let _ = writeln!(text, "book\t{}\t{} {}\t{tag}", copy.number, copy.title, copy.status);
        }
        for (label, what) in [("https://okulyk.example/7/algebra", "QR"), (&self.titles[0].2, "ISBN")] {
            let _ = writeln!(text, "other\t{label}\t{what}");
        }
        Ok(std::fs::write(path, text)?)
    }
}

fn person(n: usize, class: &str, chance: &mut Chance) -> Person {
    let girl = chance.below(2) == 0;
    let family = chance.pick(&FAMILY);
    let (given, family) =
        if girl { (*chance.pick(&GIVEN_GIRL), family.1) } else { (*chance.pick(&GIVEN_BOY), family.0) };
    let without_card = n % 50 == 7;
    Person {
        card: if without_card { String::new() } else { luhn14(2_001_200_000_000 + n as u64) },
        family: family.into(),
        given: given.into(),
        class: class.into(),
        pin: if without_card { format!("{:04}", 1000 + (n * 37) % 9000) } else { String::new() },
        block: if n == 11 { "lost_item" } else { "" },
        until: if n == 13 { "2020-05-25" } else { "" },
    }
}

fn title(n: usize, chance: &mut Chance) -> (String, String, String, u16, &'static str) {
    let isbn = isbn13(n as u64);
    let year = 1995 + chance.below(30) as u16;
    if n % 10 == 9 {
        let name = format!("{} {}", TEXTBOOKS[(n / 10) % TEXTBOOKS.len()], 5 + (n / 60) % 6);
        return (name, String::new(), isbn, year, "textbook");
    }
    let (name, author) = BOOKS[n % BOOKS.len()];
    let name =
        if n < BOOKS.len() { name.to_owned() } else { format!("{name}, {}-кітап", n / BOOKS.len() + 1) };
    (name, author.into(), isbn, year, "book")
}

fn copy(n: usize, titles: &[(String, String, String, u16, &'static str)]) -> Copy {
    let (title, _, isbn, _, _) = &titles[n % titles.len()];
    Copy {
        number: luhn14(3_001_200_000_000 + n as u64),
        title: title.clone(),
        isbn: isbn.clone(),
        status: match n % 97 {
            41 => "reference",
            73 => "not_for_loan",
            _ => "lendable",
        },
    }
}

/// A 14-digit library number: 13 digits and their check digit (Luhn, odd places doubled).
fn luhn14(first_13: u64) -> String {
    let digits = format!("{first_13:013}");
    let sum: u32 = digits
        .bytes()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            let doubled = if place % 2 == 0 { digit * 2 } else { digit };
            doubled / 10 + doubled % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// An ISBN-13 in the range of Kazakhstan (978-601).
fn isbn13(n: u64) -> String {
    let digits = format!("978601{n:06}");
    let sum: u32 =
        digits.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 1 } else { 3 }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
