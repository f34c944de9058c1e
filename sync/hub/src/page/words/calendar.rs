//! The school calendar.

words! {
    /// The school calendar.
    Calendar {
        title: ["Күнтізбе", "Календарь", "Calendar"],
        lead: [
            "Қайтару мерзімі кітапхана жабық күнге түспейді. Оқулықтар оқу жылының соңғы күніне дейін беріледі.",
            "Срок возврата не приходится на день, когда библиотека закрыта. Учебники выдаются до последнего дня учебного года.",
            "Nothing is due on a day on which the library is closed. Textbooks are lent until the last day of the school year.",
        ],
        zone: ["Сағат белдеуі", "Часовой пояс", "Time zone"],
        weekend: ["Апта сайын жабық", "Закрыто каждую неделю", "Closed every week"],
        year_end: ["Оқу жылының соңғы күні", "Последний день учебного года", "Last day of the school year"],
        closed: ["Мерекелер мен каникулдар", "Праздники и каникулы", "Holidays"],
        closed_lead: [
            "Бірінші және соңғы күні. Бір күн болса, екеуі бірдей. Өшіру үшін жолды босатыңыз.",
            "Первый и последний день. Для одного дня они одинаковы. Чтобы удалить, очистите строку.",
            "First and last day; the same for a single one. Empty a line to remove it.",
        ],
        first: ["Бірінші күні", "Первый день", "First day"],
        last: ["Соңғы күні", "Последний день", "Last day"],
        year: ["{from}/{to} оқу жылы", "{from}/{to} учебный год", "School year {from}/{to}"],
        earlier: ["Алдыңғы жыл", "Предыдущий год", "Year before"],
        later: ["Келесі жыл", "Следующий год", "Year after"],
        key_weekend: ["демалыс", "выходной", "weekend"],
        key_closed: ["мереке, каникул", "праздник, каникулы", "holiday"],
        key_end: ["оқу жылының соңы", "конец учебного года", "end of the school year"],
        bad_zone: ["Мұндай сағат белдеуі жоқ.", "Такого часового пояса нет.", "There is no such time zone."],
        always_closed: [
            "Кітапхана аптаның жеті күні де жабық бола алмайды: ешнәрсенің мерзімі болмас еді.",
            "Библиотека не может быть закрыта все семь дней: тогда ничего нельзя было бы вернуть в срок.",
            "The library cannot be closed on all seven weekdays: nothing could ever be due.",
        ],
        bad_day: [
            "«{day}» – күн емес. Мысалы: 2027-05-25.",
            "«{day}» – не дата. Например: 2027-05-25.",
            "“{day}” is no day. One is 2027-05-25.",
        ],
        turned: [
            "{first} – {last}: соңғы күні біріншісінен бұрын.",
            "{first} – {last}: последний день раньше первого.",
            "{first} – {last}: the last day is before the first.",
        ],
        closed_too_long: [
            "{first} – {last}: бір жылдан ұзақ.",
            "{first} – {last}: дольше года.",
            "{first} – {last}: longer than a year.",
        ],
        weekdays: ["Дс Сс Ср Бс Жм Сб Жс", "Пн Вт Ср Чт Пт Сб Вс", "Mo Tu We Th Fr Sa Su"],
        months: [
            "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
            "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
            "January February March April May June July August September October November December",
        ],
    }
}
