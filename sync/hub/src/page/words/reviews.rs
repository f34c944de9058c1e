//! Reviews.

words! {
    /// Reviews.
    Reviews {
        waiting: ["Шешімді күтеді", "Ждут решения", "Waiting"],
        decided_ones: ["Шешілгендері", "Решённые", "Decided"],
        nothing: [
            "Шешімді ештеңе күтпейді.",
            "Решения ничто не ждёт.",
            "Nothing waits for a decision.",
        ],
        none_decided: ["Әзірге ештеңе шешілмеген.", "Пока ничего не решено.", "Nothing was decided yet."],
        all_kinds: ["барлығы", "все", "all"],
        usual: ["әдетте осылай", "обычно так", "usual"],
        in_force: [
            "Шешілгенше жүйе ұсынысты қолданады.",
            "Пока не решено, действует предложение.",
            "Until it is decided, the proposal is in force.",
        ],
        accept: ["Қабылдау", "Принять", "Accept"],
        reject: ["Қабылдамау", "Отклонить", "Reject"],
        take_back: ["Шешімді кері қайтару", "Отменить решение", "Take the decision back"],
        accepted_by: ["{who} қабылдады, {when}", "принято: {who}, {when}", "accepted by {who}, {when}"],
        rejected_by: [
            "{who} қабылдамады, {when}",
            "отклонено: {who}, {when}",
            "rejected by {who}, {when}",
        ],
        review_gone: [
            "Бұл тексеру енді жоқ: кейін келген хабарлама оны түсіндірді.",
            "Этого разбора больше нет: его объяснило более позднее сообщение.",
            "This review is gone: a later message has explained it.",
        ],
        decided_already: [
            "Мұны {who} шешіп қойған. Алдымен сол шешімді кері қайтарыңыз.",
            "Это уже решено: {who}. Сначала отмените то решение.",
            "This was decided already by {who}. Take that decision back first.",
        ],
        not_decided: [
            "Бұл тексеру әлі шешілмеген.",
            "Этот разбор ещё не решён.",
            "This review was not decided yet.",
        ],
        story: ["Не болды", "Что было", "What happened"],
        lent_twice_accept: [
            "{book} {who} қолында деп саналады. {other} алған беру жабылады.",
            "{book} числится за: {who}. Выдача читателю {other} закрывается.",
            "{book} counts as being with {who}. The loan of {other} is closed.",
        ],
        lent_twice_reject: [
            "{book} {other} қолында қалады. {who} алған беру саналмайды.",
            "{book} остаётся за: {other}. Выдача читателю {who} не считается.",
            "{book} stays with {other}. The loan of {who} does not count.",
        ],
        unknown_item_accept: [
            "Беру {who} атында тіркеулі қалады. № {number} кітапты каталогқа қосыңыз.",
            "Выдача остаётся записанной на: {who}. Внесите книгу № {number} в каталог.",
            "The loan stays on record for {who}. Add the book no. {number} to the catalogue.",
        ],
        unknown_item_reject: [
            "{who} атындағы беру саналмайды: № {number} ешкімнің қолында емес.",
            "Выдача на {who} не считается: № {number} ни за кем не числится.",
            "The loan of {who} does not count: no. {number} is with nobody.",
        ],
        unknown_patron_accept: [
            "{book} оқырман № {number} атында тіркеулі қалады. Оқырманды тізімге қосыңыз.",
            "{book} остаётся за читателем № {number}. Внесите читателя в список.",
            "{book} stays on record for patron no. {number}. Add the patron to the list.",
        ],
        unknown_patron_reject: [
            "Беру саналмайды: {book} ешкімнің қолында емес.",
            "Выдача не считается: {book} ни за кем не числится.",
            "The loan does not count: {book} is with nobody.",
        ],
        renewed_closed_accept: [
            "{book} қайтарылған деп саналады. Ұзарту саналмайды.",
            "{book} считается возвращённой. Продление не считается.",
            "{book} counts as returned. The renewal does not count.",
        ],
        renewed_closed_reject: [
            "{book} {who} қолында деп саналады, {due} дейін.",
            "{book} числится за: {who}, до {due}.",
            "{book} counts as being with {who}, until {due}.",
        ],
        together_title: ["Бәрін бірге шешу", "Решить вместе", "Decide together"],
        together_accept: [
            "Осындай {count} ұсынысты бірге қабылдау…",
            "Принять вместе все такие: {count}…",
            "Accept all {count} of this kind…",
        ],
        together_hint: [
            "Әрқайсысының салдарын қараңыз. Қажет емесінің белгісін алып тастаңыз.",
            "Посмотрите, что станет с каждым. Снимите отметку с тех, которые решать не надо.",
            "Look at what becomes of each. Untick those that should wait.",
        ],
        together_do_accept: ["Белгіленгендерін қабылдау", "Принять отмеченные", "Accept those ticked"],
        together_do_reject: ["Белгіленгендерін қабылдамау", "Отклонить отмеченные", "Reject those ticked"],
        together_none: [
            "Ештеңе белгіленбеген, әлде бәрі шешіліп қойған.",
            "Ничего не отмечено, или всё уже решено.",
            "Nothing was ticked, or all of it was decided meanwhile.",
        ],
        group_accepted: [
            "{who} {count} ұсынысты бірге қабылдады, {when}",
            "{who}: принято вместе {count}, {when}",
            "{who} accepted {count} together, {when}",
        ],
        group_rejected: [
            "{who} {count} ұсынысты бірге қабылдамады, {when}",
            "{who}: отклонено вместе {count}, {when}",
            "{who} rejected {count} together, {when}",
        ],
        group_take_back: ["Бәрін кері қайтару", "Отменить все", "Take all of them back"],
        first_of: [
            "Алғашқы {count} көрсетілген.",
            "Показаны первые {count}.",
            "The first {count} are shown.",
        ],
    }
}
