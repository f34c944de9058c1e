//! The rules of lending.

words! {
    /// The rules of lending.
    Rules {
        title: ["Ережелер", "Правила", "Rules"],
        lead: [
            "Сақталған өзгеріс келесі байланыста станцияларға жетеді.",
            "Сохранённые изменения дойдут до станций при следующей связи.",
            "What you save reaches the stations at their next call.",
        ],
        in_force: ["{version}-нұсқа күшінде", "Действует версия {version}", "Version {version} is in force"],
        pupils: ["Оқушылар", "Ученики", "Pupils"],
        teachers: ["Мұғалімдер", "Учителя", "Teachers"],
        max_loans: ["Қатар неше кітап (оқулықтар саналмайды)", "Сколько книг сразу (учебники не в счёт)", "Books at once (textbooks do not count)"],
        loan_days: ["Неше күнге", "На сколько дней", "For how many days"],
        max_renewals: ["Неше рет ұзартылады", "Сколько раз продлить", "How often renewed"],
        renewal_days: ["Ұзарту неше күнге", "Продление на сколько дней", "Days a renewal adds"],
        overdue: [
            "Осынша кітаптың мерзімі өтсе, жаңасы берілмейді (0 – шектеу жоқ)",
            "При скольких просроченных книгах не выдавать новые (0 – не мешает)",
            "With so many overdue books nothing more is lent (0 = does not matter)",
        ],
        unknown: ["Каталогта жоқ кітап", "Книга, которой нет в каталоге", "A book that is not in the catalogue"],
        refuse: ["берілмейді", "не выдаётся", "stays here"],
        lend: ["беріледі, кейін тексеріледі", "выдаётся, потом разбор", "is lent, and reviewed later"],
        stale: ["Байланыс көп үзілсе", "Если связи долго нет", "When there was no link for long"],
        stale_lead: [
            "Станция аймақпен қанша сағат байланыспаса, ереже сонша қатаяды. Бос жол – қадам жоқ.",
            "Чем дольше у станции нет связи с регионом, тем строже правила. Пустая строка – шага нет.",
            "The longer a station has not reached the region, the stricter the rules. An empty line is no step.",
        ],
        after_h: ["Неше сағаттан кейін", "Через сколько часов", "After how many hours"],
        renewals: ["Ұзартуға болады", "Продлевать можно", "Renewing is possible"],
        step: ["{n}-қадам", "Шаг {n}", "Step {n}"],
        versions: ["Нұсқалар", "Версии", "Versions"],
        version: ["Нұсқа", "Версия", "Version"],
        when: ["Қашан", "Когда", "When"],
        who: ["Кім", "Кто", "Who"],
        unknown_who: ["белгісіз", "неизвестно", "not known"],
        by_program: ["бағдарлама", "программа", "the program"],
        compare: ["Қазіргімен салыстыру", "Сравнить с нынешней", "Compare with today's"],
        compared: ["{version}-нұсқа мен қазіргі", "Версия {version} и нынешняя", "Version {version} and today's"],
        then: ["Сонда", "Тогда", "Then"],
        now: ["Қазір", "Сейчас", "Now"],
        no_difference: ["Айырмашылық жоқ.", "Различий нет.", "There is no difference."],
        go_back: ["Осы нұсқаға оралу", "Вернуться к этой версии", "Go back to this version"],
        go_back_lead: [
            "Ол жаңа нұсқа болып сақталады; ешқайсысы жоғалмайды.",
            "Она сохранится как новая версия; ни одна не пропадёт.",
            "It is saved as a new version; none is lost.",
        ],
        saved: ["Сақталды: {version}-нұсқа.", "Сохранено: версия {version}.", "Saved: version {version}."],
        moved: [
            "Осы арада басқа біреу өзгерткен, сондықтан ештеңе сақталмады. Төменде қазіргі ереже тұр.",
            "За это время кто-то уже изменил это, поэтому ничего не сохранено. Ниже – как есть сейчас.",
            "Somebody else has changed this in the meantime, so nothing was saved. Below is how it stands now.",
        ],
        bad_number: [
            "«{field}»: {least}-ден {most}-ге дейінгі бүтін сан керек.",
            "«{field}»: нужно целое число от {least} до {most}.",
            "“{field}”: a whole number from {least} to {most} is needed.",
        ],
        bad_steps: [
            "Қадамдардың сағаты өсіп тұруы керек.",
            "Часы шагов должны идти по возрастанию.",
            "The hours of the steps must rise.",
        ],
        save: ["Сақтау", "Сохранить", "Save"],
        yes: ["иә", "да", "yes"],
        no: ["жоқ", "нет", "no"],
    }
}
