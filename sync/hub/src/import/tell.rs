//! Faults of files and rows in the three languages. English is what the types say themselves.

use super::{FileFault, MOST_LEN, RowFault};
use exchange::Lang;

/// What is wrong with a file, in a language.
pub fn file_fault(lang: Lang, fault: &FileFault) -> String {
    match lang {
        Lang::En => fault.to_string(),
        Lang::Ru => file_fault_ru(fault),
        Lang::Kk => file_fault_kk(fault),
    }
}

/// What is wrong with a row, in a language.
pub fn row_fault(lang: Lang, fault: &RowFault) -> String {
    match lang {
        Lang::En => fault.to_string(),
        Lang::Ru => row_fault_ru(fault),
        Lang::Kk => row_fault_kk(fault),
    }
}

/// What a column stands for, in a language; `what` is as [`super::ReadColumn`] has it.
pub fn column(lang: Lang, what: &str) -> &str {
    let known = COLUMNS.iter().find(|(en, ..)| *en == what);
    match (lang, known) {
        (Lang::Kk, Some((_, kk, _))) => kk,
        (Lang::Ru, Some((_, _, ru))) => ru,
        (Lang::En, _) | (_, None) => what,
    }
}

const COLUMNS: [(&str, &str, &str); 18] = [
    ("the class", "сынып", "класс"),
    ("the language of instruction", "оқыту тілі", "язык обучения"),
    ("the card", "оқырман билеті", "читательский билет"),
    ("the family name", "тегі", "фамилия"),
    ("the first name", "аты", "имя"),
    ("the whole name", "аты-жөні", "фамилия и имя"),
    ("the sort of patron", "оқырман санаты", "категория читателя"),
    ("the PIN", "PIN-код", "ПИН-код"),
    ("the block", "шектеу", "блокировка"),
    ("the last day", "жарамдылық мерзімі", "срок действия"),
    ("the language", "тілі", "язык"),
    ("the number on the label", "дана нөмірі", "номер экземпляра"),
    ("the title", "басылым атауы", "название издания"),
    ("the ISBN", "ISBN", "ISBN"),
    ("the state", "күйі", "состояние"),
    ("the author", "авторы", "автор"),
    ("the year", "жылы", "год издания"),
    ("the sort of title", "басылым түрі", "вид издания"),
];

fn file_fault_ru(fault: &FileFault) -> String {
    let most = MOST_LEN >> 20;
    match fault {
        FileFault::TooLong => format!("файл больше {most} МБ; разделите его на части"),
        FileFault::TooManyLines => "в файле больше миллиона строк; разделите его на части".into(),
        FileFault::NotText => "это веб-страница или другой файл, не CSV и не XLSX: откройте его в табличной программе и сохраните таблицу как XLSX".into(),
        FileFault::OldWorkbook => "это книга старого вида (.xls) или защищённая паролем: откройте её и сохраните как XLSX без пароля".into(),
        FileFault::BrokenWorkbook => "файл похож на книгу XLSX, но не читается: откройте его в табличной программе и сохраните заново как XLSX".into(),
        FileFault::Unpacked => "книга распаковывается в больший объём, чем бывает у школьных таблиц: скопируйте таблицу в новую книгу".into(),
        FileFault::NoTable { sheets, example } => {
            format!("ни на одном листе книги ({sheets}) нет строки с известными названиями столбцов, например: {example}")
        }
        FileFault::Encoding => "это не UTF-8, не UTF-16 и не кириллица Windows: сохраните таблицу как XLSX или CSV (UTF-8)".into(),
        FileFault::Empty(example) => format!("файл пуст; первая строка должна называть столбцы, например: {example}"),
        FileFault::NoHeader { example, .. } => {
            format!("первая строка не называет известных столбцов; впишите туда названия, например: {example}")
        }
        FileFault::LongHeader => "первая строка слишком длинная для списка столбцов".into(),
        FileFault::OpenHeader => "в первой строке открыта кавычка и не закрыта: удалите её".into(),
        FileFault::LostLetters => "буквы потеряны и стоят вопросительными знаками даже в первой строке: сохраните таблицу как XLSX".into(),
        FileFault::NoColumn { what, found, accepted } => format!(
            "в строке названий нет столбца «{}»; в ней есть: {found}. Подошло бы любое из названий: {accepted}",
            column(Lang::Ru, what)
        ),
        FileFault::TwoColumns { what, first, second } => format!(
            "столбцы «{first}» и «{second}» оба означают «{}»; удалите один из них",
            column(Lang::Ru, what)
        ),
        FileFault::IinColumn { name, what } => format!(
            "в столбце «{name}» ожидается «{}», а стоят ИИН; ИИН здесь не хранятся",
            column(Lang::Ru, what)
        ),
    }
}

fn file_fault_kk(fault: &FileFault) -> String {
    let most = MOST_LEN >> 20;
    match fault {
        FileFault::TooLong => format!("файл {most} МБ-тан үлкен; оны бөліктерге бөліңіз"),
        FileFault::TooManyLines => "файлда миллионнан көп жол бар; оны бөліктерге бөліңіз".into(),
        FileFault::NotText => "бұл веб-бет немесе басқа файл, CSV де, XLSX те емес: оны кесте бағдарламасында ашып, XLSX түрінде сақтаңыз".into(),
        FileFault::OldWorkbook => "бұл ескі түрдегі (.xls) немесе құпиясөзбен қорғалған кітап: оны ашып, құпиясөзсіз XLSX түрінде сақтаңыз".into(),
        FileFault::BrokenWorkbook => "файл XLSX кітабына ұқсайды, бірақ оқылмайды: оны кесте бағдарламасында ашып, XLSX түрінде қайта сақтаңыз".into(),
        FileFault::Unpacked => "кітап мектеп кестелерінен әлдеқайда үлкен: кестені жаңа кітапқа көшіріңіз".into(),
        FileFault::NoTable { sheets, example } => {
            format!("кітаптың бірде-бір парағында ({sheets}) белгілі баған атаулары бар жол жоқ, мысалы: {example}")
        }
        FileFault::Encoding => "бұл UTF-8 де, UTF-16 да, Windows кириллицасы да емес: кестені XLSX немесе CSV (UTF-8) түрінде сақтаңыз".into(),
        FileFault::Empty(example) => format!("файл бос; бірінші жолда баған атаулары тұруы керек, мысалы: {example}"),
        FileFault::NoHeader { example, .. } => {
            format!("бірінші жолда белгілі баған атаулары жоқ; сонда атауларды жазыңыз, мысалы: {example}")
        }
        FileFault::LongHeader => "бірінші жол баған атаулары үшін тым ұзын".into(),
        FileFault::OpenHeader => "бірінші жолда ашылған тырнақша жабылмаған: оны өшіріңіз".into(),
        FileFault::LostLetters => "әріптер жоғалып, орнында сұрақ белгілері тұр, бірінші жолда да: кестені XLSX түрінде сақтаңыз".into(),
        FileFault::NoColumn { what, found, accepted } => format!(
            "атаулар жолында «{}» бағаны жоқ; онда мыналар бар: {found}. Мына атаулардың кез келгені жарайды: {accepted}",
            column(Lang::Kk, what)
        ),
        FileFault::TwoColumns { what, first, second } => format!(
            "«{first}» және «{second}» бағандарының екеуі де «{}» дегенді білдіреді; бірін өшіріңіз",
            column(Lang::Kk, what)
        ),
        FileFault::IinColumn { name, what } => format!(
            "«{name}» бағанында «{}» тұруы керек, ал онда ЖСН тұр; ЖСН мұнда сақталмайды",
            column(Lang::Kk, what)
        ),
    }
}

fn row_fault_ru(fault: &RowFault) -> String {
    match fault {
        RowFault::TooFewFields { found, expected } => {
            format!(
                "полей {found}, а в первой строке {expected}: не хватает разделителя или строка разорвана"
            )
        }
        RowFault::TooManyFields { found, expected } => {
            format!(
                "полей {found}, а в первой строке {expected}: две строки слились или поле нужно взять в кавычки"
            )
        }
        RowFault::OpenQuote => "открыта кавычка и не закрыта: удалите или закройте её".into(),
        RowFault::LongLine(len) => format!("в одной строке {len} байт: не хватает переводов строк"),
        RowFault::Empty => "пусто, а нужно".into(),
        RowFault::TooLong(len) => format!("знаков {len}, можно не больше {}", super::cells::MOST_CHARS),
        RowFault::Control => "содержит управляющий знак; наберите заново".into(),
        RowFault::Bar => {
            "содержит знак |, который разделяет поля в библиотечных системах; замените его".into()
        }
        RowFault::Formula => {
            "содержит формулу или её ошибку, а не значение: вставьте столбец как значения".into()
        }
        RowFault::LostLetters => {
            "буквы потеряны и стоят вопросительными знаками: сохраните таблицу как XLSX".into()
        }
        RowFault::Rounded => {
            "таблица округлила число, цифры потеряны: задайте столбцу формат «Текст» и наберите заново".into()
        }
        RowFault::BecameDate => {
            "таблица превратила это в дату: задайте столбцу формат «Текст» и наберите заново".into()
        }
        RowFault::WholeName(shown) => format!("{shown}: нужны фамилия и имя, в этом порядке"),
        RowFault::Class(shown) => {
            format!("{shown} не похоже на класс; ожидается, например, 7 «А», 7А или 7-А")
        }
        RowFault::UnknownClass(shown) => {
            format!("класса {shown} нет; сначала загрузите классы или исправьте название")
        }
        RowFault::Number(shown) => {
            format!(
                "{shown} не номер экземпляра или билета: нужны латинские буквы, цифры и знаки, от 1 до 64, без пробелов"
            )
        }
        RowFault::Iin => {
            "содержит ИИН, который здесь не хранится: удалите его, а билету дайте номер, напечатанный на нём"
                .into()
        }
        RowFault::Date(shown) => format!("{shown} не дата; ожидается, например, 2027-05-25 или 25.05.2027"),
        RowFault::Isbn(shown) => {
            format!("{shown} не ISBN: нужны 13 цифр с 978 или 979 в начале или 10 знаков")
        }
        RowFault::IsbnCheck(shown) => format!("контрольная цифра ISBN {shown} неверна: сверьте с книгой"),
        RowFault::Year(shown) => format!("{shown} не год"),
        RowFault::Word { found, expected } => format!("{found} непонятно; ожидается одно из: {expected}"),
        RowFault::Pin => {
            "ПИН-код состоит из 4–6 цифр; если таблица убрала ноль в начале, задайте столбцу формат «Текст»"
                .into()
        }
        RowFault::NoWayIn => "нет ни билета, ни ПИН-кода: читатель не сможет назвать себя".into(),
        RowFault::Twice(line) => format!("то же, что в строке {line}; одна из двух неверна"),
        RowFault::UnknownTitle(shown) => {
            format!(
                "издания с таким ISBN или названием нет ({shown}); сначала загрузите издания или исправьте"
            )
        }
        RowFault::AmbiguousTitle(shown) => format!("изданий с названием {shown} несколько; укажите ISBN"),
    }
}

fn row_fault_kk(fault: &RowFault) -> String {
    match fault {
        RowFault::TooFewFields { found, expected } => {
            format!("{found} өріс бар, бірінші жолда {expected}: бөлгіш жетпейді немесе жол үзілген")
        }
        RowFault::TooManyFields { found, expected } => {
            format!(
                "{found} өріс бар, бірінші жолда {expected}: екі жол қосылып кеткен немесе өрісті тырнақшаға алу керек"
            )
        }
        RowFault::OpenQuote => "ашылған тырнақша жабылмаған: оны өшіріңіз немесе жабыңыз".into(),
        RowFault::LongLine(len) => format!("бір жолда {len} байт бар: жол ауыстыру жетпейді"),
        RowFault::Empty => "бос тұр, ал ол керек".into(),
        RowFault::TooLong(len) => format!("{len} таңба бар, ең көбі {}", super::cells::MOST_CHARS),
        RowFault::Control => "басқару таңбасы бар; қайта теріңіз".into(),
        RowFault::Bar => "| таңбасы бар, ол кітапхана жүйелерінде өрістерді бөледі; басқасын жазыңыз".into(),
        RowFault::Formula => "мән емес, формула немесе оның қатесі тұр: бағанды мән ретінде қойыңыз".into(),
        RowFault::LostLetters => {
            "әріптер жоғалып, орнында сұрақ белгілері тұр: кестені XLSX түрінде сақтаңыз".into()
        }
        RowFault::Rounded => {
            "кесте санды дөңгелектеп, цифрлары жоғалған: бағанға «Мәтін» пішімін беріп, қайта теріңіз".into()
        }
        RowFault::BecameDate => {
            "кесте мұны күнге айналдырған: бағанға «Мәтін» пішімін беріп, қайта теріңіз".into()
        }
        RowFault::WholeName(shown) => format!("{shown}: тегі мен аты керек, осы ретпен"),
        RowFault::Class(shown) => {
            format!("{shown} сыныпқа ұқсамайды; мысалы 7 «А», 7А немесе 7-А деп жазыңыз")
        }
        RowFault::UnknownClass(shown) => {
            format!("{shown} деген сынып жоқ; алдымен сыныптарды жүктеңіз немесе атауын түзетіңіз")
        }
        RowFault::Number(shown) => {
            format!(
                "{shown} дана не билет нөмірі емес: бос орынсыз 1-ден 64-ке дейін латын әрпі, цифр не белгі керек"
            )
        }
        RowFault::Iin => {
            "ЖСН тұр, ол мұнда сақталмайды: оны өшіріп, билетке өзінде басылған нөмірді беріңіз".into()
        }
        RowFault::Date(shown) => format!("{shown} күн емес; мысалы 2027-05-25 немесе 25.05.2027 деп жазыңыз"),
        RowFault::Isbn(shown) => {
            format!("{shown} ISBN емес: 978 не 979-дан басталатын 13 цифр немесе 10 таңба керек")
        }
        RowFault::IsbnCheck(shown) => format!("ISBN {shown} бақылау цифры қате: кітаппен салыстырыңыз"),
        RowFault::Year(shown) => format!("{shown} жыл емес"),
        RowFault::Word { found, expected } => {
            format!("{found} түсініксіз; мыналардың бірі керек: {expected}")
        }
        RowFault::Pin => {
            "PIN-код 4–6 цифрдан тұрады; кесте алдыңғы нөлді алып тастаса, бағанға «Мәтін» пішімін беріңіз"
                .into()
        }
        RowFault::NoWayIn => "билет те, PIN-код та жоқ: оқырман өзін таныта алмайды".into(),
        RowFault::Twice(line) => format!("{line}-жолдағымен бірдей; екеуінің бірі қате"),
        RowFault::UnknownTitle(shown) => {
            format!(
                "мұндай ISBN не атауы бар басылым жоқ ({shown}); алдымен басылымдарды жүктеңіз немесе түзетіңіз"
            )
        }
        RowFault::AmbiguousTitle(shown) => format!("{shown} атты бірнеше басылым бар; ISBN жазыңыз"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{classes, items, patrons, titles};

    #[test]
    fn every_column_has_its_words() {
        let all =
            classes::COLUMNS.iter().chain(&patrons::COLUMNS).chain(&titles::COLUMNS).chain(&items::COLUMNS);
        for one in all {
            for lang in [Lang::Kk, Lang::Ru] {
                assert!(one.what == "the ISBN" || column(lang, one.what) != one.what, "{}", one.what);
            }
        }
    }

    #[test]
    fn faults_are_told_in_every_language_and_repeat_no_iin() {
        let fault = RowFault::UnknownClass(crate::import::Shown::of_person("100101500002"));
        for (lang, words) in
            [(Lang::Kk, "деген сынып жоқ"), (Lang::Ru, "класса"), (Lang::En, "there is no class")]
        {
            let told = row_fault(lang, &fault);
            assert!(told.contains(words) && !told.contains("100101500002"), "{told}");
        }
    }
}
