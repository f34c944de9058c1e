//! Events, patrons and books in sentences.

words! {
    /// Events, patrons and books in sentences.
    Tell {
        applied: ["қабылданды", "принято", "applied"],
        taken_back: ["кері қайтарылды", "отменено", "taken back"],
        in_review: ["тексеруде: {why}", "в разборе: {why}", "in review: {why}"],
        decided: ["шешілді: {why}", "решено: {why}", "decided: {why}"],
        did_start: [
            "Станция іске қосылды ({version})",
            "Станция запущена ({version})",
            "The station started ({version})",
        ],
        did_lend: [
            "{who} алды: {book}, {due} дейін",
            "Выдано: {who} — {book}, до {due}",
            "Lent to {who}: {book}, until {due}",
        ],
        did_return: ["Қайтарылды: {book}", "Возвращено: {book}", "Returned: {book}"],
        did_renew: [
            "{who} мерзімін ұзартты: {book}, {due} дейін",
            "Продлено: {who} — {book}, до {due}",
            "Renewed by {who}: {book}, until {due}",
        ],
        did_issue: [
            "{who} алды: {count} дана, {due} дейін",
            "Выдано: {who} — {count} экз., до {due}",
            "Given to {who}: {count} copies, until {due}",
        ],
        did_take_back_copies: [
            "{who} қайтарды: {count} дана",
            "Возвращено: {who} — {count} экз.",
            "Returned by {who}: {count} copies",
        ],
        did_undo: [
            "№ {seq} оқиға кері қайтарылды",
            "Отменено событие № {seq}",
            "Event {seq} was taken back",
        ],
        did_refuse: ["Бас тартылды: {why} {book}", "Отказано: {why} {book}", "Refused: {why} {book}"],
        did_decide_yes: [
            "Станцияда тексеру шешілді: ұсыныс қабылданды",
            "На станции решён разбор: предложение принято",
            "A review was decided at the station: the proposal was accepted",
        ],
        did_decide_no: [
            "Станцияда тексеру шешілді: ұсыныс қабылданбады",
            "На станции решён разбор: предложение отклонено",
            "A review was decided at the station: the proposal was rejected",
        ],
        did_set_clock: ["Сағат өзгертілді", "Часы переведены", "The clock was set"],
        did_unknown: [
            "Бұл нұсқаға белгісіз оқиға (түрі {kind})",
            "Событие, которого эта версия не знает (вид {kind})",
            "An event this version does not know (kind {kind})",
        ],
        unknown_patron: [
            "белгісіз оқырман (№ {number})",
            "неизвестный читатель (№ {number})",
            "unknown patron (no. {number})",
        ],
        unknown_item: [
            "белгісіз кітап (№ {number})",
            "неизвестная книга (№ {number})",
            "unknown book (no. {number})",
        ],
        unknown_title: ["каталогта жоқ кітап", "книги нет в каталоге", "not in the catalogue"],
    }
}
