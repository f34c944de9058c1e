//! Stations that join.

words! {
    /// Stations that join.
    Enrolment {
        join_by_code: [
            "Станция экранындағы кодты жазыңыз",
            "Напишите код с экрана станции",
            "Write the code on the station’s screen",
        ],
        pending: ["Рұқсат күтетін станциялар", "Станции, ждущие разрешения", "Stations waiting for approval"],
        pending_hint: [
            "Кодты станцияның экранындағы кодпен салыстырыңыз.",
            "Сверьте код с кодом на экране станции.",
            "Compare the code with the one on the station’s screen.",
        ],
        nobody_waits: ["Ешбір станция рұқсат күтіп тұрған жоқ.", "Ни одна станция не ждёт разрешения.", "No station waits."],
        approve: ["Рұқсат беру", "Разрешить", "Approve"],
        refuse: ["Бас тарту", "Отказать", "Refuse"],
        code_unknown: [
            "Мұндай кодпен күтіп тұрған станция жоқ. Станцияның экранын қараңыз.",
            "Ни одна станция не ждёт с таким кодом. Посмотрите на экран станции.",
            "No station waits with this code. Look at the station’s screen.",
        ],
    }
}
