//! What a signal is, step by step. The three differ by rhythm and pitch, not by colour alone.

/// What is to be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Meaning {
    /// It is done and durable.
    Yes,
    /// It was refused.
    No,
    /// Something wants to be looked at; nothing is wrong.
    Attention,
}

impl Meaning {
    /// All three.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::Attention];
}

/// A moment of a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// How long, in ms.
    pub ms: u16,
    /// The lamp for yes.
    pub yes_lamp: bool,
    /// The lamp for no.
    pub no_lamp: bool,
    /// The tone in hertz; 0 = none.
    pub hz: u16,
}

const fn step(ms: u16, yes_lamp: bool, no_lamp: bool, hz: u16) -> Step {
    Step { ms, yes_lamp, no_lamp, hz }
}

/// Two rising notes and a steady light.
const YES: [Step; 3] =
    [step(110, true, false, 784), step(190, true, false, 1_175), step(900, true, false, 0)];
/// One low note, and the other light blinks.
const NO: [Step; 6] = [
    step(200, false, true, 247),
    step(180, false, false, 247),
    step(200, false, true, 0),
    step(180, false, false, 0),
    step(200, false, true, 0),
    step(180, false, false, 0),
];
/// Two equal short notes, and both lights blink with them.
const ATTENTION: [Step; 4] = [
    step(100, true, true, 659),
    step(80, false, false, 0),
    step(100, true, true, 659),
    step(80, false, false, 0),
];

/// The steps of a signal. After the last one everything is off.
#[must_use]
pub fn plan(meaning: Meaning) -> &'static [Step] {
    match meaning {
        Meaning::Yes => &YES,
        Meaning::No => &NO,
        Meaning::Attention => &ATTENTION,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_differ_without_colour_and_sound_is_short() {
        let rhythm = |meaning| {
            plan(meaning).iter().map(|step| (step.yes_lamp || step.no_lamp, step.ms)).collect::<Vec<_>>()
        };
        let tune =
            |meaning| plan(meaning).iter().map(|step| step.hz).filter(|hz| *hz > 0).collect::<Vec<_>>();
        for (at, one) in Meaning::ALL.into_iter().enumerate() {
            let sounding: u32 =
                plan(one).iter().filter(|step| step.hz > 0).map(|step| u32::from(step.ms)).sum();
            assert!((100..=400).contains(&sounding), "{one:?}: {sounding} ms");
            for other in Meaning::ALL.into_iter().skip(at + 1) {
                assert_ne!(rhythm(one), rhythm(other));
                assert_ne!(tune(one), tune(other));
            }
        }
    }
}
