//! What every page says.

words! {
    /// What every page says.
    Frame {
        region: ["Аймақтық жүйе", "Региональная система", "Regional system"],
        sign_out: ["Шығу", "Выйти", "Sign out"],
        not_yours: [
            "Бұл бет сіздің рөліңізге ашылмайды. Әкімшіге айтыңыз.",
            "Эта страница не открывается для вашей роли. Скажите администратору.",
            "Your role does not open this page. Tell the administrator.",
        ],
        choose_school: ["Мектеп", "Школа", "School"],
        show: ["Көрсету", "Показать", "Show"],
        bad_address: [
            "Бұл мекенжайды түсіну мүмкін болмады. Артқа қайтып, сілтемені қайта басыңыз.",
            "Этот адрес непонятен. Вернитесь назад и нажмите на ссылку ещё раз.",
            "This address cannot be understood. Go back, and follow the link again.",
        ],
        not_found: ["Мұндай бет жоқ.", "Такой страницы нет.", "There is no such page."],
        bad_form: [
            "Бұл нысан ескірген. Бетті жаңартып, қайталаңыз.",
            "Эта форма устарела. Обновите страницу и повторите.",
            "This form is out of date. Load the page again and repeat.",
        ],
        store_fault: [
            "Аймақтық жүйе қазір жаза алмайды. Кейінірек қайталаңыз.",
            "Региональная система сейчас не может записывать. Повторите позже.",
            "The regional system cannot write at the moment. Try again later.",
        ],
        back: ["Артқа", "Назад", "Back"],
        older: ["Бұрынғылары", "Более ранние", "Older"],
        overview: ["Шолу", "Обзор", "Overview"],
        reviews: ["Тексеру", "Разбор", "Reviews"],
        receipt: ["Түбіртек", "Чек", "Receipt"],
        stations: ["Станциялар", "Станции", "Stations"],
        more: ["Келесі", "Дальше", "Next"],
        to_content: ["Мазмұнға өту", "К содержанию", "Skip to content"],
        menu: ["Мәзір", "Меню", "Menu"],
        overdue: ["Мерзімі өткендер", "Просроченные", "Overdue"],
        import: ["Файлдан алу", "Загрузка из файла", "Import"],
        rules: ["Ережелер", "Правила", "Rules"],
        calendar: ["Күнтізбе", "Календарь", "Calendar"],
        notices: ["Хабарландырулар", "Объявления", "Notices"],
        enrolment: ["Станция қосу", "Подключение", "Joining"],
        audit: ["Кім не істеді", "Кто что делал", "Who did what"],
        api_tokens: ["API кілттері", "Ключи API", "API tokens"],
        export: ["Файлға шығару", "Выгрузка", "Export"],
        group_daily: ["Күнделікті", "Каждый день", "Every day"],
        group_school: ["Мектеп", "Школа", "School"],
        group_machines: ["Техника", "Техника", "Machines"],
        group_oversight: ["Бақылау", "Контроль", "Oversight"],
        search: ["Іздеу", "Найти", "Search"],
        cancel: ["Болдырмау", "Отмена", "Cancel"],
        too_long: [
            "Жіберілген нысан тым үлкен.",
            "Отправленная форма слишком велика.",
            "The form that was sent is too long.",
        ],
    }
}
