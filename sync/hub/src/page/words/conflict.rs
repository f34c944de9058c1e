//! Why an event was not plainly applied, and why a station said no.

use exchange::{Conflict, Lang, RefusalKind};

/// What a conflict is, why a person should see it, and what accepting and rejecting the proposal do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::page) struct ConflictWords {
    /// In one sentence.
    pub(in crate::page) why: &'static str,
    /// What accepting does; empty where a conflict never waits for anybody.
    pub(in crate::page) accept: &'static str,
    /// What rejecting does.
    pub(in crate::page) reject: &'static str,
}

fn one(lang: Lang, [kk, ru, en]: [&'static str; 3]) -> &'static str {
    match lang {
        Lang::Kk => kk,
        Lang::Ru => ru,
        Lang::En => en,
    }
}

/// The words of a conflict.
pub(in crate::page) fn conflict(lang: Lang, conflict: Conflict) -> ConflictWords {
    let flag = |why| ConflictWords { why: one(lang, why), accept: "", reject: "" };
    let review = |why, accept, reject| ConflictWords {
        why: one(lang, why),
        accept: one(lang, accept),
        reject: one(lang, reject),
    };
    match conflict {
        Conflict::LentTwice => review(
            [
                "бір кітап екі оқырманға берілген, арасында қайтару жоқ; қайсысы бұрын болғаны станциялар сағаттарынан анық емес",
                "одна книга выдана двум читателям без возврата между ними; по часам станций не ясно, кто был раньше",
                "one book was lent to two patrons with no return between; the stations’ clocks do not tell which came first",
            ],
            [
                "кітап осы оқырманда деп саналады, бұрынғы беру жабылады.",
                "книга числится за этим читателем, прежняя выдача закрывается.",
                "the book counts as being with this patron, and the earlier loan is closed.",
            ],
            [
                "кітап бұрынғы оқырманда қалады, бұл беру саналмайды.",
                "книга остаётся за прежним читателем, эта выдача не считается.",
                "the book stays with the earlier patron, and this loan does not count.",
            ],
        ),
        Conflict::UnknownItem => review(
            [
                "мұндай нөмірлі кітап каталогта жоқ",
                "книги с таким номером нет в каталоге",
                "the catalogue has no book with this number",
            ],
            [
                "беру тіркелген күйінде қалады; кітапты каталогқа қосыңыз.",
                "выдача остаётся записанной; внесите книгу в каталог.",
                "the loan stays on record; add the book to the catalogue.",
            ],
            ["беру саналмайды.", "выдача не считается.", "the loan does not count."],
        ),
        Conflict::UnknownPatron => review(
            [
                "мұндай оқырман тізімде жоқ",
                "такого читателя нет в списке",
                "there is no such patron on the list",
            ],
            [
                "беру тіркелген күйінде қалады; оқырманды тізімге қосыңыз.",
                "выдача остаётся записанной; внесите читателя в список.",
                "the loan stays on record; add the patron to the list.",
            ],
            ["беру саналмайды.", "выдача не считается.", "the loan does not count."],
        ),
        Conflict::RenewedClosedLoan => review(
            [
                "қайтарылған кітаптың мерзімі ұзартылған",
                "продлена книга, которая уже возвращена",
                "a loan was renewed that is closed",
            ],
            [
                "кітап қайтарылған деп саналады, ұзарту саналмайды.",
                "книга считается возвращённой, продление не считается.",
                "the book counts as returned, and the renewal does not count.",
            ],
            [
                "кітап осы оқырманда деп саналады, жаңа мерзіммен.",
                "книга числится за этим читателем с новым сроком.",
                "the book counts as being with this patron, with the new due date.",
            ],
        ),
        Conflict::ReturnWithoutLoan => flag([
            "берілмеген кітап қайтарылды",
            "возвращена книга, которая не была выдана",
            "a book came back that was not on loan",
        ]),
        Conflict::PatronBlocked => {
            flag(["оқырманға шектеу қойылған еді", "у читателя была блокировка", "the patron had a block"])
        }
        Conflict::OverLimit => flag([
            "барлық станцияда рұқсат етілгеннен көп кітап",
            "книг больше, чем разрешено, по всем станциям вместе",
            "more loans than allowed, over all stations",
        ]),
        Conflict::ItemNotForLoan => {
            flag(["бұл кітап берілмеуі керек еді", "эта книга не выдаётся", "this book is not for loan"])
        }
        Conflict::HeldByAnother => flag([
            "кітапты басқа оқырман брондаған еді",
            "книга была забронирована другим читателем",
            "another patron had a hold on it",
        ]),
        Conflict::RenewedTooOften => flag([
            "мерзімі рұқсат етілгеннен көп ұзартылған",
            "продлено чаще, чем разрешено",
            "renewed more often than allowed",
        ]),
        Conflict::ReferenceLent => {
            flag(["оқу залының кітабы берілген", "выдана книга читального зала", "a reference book was lent"])
        }
        Conflict::ClockWrong => flag([
            "станцияның сағаты қате болған",
            "часы станции шли неверно",
            "the station’s clock was wrong",
        ]),
        Conflict::Fork => flag([
            "бір нөмірмен екі түрлі оқиға келді: журнал көшірілген немесе ескі көшірмеден қалпына келтірілген",
            "под одним номером пришли разные события: журнал скопирован или восстановлен из старой копии",
            "different events came under one number: the journal was cloned, or restored from an old copy",
        ]),
        Conflict::Revoked => flag(["станция шеттетілген", "станция отключена", "the station is revoked"]),
        Conflict::PatronGone => flag(["оқырман мектептен кеткен", "читатель выбыл", "the patron has left"]),
        Conflict::DecidedTwice => flag([
            "бір тексеру екі түрлі шешілген; біріншісі күшінде",
            "один разбор решён по-разному; в силе первое решение",
            "one review was decided differently twice; the first decision stands",
        ]),
        Conflict::UndoWithoutEvent => {
            flag(["кері қайтаратын оқиға жоқ", "отменять нечего", "there was nothing to take back"])
        }
        Conflict::OldRules => flag([
            "ескі ереже бойынша берілген",
            "выдано по старым правилам",
            "lent by rules no longer in force",
        ]),
        Conflict::Unreadable => flag([
            "бұл нұсқа оқи алмайтын оқиға; сақталды",
            "событие, которое эта версия не может прочесть; оно сохранено",
            "an event this version cannot read; it is kept",
        ]),
    }
}

/// Why a station said no.
pub(in crate::page) fn refusal(lang: Lang, kind: RefusalKind) -> &'static str {
    let words = match kind {
        RefusalKind::UnknownCard => ["белгісіз карта", "неизвестная карта", "unknown card"],
        RefusalKind::UnknownItem => ["белгісіз кітап", "неизвестная книга", "unknown book"],
        RefusalKind::Blocked => {
            ["оқырманға шектеу қойылған", "читатель заблокирован", "the patron is blocked"]
        }
        RefusalKind::Expired => ["картаның мерзімі өткен", "срок карты истёк", "the card has run out"],
        RefusalKind::LimitReached => {
            ["кітап саны шегіне жетті", "достигнут предел книг", "the limit is reached"]
        }
        RefusalKind::LimitByAge => [
            "дерек ескі, сондықтан азырақ беріледі",
            "данные устарели, поэтому выдаётся меньше",
            "fewer loans because the data is old",
        ],
        RefusalKind::Overdue => ["мерзімі өткен кітаптар бар", "есть просроченные книги", "overdue loans"],
        RefusalKind::OnHold => {
            ["кітапты басқа біреу күтуде", "книгу ждёт другой читатель", "someone else waits for it"]
        }
        RefusalKind::ReferenceOnly => {
            ["тек оқу залында", "только в читальном зале", "read in the library only"]
        }
        RefusalKind::NotForLoan => ["берілмейді", "не выдаётся", "not for loan"],
        RefusalKind::RenewalsUsed => ["бұдан әрі ұзартылмайды", "больше не продлевается", "no renewals left"],
        RefusalKind::RenewalByAge => [
            "дерек ескі, сондықтан ұзартылмайды",
            "данные устарели, поэтому не продлевается",
            "no renewal because the data is old",
        ],
        RefusalKind::NotOnLoan => ["берілмеген кітап", "книга не на руках", "not on loan"],
        RefusalKind::IsbnScanned => ["ISBN сканерленді", "отсканирован ISBN", "an ISBN was scanned"],
        RefusalKind::UrlScanned => {
            ["сілтеме сканерленді", "отсканирована ссылка", "a web address was scanned"]
        }
        RefusalKind::CardScanned => ["кітап орнына карта", "карта вместо книги", "a card instead of a book"],
        RefusalKind::Unreadable => ["оқылмады", "не прочитано", "unreadable"],
        RefusalKind::WrongPin => ["қате PIN", "неверный PIN", "wrong PIN"],
        RefusalKind::PinLocked => ["PIN бұғатталған", "PIN заблокирован", "the PIN is locked"],
    };
    one(lang, words)
}
