//! Checking a receipt.

words! {
    /// Checking a receipt.
    Receipt {
        receipt_hint: [
            "Түбіртектегі QR кодты сканерлеңіз немесе цифрларын теріңіз.",
            "Отсканируйте QR-код чека или введите его цифры.",
            "Scan the QR code of the receipt, or type its digits.",
        ],
        receipt_check: ["Тексеру", "Проверить", "Check"],
        receipt_genuine: [
            "Түбіртек шын: оны {station} станциясы {when} басып шығарған.",
            "Чек настоящий: его выдала станция {station}, {when}.",
            "The receipt is genuine: station {station} printed it, {when}.",
        ],
        receipt_same: ["аймақта бар; {fate}", "в регионе есть; {fate}", "the region has it; {fate}"],
        receipt_not_yet: [
            "станция мұны әлі жібермеген; түбіртек – дәлел",
            "станция этого ещё не прислала; чек это доказывает",
            "the station has not sent it yet; the receipt proves it",
        ],
        receipt_other: [
            "аймақта бұл орында басқа оқиға тұр: станцияны тексеріңіз",
            "в регионе на этом месте другое событие: проверьте станцию",
            "the region has another event in this place: look at the station",
        ],
        receipt_lent: [
            "Берілді: {book}, {due} дейін",
            "Выдано: {book}, до {due}",
            "Lent: {book}, until {due}",
        ],
        receipt_renewed: [
            "Мерзімі ұзартылды: {book}, {due} дейін",
            "Продлено: {book}, до {due}",
            "Renewed: {book}, until {due}",
        ],
        receipt_none: [
            "Бұл – станцияның түбіртегі емес.",
            "Это не чек станции.",
            "This is no receipt of a station.",
        ],
        receipt_damaged: [
            "Код толық оқылмады немесе бүлінген. Қайта сканерлеңіз.",
            "Код прочитан не полностью или повреждён. Отсканируйте ещё раз.",
            "The code is cut short or damaged. Scan it again.",
        ],
        receipt_newer: [
            "Түбіртекті жаңарақ нұсқа басып шығарған: осы жүйені жаңартыңыз.",
            "Чек напечатан более новой версией: обновите эту систему.",
            "A newer version printed the receipt: update this system.",
        ],
        receipt_false: [
            "Түбіртек жалған: {station} станциясы мұндай түбіртек басып шығармаған.",
            "Чек поддельный: станция {station} такого чека не выдавала.",
            "The receipt is false: station {station} did not print it.",
        ],
        what: ["Не болды", "Что произошло", "What happened"],
        fate: ["Нәтижесі", "Что стало", "What became of it"],
    }
}
