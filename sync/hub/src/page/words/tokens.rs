//! Tokens of outside systems.

words! {
    /// Tokens of outside systems.
    Tokens {
        intro: [
            "Басқа жүйелер (электрондық күнделік, есептер) API арқылы кілтпен кіреді. Кілт бір рет қана көрсетіледі.",
            "Другие системы (электронный журнал, отчёты) работают через API по ключу. Ключ показывается один раз.",
            "Other systems (class register, reports) use the API with a token. It is shown once.",
        ],
        new: [
            "Жаңа кілт. Қазір көшіріп алыңыз: ол енді көрсетілмейді.",
            "Новый ключ. Скопируйте его сейчас: больше он показан не будет.",
            "The new token. Copy it now: it will not be shown again.",
        ],
        none: ["Кілт әлі жоқ.", "Ключей пока нет.", "There is no token."],
        make: ["Кілт жасау", "Создать ключ", "Make a token"],
        name: ["Кімдікі және не үшін", "Чей он и для чего", "Whose it is, and what for"],
        may: ["Не істей алады", "Что ему можно", "What it may do"],
        place: ["Қай жерде", "Где", "Where"],
        only: ["тек осы мектеп: {school}", "только эта школа: {school}", "this school only: {school}"],
        region: ["бүкіл аймақ", "весь регион", "the whole region"],
        days: ["Неше күнге (бос болса, мерзімсіз)", "На сколько дней (пусто: бессрочно)", "For how many days (empty: no end)"],
        used: ["Соңғы рет", "Последний раз", "Last used"],
        never_used: ["әлі қолданылмаған", "ещё не использовался", "never"],
        state: ["Күйі", "Состояние", "State"],
        until: ["{when} дейін", "до {when}", "until {when}"],
        endless: ["мерзімсіз", "бессрочный", "no end"],
        expired: ["мерзімі өткен", "истёк", "run out"],
        revoked: ["қайтарып алынған", "отозван", "revoked"],
        revoke: ["Қайтарып алу", "Отозвать", "Revoke"],
        name_wrong: ["Атауын жазыңыз (1–80 таңба).", "Напишите название (1–80 знаков).", "Write a name of 1 to 80 characters."],
        scopes_wrong: ["Кемінде бір рұқсат таңдаңыз.", "Выберите хотя бы одно право.", "Choose at least one thing it may do."],
        days_wrong: ["Күн саны 1-ден 3660-қа дейін.", "Число дней: от 1 до 3660.", "The days are 1 to 3660."],
        read_stations: ["станциялар мен мектептерді көру", "видеть станции и школы", "see stations and schools"],
        read_loans: ["берілген кітаптарды көру", "видеть выдачи", "see loans"],
        read_patrons: ["оқырмандарды көру", "видеть читателей", "see patrons"],
        write_patrons: ["оқырмандарды өзгерту, шектеу", "менять и блокировать читателей", "change and block patrons"],
        read_items: ["каталогты көру", "видеть каталог", "see the catalogue"],
        write_items: ["каталогты өзгерту", "менять каталог", "change the catalogue"],
        read_reviews: ["тексерулерді көру", "видеть разборы", "see reviews"],
        write_reviews: ["тексерулерді шешу", "решать разборы", "decide reviews"],
        read_changes: ["болған оқиғаларды бақылау", "следить за событиями", "follow what happens"],
    }
}
