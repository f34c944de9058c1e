//! Moments and ages.

words! {
    /// Moments and ages.
    When {
        yesterday: ["кеше, {time}", "вчера, {time}", "yesterday, {time}"],
        just_now: ["жаңа ғана", "только что", "just now"],
        minutes_ago: ["{count} мин бұрын", "{count} мин назад", "{count} min ago"],
        hours_ago: ["{count} сағ бұрын", "{count} ч назад", "{count} h ago"],
        days_ago: ["{count} күн бұрын", "{count} дн. назад", "{count} d ago"],
        minutes: ["{count} мин", "{count} мин", "{count} min"],
        hours: ["{count} сағ", "{count} ч", "{count} h"],
        days: ["{count} күн", "{count} дн.", "{count} d"],
    }
}
