//! The log of a station.

words! {
    /// The log of a station.
    Log {
        title: ["{station}: оқиғалар", "{station}: события", "{station}: events"],
        no_events: ["Әзірге оқиға жоқ.", "Событий пока нет.", "No events yet."],
        none_such: [
            "Мұндай оқиға табылмады.",
            "Таких событий не найдено.",
            "No such events were found.",
        ],
        look_on: [
            "Бұрынғырақтан іздеу",
            "Искать в более ранних",
            "Look on in earlier ones",
        ],
        when: ["Уақыты", "Время", "When"],
        what: ["Не болды", "Что произошло", "What happened"],
        fate: ["Нәтижесі", "Что стало", "What became of it"],
        way: ["Қалай келді", "Как пришло", "How it came"],
        network: ["желімен", "по сети", "network"],
        stick: ["флешкамен", "на флешке", "stick"],
        sort: ["Түрі", "Вид", "Sort"],
        any_sort: ["кез келген", "любой", "any"],
        became: ["Нәтижесі", "Что стало", "Outcome"],
        any: ["кез келген", "любое", "any"],
        day: ["Күні", "День", "Day"],
        filter: ["Көрсету", "Показать", "Show"],
        clear: ["Тазалау", "Сбросить", "Clear"],
        sort_lent: ["беру", "выдачи", "loans"],
        sort_returned: ["қайтару", "возвраты", "returns"],
        sort_renewed: ["ұзарту", "продления", "renewals"],
        sort_undone: ["кері қайтару", "отмены", "taking back"],
        sort_refused: ["бас тарту", "отказы", "refusals"],
        sort_machine: ["станцияның өзі", "сама станция", "the machine itself"],
        sort_decided: ["станциядағы шешім", "решения на станции", "decisions at the station"],
        became_flagged: ["белгісі бар", "с пометкой", "with a flag"],
        became_in_review: ["шешім күтуде", "ждёт решения", "waiting for a decision"],
        became_resolved: ["шешілген", "решено", "decided"],
        became_taken_back: ["кері қайтарылған", "отменено", "taken back"],
    }
}
