//! All words of the page, in Kazakh, Russian and English. A word that is missing in one of them does not compile.
//! `{…}` are places that are filled in.

use exchange::{Conflict, Lang, RefusalKind};

/// The words of one language.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) region: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) not_yours: &'static str,
    pub(super) choose_school: &'static str,
    pub(super) show: &'static str,
    pub(super) join_by_code: &'static str,
    pub(super) login: &'static str,
    pub(super) password: &'static str,
    pub(super) wrong_password: &'static str,
    pub(super) locked: &'static str,
    pub(super) overview: &'static str,
    pub(super) reviews: &'static str,
    pub(super) lent: &'static str,
    pub(super) returned: &'static str,
    pub(super) renewed: &'static str,
    pub(super) refused: &'static str,
    pub(super) all_events: &'static str,
    pub(super) open_loans: &'static str,
    pub(super) flagged: &'static str,
    pub(super) reviews_wait: &'static str,
    pub(super) stations: &'static str,
    pub(super) no_stations: &'static str,
    pub(super) station: &'static str,
    pub(super) heard: &'static str,
    pub(super) never: &'static str,
    pub(super) minutes_ago: &'static str,
    pub(super) waiting: &'static str,
    pub(super) clock_ahead: &'static str,
    pub(super) clock_behind: &'static str,
    pub(super) revoked: &'static str,
    pub(super) set_aside: &'static str,
    pub(super) pending: &'static str,
    pub(super) pending_hint: &'static str,
    pub(super) approve: &'static str,
    pub(super) refuse: &'static str,
    pub(super) events_of: &'static str,
    pub(super) no_events: &'static str,
    pub(super) older: &'static str,
    pub(super) when: &'static str,
    pub(super) what: &'static str,
    pub(super) fate: &'static str,
    pub(super) applied: &'static str,
    pub(super) taken_back: &'static str,
    pub(super) in_review: &'static str,
    pub(super) decided: &'static str,
    pub(super) did_start: &'static str,
    pub(super) did_lend: &'static str,
    pub(super) did_return: &'static str,
    pub(super) did_renew: &'static str,
    pub(super) did_issue: &'static str,
    pub(super) did_take_back_copies: &'static str,
    pub(super) did_undo: &'static str,
    pub(super) did_refuse: &'static str,
    pub(super) did_decide_yes: &'static str,
    pub(super) did_decide_no: &'static str,
    pub(super) did_set_clock: &'static str,
    pub(super) did_unknown: &'static str,
    pub(super) unknown_patron: &'static str,
    pub(super) unknown_item: &'static str,
    pub(super) no_reviews: &'static str,
    pub(super) decided_ones: &'static str,
    pub(super) other_loan: &'static str,
    pub(super) other_open: &'static str,
    pub(super) accept_means: &'static str,
    pub(super) reject_means: &'static str,
    pub(super) accept: &'static str,
    pub(super) reject: &'static str,
    pub(super) take_back: &'static str,
    pub(super) accepted_by: &'static str,
    pub(super) rejected_by: &'static str,
    pub(super) not_found: &'static str,
    pub(super) bad_form: &'static str,
    pub(super) store_fault: &'static str,
    pub(super) review_gone: &'static str,
    pub(super) decided_already: &'static str,
    pub(super) not_decided: &'static str,
    pub(super) code_unknown: &'static str,
    pub(super) receipt: &'static str,
    pub(super) receipt_hint: &'static str,
    pub(super) receipt_check: &'static str,
    pub(super) receipt_genuine: &'static str,
    pub(super) receipt_same: &'static str,
    pub(super) receipt_not_yet: &'static str,
    pub(super) receipt_other: &'static str,
    pub(super) receipt_lent: &'static str,
    pub(super) receipt_renewed: &'static str,
    pub(super) receipt_none: &'static str,
    pub(super) receipt_damaged: &'static str,
    pub(super) receipt_newer: &'static str,
    pub(super) receipt_false: &'static str,
    pub(super) back: &'static str,
}

/// The words of `lang`.
pub(super) fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Kk => &KK,
        Lang::Ru => &RU,
        Lang::En => &EN,
    }
}

/// Fills the places of a sentence: `("who", …)` stands for `{who}`.
pub(super) fn fill(sentence: &str, places: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 64);
    let mut rest = sentence;
    // One pass, so that a name with braces in it is only a name.
    while let Some((before, name, after)) = rest
        .split_once('{')
        .and_then(|(before, after)| after.split_once('}').map(|(name, after)| (before, name, after)))
    {
        text.push_str(before);
        text.push_str(places.iter().find(|(place, _)| *place == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

const KK: Words = Words {
    region: "Аймақтық жүйе",
    sign_in: "Кіру",
    sign_out: "Шығу",
    not_yours: "Бұл бет сіздің рөліңізге ашылмайды. Әкімшіге айтыңыз.",
    choose_school: "Мектеп",
    show: "Көрсету",
    join_by_code: "Станция экранындағы кодты жазыңыз",
    login: "Логин",
    password: "Құпиясөз",
    wrong_password: "Логин немесе құпиясөз қате.",
    locked: "Құпиясөз тым көп рет қате енгізілді. {seconds} секундтан кейін қайталаңыз.",
    overview: "Шолу",
    reviews: "Тексеру",
    lent: "Берілді",
    returned: "Қайтарылды",
    renewed: "Мерзімі ұзартылды",
    refused: "Бас тартылды",
    all_events: "Барлық оқиға",
    open_loans: "Қолдағы кітаптар",
    flagged: "Белгі қойылған оқиғалар",
    reviews_wait: "Тексеруді күтуде",
    stations: "Станциялар",
    no_stations: "Әзірге бірде-бір станция қосылған жоқ.",
    station: "Станция",
    heard: "Соңғы байланыс",
    never: "болған жоқ",
    minutes_ago: "{minutes} мин бұрын",
    waiting: "Жіберілмегені",
    clock_ahead: "сағаты {minutes} мин алда",
    clock_behind: "сағаты {minutes} мин артта",
    revoked: "шеттетілген: одан ештеңе қабылданбайды",
    set_aside: "{count} хабарлама бөлек қойылған",
    pending: "Рұқсат күтетін станциялар",
    pending_hint: "Кодты станцияның экранындағы кодпен салыстырыңыз.",
    approve: "Рұқсат беру",
    refuse: "Бас тарту",
    events_of: "{station}: оқиғалар",
    no_events: "Әзірге оқиға жоқ.",
    older: "Бұрынғылары",
    when: "Уақыты",
    what: "Не болды",
    fate: "Нәтижесі",
    applied: "қабылданды",
    taken_back: "кері қайтарылды",
    in_review: "тексеруде: {why}",
    decided: "шешілді: {why}",
    did_start: "Станция іске қосылды ({version})",
    did_lend: "{who} алды: {book}, {due} дейін",
    did_return: "Қайтарылды: {book}",
    did_renew: "{who} мерзімін ұзартты: {book}, {due} дейін",
    did_issue: "{who} алды: {count} дана, {due} дейін",
    did_take_back_copies: "{who} қайтарды: {count} дана",
    did_undo: "№ {seq} оқиға кері қайтарылды",
    did_refuse: "Бас тартылды: {why} {book}",
    did_decide_yes: "Станцияда тексеру шешілді: ұсыныс қабылданды",
    did_decide_no: "Станцияда тексеру шешілді: ұсыныс қабылданбады",
    did_set_clock: "Сағат өзгертілді",
    did_unknown: "Бұл нұсқаға белгісіз оқиға (түрі {kind})",
    unknown_patron: "белгісіз оқырман (№ {number})",
    unknown_item: "белгісіз кітап (№ {number})",
    no_reviews: "Тексеретін ештеңе жоқ.",
    decided_ones: "Шешілгендері",
    other_loan: "Бұған дейін: {who} алған, {when}, {station} станциясы, {due} дейін",
    other_open: "қайтарылғаны тіркелмеген",
    accept_means: "Қабылдасаңыз:",
    reject_means: "Қабылдамасаңыз:",
    accept: "Қабылдау",
    reject: "Қабылдамау",
    take_back: "Шешімді кері қайтару",
    accepted_by: "{who} қабылдады, {when}",
    rejected_by: "{who} қабылдамады, {when}",
    not_found: "Мұндай бет жоқ.",
    bad_form: "Бұл нысан ескірген. Бетті жаңартып, қайталаңыз.",
    store_fault: "Аймақтық жүйе қазір жаза алмайды. Кейінірек қайталаңыз.",
    review_gone: "Бұл тексеру енді жоқ: кейін келген хабарлама оны түсіндірді.",
    decided_already: "Мұны {who} шешіп қойған. Алдымен сол шешімді кері қайтарыңыз.",
    not_decided: "Бұл тексеру әлі шешілмеген.",
    code_unknown: "Мұндай кодпен күтіп тұрған станция жоқ. Станцияның экранын қараңыз.",
    receipt: "Түбіртек",
    receipt_hint: "Түбіртектегі QR кодты сканерлеңіз немесе цифрларын теріңіз.",
    receipt_check: "Тексеру",
    receipt_genuine: "Түбіртек шын: оны {station} станциясы {when} басып шығарған.",
    receipt_same: "аймақта бар; {fate}",
    receipt_not_yet: "станция мұны әлі жібермеген; түбіртек – дәлел",
    receipt_other: "аймақта бұл орында басқа оқиға тұр: станцияны тексеріңіз",
    receipt_lent: "Берілді: {book}, {due} дейін",
    receipt_renewed: "Мерзімі ұзартылды: {book}, {due} дейін",
    receipt_none: "Бұл – станцияның түбіртегі емес.",
    receipt_damaged: "Код толық оқылмады немесе бүлінген. Қайта сканерлеңіз.",
    receipt_newer: "Түбіртекті жаңарақ нұсқа басып шығарған: осы жүйені жаңартыңыз.",
    receipt_false: "Түбіртек жалған: {station} станциясы мұндай түбіртек басып шығармаған.",
    back: "Артқа",
};

const RU: Words = Words {
    region: "Региональная система",
    sign_in: "Войти",
    sign_out: "Выйти",
    not_yours: "Эта страница не открывается для вашей роли. Скажите администратору.",
    choose_school: "Школа",
    show: "Показать",
    join_by_code: "Напишите код с экрана станции",
    login: "Логин",
    password: "Пароль",
    wrong_password: "Логин или пароль неверен.",
    locked: "Слишком много неверных паролей. Повторите через {seconds} с.",
    overview: "Обзор",
    reviews: "Разбор",
    lent: "Выдано",
    returned: "Возвращено",
    renewed: "Продлено",
    refused: "Отказано",
    all_events: "Всего событий",
    open_loans: "Книг на руках",
    flagged: "События с пометкой",
    reviews_wait: "Ждут разбора",
    stations: "Станции",
    no_stations: "Пока не подключена ни одна станция.",
    station: "Станция",
    heard: "Последняя связь",
    never: "не было",
    minutes_ago: "{minutes} мин назад",
    waiting: "Не отправлено",
    clock_ahead: "часы спешат на {minutes} мин",
    clock_behind: "часы отстают на {minutes} мин",
    revoked: "отключена: от неё ничего не принимается",
    set_aside: "отложено сообщений: {count}",
    pending: "Станции, ждущие разрешения",
    pending_hint: "Сверьте код с кодом на экране станции.",
    approve: "Разрешить",
    refuse: "Отказать",
    events_of: "{station}: события",
    no_events: "Событий пока нет.",
    older: "Более ранние",
    when: "Время",
    what: "Что произошло",
    fate: "Что стало",
    applied: "принято",
    taken_back: "отменено",
    in_review: "в разборе: {why}",
    decided: "решено: {why}",
    did_start: "Станция запущена ({version})",
    did_lend: "Выдано: {who} — {book}, до {due}",
    did_return: "Возвращено: {book}",
    did_renew: "Продлено: {who} — {book}, до {due}",
    did_issue: "Выдано: {who} — {count} экз., до {due}",
    did_take_back_copies: "Возвращено: {who} — {count} экз.",
    did_undo: "Отменено событие № {seq}",
    did_refuse: "Отказано: {why} {book}",
    did_decide_yes: "На станции решён разбор: предложение принято",
    did_decide_no: "На станции решён разбор: предложение отклонено",
    did_set_clock: "Часы переведены",
    did_unknown: "Событие, которого эта версия не знает (вид {kind})",
    unknown_patron: "неизвестный читатель (№ {number})",
    unknown_item: "неизвестная книга (№ {number})",
    no_reviews: "Разбирать нечего.",
    decided_ones: "Решённые",
    other_loan: "До этого: {who}, {when}, станция {station}, до {due}",
    other_open: "возврат не записан",
    accept_means: "Если принять:",
    reject_means: "Если отклонить:",
    accept: "Принять",
    reject: "Отклонить",
    take_back: "Отменить решение",
    accepted_by: "принято: {who}, {when}",
    rejected_by: "отклонено: {who}, {when}",
    not_found: "Такой страницы нет.",
    bad_form: "Эта форма устарела. Обновите страницу и повторите.",
    store_fault: "Региональная система сейчас не может записывать. Повторите позже.",
    review_gone: "Этого разбора больше нет: его объяснило более позднее сообщение.",
    decided_already: "Это уже решено: {who}. Сначала отмените то решение.",
    not_decided: "Этот разбор ещё не решён.",
    code_unknown: "Ни одна станция не ждёт с таким кодом. Посмотрите на экран станции.",
    receipt: "Чек",
    receipt_hint: "Отсканируйте QR-код чека или введите его цифры.",
    receipt_check: "Проверить",
    receipt_genuine: "Чек настоящий: его выдала станция {station}, {when}.",
    receipt_same: "в регионе есть; {fate}",
    receipt_not_yet: "станция этого ещё не прислала; чек это доказывает",
    receipt_other: "в регионе на этом месте другое событие: проверьте станцию",
    receipt_lent: "Выдано: {book}, до {due}",
    receipt_renewed: "Продлено: {book}, до {due}",
    receipt_none: "Это не чек станции.",
    receipt_damaged: "Код прочитан не полностью или повреждён. Отсканируйте ещё раз.",
    receipt_newer: "Чек напечатан более новой версией: обновите эту систему.",
    receipt_false: "Чек поддельный: станция {station} такого чека не выдавала.",
    back: "Назад",
};

const EN: Words = Words {
    region: "Regional system",
    sign_in: "Sign in",
    sign_out: "Sign out",
    not_yours: "Your role does not open this page. Tell the administrator.",
    choose_school: "School",
    show: "Show",
    join_by_code: "Write the code on the station’s screen",
    login: "Login",
    password: "Password",
    wrong_password: "The login or the password is wrong.",
    locked: "Too many wrong passwords. Try again in {seconds} s.",
    overview: "Overview",
    reviews: "Reviews",
    lent: "Lent",
    returned: "Returned",
    renewed: "Renewed",
    refused: "Refused",
    all_events: "All events",
    open_loans: "Books out",
    flagged: "Events with a flag",
    reviews_wait: "Reviews waiting",
    stations: "Stations",
    no_stations: "No station has joined yet.",
    station: "Station",
    heard: "Last heard",
    never: "never",
    minutes_ago: "{minutes} min ago",
    waiting: "Not yet sent",
    clock_ahead: "clock {minutes} min ahead",
    clock_behind: "clock {minutes} min behind",
    revoked: "revoked: nothing is taken from it",
    set_aside: "{count} messages set aside",
    pending: "Stations waiting for approval",
    pending_hint: "Compare the code with the one on the station’s screen.",
    approve: "Approve",
    refuse: "Refuse",
    events_of: "{station}: events",
    no_events: "No events yet.",
    older: "Older",
    when: "When",
    what: "What happened",
    fate: "What became of it",
    applied: "applied",
    taken_back: "taken back",
    in_review: "in review: {why}",
    decided: "decided: {why}",
    did_start: "The station started ({version})",
    did_lend: "Lent to {who}: {book}, until {due}",
    did_return: "Returned: {book}",
    did_renew: "Renewed by {who}: {book}, until {due}",
    did_issue: "Given to {who}: {count} copies, until {due}",
    did_take_back_copies: "Returned by {who}: {count} copies",
    did_undo: "Event {seq} was taken back",
    did_refuse: "Refused: {why} {book}",
    did_decide_yes: "A review was decided at the station: the proposal was accepted",
    did_decide_no: "A review was decided at the station: the proposal was rejected",
    did_set_clock: "The clock was set",
    did_unknown: "An event this version does not know (kind {kind})",
    unknown_patron: "unknown patron (no. {number})",
    unknown_item: "unknown book (no. {number})",
    no_reviews: "There is nothing to review.",
    decided_ones: "Decided",
    other_loan: "Before that: lent to {who}, {when}, station {station}, until {due}",
    other_open: "no return on record",
    accept_means: "If you accept:",
    reject_means: "If you reject:",
    accept: "Accept",
    reject: "Reject",
    take_back: "Take the decision back",
    accepted_by: "accepted by {who}, {when}",
    rejected_by: "rejected by {who}, {when}",
    not_found: "There is no such page.",
    bad_form: "This form is out of date. Load the page again and repeat.",
    store_fault: "The regional system cannot write at the moment. Try again later.",
    review_gone: "This review is gone: a later message has explained it.",
    decided_already: "This was decided already by {who}. Take that decision back first.",
    not_decided: "This review was not decided yet.",
    code_unknown: "No station waits with this code. Look at the station’s screen.",
    receipt: "Receipt",
    receipt_hint: "Scan the QR code of the receipt, or type its digits.",
    receipt_check: "Check",
    receipt_genuine: "The receipt is genuine: station {station} printed it, {when}.",
    receipt_same: "the region has it; {fate}",
    receipt_not_yet: "the station has not sent it yet; the receipt proves it",
    receipt_other: "the region has another event in this place: look at the station",
    receipt_lent: "Lent: {book}, until {due}",
    receipt_renewed: "Renewed: {book}, until {due}",
    receipt_none: "This is no receipt of a station.",
    receipt_damaged: "The code is cut short or damaged. Scan it again.",
    receipt_newer: "A newer version printed the receipt: update this system.",
    receipt_false: "The receipt is false: station {station} did not print it.",
    back: "Back",
};

/// What a conflict is, why a person should see it, and what accepting and rejecting the proposal do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ConflictWords {
    /// In one sentence.
    pub(super) why: &'static str,
    /// What accepting does; empty where a conflict never waits for anybody.
    pub(super) accept: &'static str,
    /// What rejecting does.
    pub(super) reject: &'static str,
}

fn one(lang: Lang, [kk, ru, en]: [&'static str; 3]) -> &'static str {
    match lang {
        Lang::Kk => kk,
        Lang::Ru => ru,
        Lang::En => en,
    }
}

/// The words of a conflict.
pub(super) fn conflict(lang: Lang, conflict: Conflict) -> ConflictWords {
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
pub(super) fn refusal(lang: Lang, kind: RefusalKind) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        assert_eq!(fill("{a} and {b}", &[("a", "{b}"), ("b", "2")]), "{b} and 2");
        assert_eq!(fill("no {c}", &[]), "no ");
        assert_eq!(fill("open {", &[]), "open {");
    }

    #[test]
    fn a_sentence_has_the_same_places_in_every_language() {
        let places = |words: &Words| {
            let text = format!("{words:?}");
            let mut fields: Vec<(String, Vec<String>)> = Vec::new();
            for field in text.split("\", ") {
                let (name, sentence) = field.split_once(": \"").unwrap_or((field, ""));
                let name = name.trim_start_matches("Words { ").to_owned();
                let mut places: Vec<String> = sentence
                    .split('{')
                    .skip(1)
                    .filter_map(|p| Some(p.split_once('}')?.0.to_owned()))
                    .collect();
                places.sort();
                fields.push((name, places));
            }
            fields
        };
        assert!(places(&EN).len() > 60);
        assert_eq!(places(&KK), places(&EN));
        assert_eq!(places(&RU), places(&EN));
    }
}
