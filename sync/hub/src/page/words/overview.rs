//! The first page.

words! {
    /// The first page.
    Overview {
        all_well: [
            "Бәрі орнында: барлық станция байланыста, шешімді ештеңе күтпейді.",
            "Всё в порядке: все станции на связи, решения ничто не ждёт.",
            "All is well: every station is in contact, and nothing waits for a decision.",
        ],
        reviews_wait: [
            "Сіздің шешіміңізді күтеді: {count}",
            "Ждут вашего решения: {count}",
            "Waiting for your decision: {count}",
        ],
        decide_now: ["Шешу", "Решить", "Decide"],
        stations_ail: [
            "Назар аударатын станция: {count}",
            "Станции, на которые надо взглянуть: {count}",
            "Stations to look at: {count}",
        ],
        look: ["Қарау", "Посмотреть", "Look"],
        overdue: ["Мерзімі өткен кітаптар: {count}", "Просрочено книг: {count}", "Books overdue: {count}"],
        list: ["Тізім", "Список", "List"],
        joining: [
            "Қосылуға рұқсат күтетін станция: {count}",
            "Станции, ждущие разрешения: {count}",
            "Stations waiting to join: {count}",
        ],
        stations: ["Станциялар", "Станции", "Stations"],
        no_stations: [
            "Әзірге бірде-бір станция қосылған жоқ.",
            "Пока не подключена ни одна станция.",
            "No station has joined yet.",
        ],
        today: ["Бүгін", "Сегодня", "Today"],
        week: ["7 күнде", "За 7 дней", "In 7 days"],
        two_weeks: ["Соңғы 14 күн", "Последние 14 дней", "The last 14 days"],
        chart_says: [
            "Соңғы 14 күндегі беру мен қайтару, күн сайын",
            "Выдачи и возвраты за последние 14 дней, по дням",
            "Loans and returns of the last 14 days, day by day",
        ],
        all_time: ["Барлық уақытта", "За всё время", "All the time"],
        lent: ["Берілді", "Выдано", "Lent"],
        returned: ["Қайтарылды", "Возвращено", "Returned"],
        renewed: ["Мерзімі ұзартылды", "Продлено", "Renewed"],
        refused: ["Бас тартылды", "Отказано", "Refused"],
        all_events: ["Барлық оқиға", "Всего событий", "All events"],
        open_loans: ["Қолдағы кітаптар", "Книг на руках", "Books out"],
        flagged: ["Белгі қойылған оқиғалар", "События с пометкой", "Events with a flag"],
        reviews_open: ["Тексеруді күтуде", "Ждут разбора", "Reviews waiting"],
    }
}
