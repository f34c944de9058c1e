//! The words on a receipt, in the three languages.

use exchange::Lang;

/// In one language.
pub(super) struct Words {
    pub lent: &'static str,
    pub returned: &'static str,
    pub renewed: &'static str,
    pub no_title: &'static str,
    /// Under the code.
    pub code: &'static str,
    /// Until a date.
    pub due: fn(&str) -> String,
}

impl Words {
    pub fn of(lang: Lang) -> Words {
        match lang {
            Lang::Kk => Words {
                lent: "Алған кітаптар",
                returned: "Қайтарған кітаптар",
                renewed: "Мерзімі ұзартылған",
                no_title: "Атауы белгісіз",
                code: "Түбіртекті кітапхана осы код арқылы тексереді.",
                due: |date| format!("мерзімі: {date}"),
            },
            Lang::Ru => Words {
                lent: "Взято",
                returned: "Возвращено",
                renewed: "Продлено",
                no_title: "Название неизвестно",
                code: "По этому коду библиотека проверит чек.",
                due: |date| format!("вернуть до {date}"),
            },
            Lang::En => Words {
                lent: "Taken",
                returned: "Returned",
                renewed: "Renewed",
                no_title: "Unknown title",
                code: "The library can check this receipt by its code.",
                due: |date| format!("due {date}"),
            },
        }
    }
}
