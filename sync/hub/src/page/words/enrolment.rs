//! Stations that join.

words! {
    /// Stations that join.
    Enrolment {
        join_by_code: [
            "Станция экранындағы кодты жазыңыз",
            "Напишите код с экрана станции",
            "Write the code on the station’s screen",
        ],
        code: ["Код", "Код", "Code"],
        next: ["Әрі қарай", "Дальше", "Next"],
        pending_hint: [
            "Кодты станцияның экранындағы кодпен салыстырыңыз. Сәйкес келмесе, рұқсат бермеңіз.",
            "Сверьте код с кодом на экране станции. Если они разные, не разрешайте.",
            "Compare the code with the one on the station’s screen. If they differ, do not approve.",
        ],
        how_to_join: [
            "Жаңа станцияны қосып, желіге жалғаңыз: экранына код шығады, сол код осында да көрінеді. Желі болмаса, станция сұрауын флешкаға жазады.",
            "Включите новую станцию и подключите её к сети: на экране появится код, и тот же код появится здесь. Если сети нет, станция запишет запрос на флешку.",
            "Switch the new station on and connect it: a code stands on its screen, and the same code comes up here. Without a network it writes its question on a stick.",
        ],
        nobody_waits: ["Ешбір станция рұқсат күтіп тұрған жоқ.", "Ни одна станция не ждёт разрешения.", "No station waits."],
        fingerprint: ["Кілт таңбасы", "Отпечаток ключа", "Fingerprint of its key"],
        asked: ["Сұраған уақыты", "Спросила", "Asked"],
        by_stick: ["флешкамен", "на флешке", "on a stick"],
        by_stick_hint: [
            "Рұқсат бергеннен кейін флешканы аймақтың компьютеріне тағы бір рет салыңыз: жауап соған жазылады.",
            "После разрешения вставьте флешку в компьютер региона ещё раз: на неё запишется ответ.",
            "Once it is approved, put the stick into the region’s machine once more: the answer is left on it.",
        ],
        joins_as: ["Қалай қосылады", "Как подключить", "Joins as"],
        new_station: ["жаңа станция", "новая станция", "a new station"],
        in_place_of: ["{name} (№ {id}) орнына", "вместо «{name}» (№ {id})", "in place of {name} (№ {id})"],
        in_place_hint: [
            "Бұзылған станцияның орнына: жаңа құрылғы оның нөмірін және берілген кітаптарын жалғастырады, ескісінен ештеңе қабылданбайды.",
            "Вместо сломанной станции: новое устройство продолжит её номер и её выдачи, от старого больше ничего не принимается.",
            "In place of a broken station: the new device carries its number and its loans on, and nothing is taken from the old one.",
        ],
        why: ["Себебі", "Причина", "Reason"],
        why_needed: [
            "Себебін жазыңыз: кейін біреу сұрайды.",
            "Напишите причину: потом кто-нибудь спросит.",
            "Write the reason: somebody will ask later.",
        ],
        approve: ["Рұқсат беру", "Разрешить", "Approve"],
        refuse: ["Бас тарту", "Отказать", "Refuse"],
        code_unknown: [
            "Мұндай кодпен күтіп тұрған станция жоқ. Станцияның экранын қараңыз.",
            "Ни одна станция не ждёт с таким кодом. Посмотрите на экран станции.",
            "No station waits with this code. Look at the station’s screen.",
        ],
        no_station: [
            "Бұл мектепте ондай станция жоқ.",
            "В этой школе нет такой станции.",
            "This school has no such station.",
        ],
    }
}
