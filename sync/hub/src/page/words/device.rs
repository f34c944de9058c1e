//! The device of a station.

words! {
    /// The device of a station.
    Device {
        title: ["Құрылғы", "Устройство", "Device"],
        open: ["Құрылғы: шеттету, ауыстыру", "Устройство: отключить, заменить", "Device: revoke, replace"],
        fingerprint: ["Кілт таңбасы", "Отпечаток ключа", "Fingerprint of its key"],
        fingerprint_hint: [
            "Станцияда «oqyrman enrol show» дәл осыны көрсетуі керек.",
            "На станции «oqyrman enrol show» должна показать то же самое.",
            "At the station, “oqyrman enrol show” prints the same.",
        ],
        revoked_because: [
            "{when} шеттетілді ({who}): {why}",
            "Отключена {when} ({who}): {why}",
            "Revoked {when} by {who}: {why}",
        ],
        former: ["Бұрынғы құрылғылар", "Прежние устройства", "Devices it had before"],
        replaced_because: [
            "{when} ауыстырылды ({who}): {why}",
            "Заменено {when} ({who}): {why}",
            "Replaced {when} by {who}: {why}",
        ],
        missing: [
            "Онда болған {count} оқиға келмей қалды.",
            "Событий, которые на нём были и не пришли: {count}.",
            "{count} events that it had never came.",
        ],
        replace: ["Құрылғыны ауыстыру", "Заменить устройство", "Replace the device"],
        replace_hint: [
            "Жаңа құрылғы экранындағы кодты жазыңыз. Ол станцияның нөмірін және берілген кітаптарын жалғастырады; ескісінен енді ештеңе қабылданбайды.",
            "Напишите код с экрана нового устройства. Оно продолжит номер станции и её выдачи; от старого больше ничего не принимается.",
            "Write the code on the new device’s screen. It carries the station’s number and its loans on; nothing is taken from the old one any more.",
        ],
        replace_do: ["Ауыстыру", "Заменить", "Replace"],
        revoke: ["Станцияны шеттету", "Отключить станцию", "Revoke the station"],
        revoke_hint: [
            "Ұрланса немесе енді сенімсіз болса. Одан ештеңе қабылданбайды, оған ештеңе айтылмайды. Қайтару мүмкін емес: станцияны басқа құрылғы ғана жалғастыра алады.",
            "Если она украдена или ей больше нельзя доверять. От неё ничего не принимается и ей ничего не сообщается. Отменить нельзя: продолжить станцию сможет только другое устройство.",
            "If it was stolen, or is not trusted any more. Nothing is taken from it and nothing is told to it. It cannot be undone: only another device can carry the station on.",
        ],
        revoke_do: ["Шеттету", "Отключить", "Revoke"],
        other_school: [
            "Өзгерту үшін алдымен жоғарыдан осы станцияның мектебін таңдаңыз.",
            "Чтобы что-то изменить, сначала выберите вверху школу этой станции.",
            "To change anything, first choose this station’s school above.",
        ],
    }
}
