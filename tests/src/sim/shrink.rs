//! Makes the plan of a failing seed short: steps are left out as long as the same invariant does not hold.

use super::plan::Step;
use super::run::{Failure, Scale, play};
use std::path::Path;

/// Leaves out what can be left out; plays at most `most` times. Gives the steps that are left, and how it fails then, told.
pub fn shrink(
    steps: &[Step],
    scale: &Scale,
    failure: &Failure,
    dir: &Path,
    most: usize,
) -> (Vec<Step>, Failure) {
    let mut left: Vec<Step> = steps.get(..=failure.step).unwrap_or(steps).to_vec();
    let mut best = failure.clone();
    let mut plays = 0;
    let mut part = left.len().div_ceil(2);
    while part > 0 && plays < most {
        let (mut at, mut shorter) = (0, false);
        while at < left.len() && plays < most {
            let mut fewer = left.clone();
            fewer.drain(at..(at + part).min(fewer.len()));
            plays += 1;
            match play(&fewer, scale, dir, false) {
                Err(failed) if failed.broken.invariant == failure.broken.invariant => {
                    fewer.truncate(failed.step + 1);
                    (left, best, shorter) = (fewer, *failed, true);
                }
                Err(_) | Ok(_) => at += part,
            }
        }
        if part == 1 && !shorter {
            break;
        }
        part = if part == 1 { 1 } else { part.div_ceil(2) };
    }
    match play(&left, scale, dir, true) {
        Err(told) => (left, *told),
        Ok(_) => (left, best),
    }
}
