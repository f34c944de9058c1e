//! Notices for the idle screens.

words! {
    /// Notices for the idle screens.
    Notices {
        title: ["Хабарландырулар", "Объявления", "Notices"],
        lead: [
            "Станция бос тұрғанда экранында ең жаңа хабарландыру көрінеді, оқырман таңдаған тілде.",
            "Когда станция свободна, на её экране видно самое новое объявление на выбранном языке.",
            "While a station is idle, its screen shows the newest notice, in the language that was chosen.",
        ],
        kazakh: ["Қазақша", "По-казахски", "In Kazakh"],
        russian: ["Орысша", "По-русски", "In Russian"],
        english: ["Ағылшынша", "По-английски", "In English"],
        until: ["Соңғы күні", "Последний день", "Last day"],
        hint: [
            "Ең көбі 12 қарапайым сөз.",
            "Не больше 12 простых слов.",
            "At most 12 everyday words.",
        ],
        put_up: ["Іліп қою", "Вывесить", "Put up"],
        take_down: ["Алып тастау", "Снять", "Take down"],
        up: ["Ілулі тұр", "Висят сейчас", "Up now"],
        shown: ["экранда осы тұр", "на экране это", "the screen shows this"],
        past: ["мерзімі өткен", "срок прошёл", "its last day is past"],
        none: ["Ілулі хабарландыру жоқ.", "Объявлений нет.", "There is no notice."],
        until_day: ["{day} дейін", "до {day}", "until {day}"],
        is_up: [
            "Хабарландыру ілінді; станцияларға келесі байланыста барады.",
            "Объявление вывешено; станции получат его при следующей связи.",
            "The notice is up; stations get it at their next call.",
        ],
        is_down: ["Хабарландыру алынды.", "Объявление снято.", "The notice is down."],
        empty: [
            "Үш тілдің бәрінде жазу керек.",
            "Нужен текст на всех трёх языках.",
            "All three languages need their words.",
        ],
        too_long: [
            "Тым ұзын: ең көбі 12 сөз және {most} әріп.",
            "Слишком длинно: не больше 12 слов и {most} букв.",
            "Too long: at most 12 words and {most} letters.",
        ],
        bad_day: [
            "Соңғы күні бүгін немесе одан кейін болуы керек.",
            "Последний день – сегодня или позже.",
            "The last day is today or later.",
        ],
        too_many: [
            "Хабарландыру тым көп: алдымен біреуін алыңыз.",
            "Объявлений слишком много: сначала снимите одно.",
            "There are too many notices: take one down first.",
        ],
    }
}
