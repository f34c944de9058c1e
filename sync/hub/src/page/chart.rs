//! Small charts as SVG that stands in the page: no script, no picture from elsewhere.

use crate::store::DayCounts;
use exchange::Day;

/// Of one day of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// Where its first bar begins, from the left.
    pub(super) x: usize,
    /// Where its second bar begins.
    pub(super) x2: usize,
    /// Where its name is centred.
    pub(super) middle: usize,
    /// Height and upper end of the first bar.
    pub(super) first: (u64, u64),
    /// Height and upper end of the second bar.
    pub(super) second: (u64, u64),
    /// The day of the month.
    pub(super) name: String,
    /// Day and numbers, for those who point at it.
    pub(super) title: String,
}

/// Two bars for each day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// The days.
    pub(super) bars: Vec<Bar>,
    /// How wide it is.
    pub(super) width: usize,
    /// The most of a day.
    pub(super) top: u64,
}

/// How wide a day is.
const STEP: usize = 24;

/// How wide a bar is.
pub(super) const BAR: usize = 9;

/// How high the highest bar is.
const HEIGHT: u64 = 80;

/// Where bars stand on.
pub(super) const GROUND: u64 = 92;

/// Loans and returns of days; `names` are what the two are called.
pub(super) fn lent_and_returned(days: &[(Day, DayCounts)], names: [&str; 2]) -> Chart {
    let most = days.iter().map(|(_, day)| day.lent.max(day.returned)).max().unwrap_or(0);
    let height = |count: u64| {
        // What happened once is still seen.
        let height = (count * HEIGHT).checked_div(most).unwrap_or(0).max(u64::from(count > 0) * 2);
        (height, GROUND - height)
    };
    let bar = |(n, (day, counts)): (usize, &(Day, DayCounts))| {
        let x = 20 + n * STEP;
        Bar {
            x,
            x2: x + BAR + 1,
            middle: x + BAR,
            first: height(counts.lent),
            second: height(counts.returned),
            name: day.ymd().2.to_string(),
            title: format!(
                "{}: {} {}, {} {}",
                super::when::day_text(*day),
                names[0].to_lowercase(),
                counts.lent,
                names[1].to_lowercase(),
                counts.returned
            ),
        }
    };
    Chart { bars: days.iter().enumerate().map(bar).collect(), width: 24 + days.len() * STEP, top: most }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_day_fills_the_chart_and_one_is_still_seen() {
        let day = |lent, returned| DayCounts { lent, returned, ..DayCounts::default() };
        let days = [(Day(20_697), day(1_000, 1)), (Day(20_698), day(0, 500))];
        let chart = lent_and_returned(&days, ["Lent", "Returned"]);
        assert_eq!(chart.bars[0].first, (HEIGHT, GROUND - HEIGHT));
        assert_eq!(chart.bars[0].second.0, 2);
        assert_eq!(chart.bars[1].first.0, 0);
        assert_eq!(chart.bars[1].second.0, HEIGHT / 2);
        assert_eq!(chart.bars[1].title, "02.09.2026: lent 0, returned 500");
        assert_eq!(lent_and_returned(&[], ["", ""]).bars, []);
    }
}
