//! Which power cuts are tried: all where they are few, and where they are many those that have a reason, and some by
//! chance.

use crate::demo::chance::Chance;
use crate::vfs::platter::{Cut, Fate, Platter};

/// At most `limit` ways in which a power cut may go now: every one if there are no more than that.
pub fn cuts(platter: &Platter, limit: usize, chance: &mut Chance) -> Vec<Cut> {
    let pieces = platter.pieces().len();
    let names = platter.pending_names();
    let all = 3_usize.checked_pow(pieces as u32).and_then(|ways| ways.checked_mul(names + 1));
    if all.is_some_and(|all| all <= limit) {
        return (0..=names).flat_map(|names| every(names, pieces)).collect();
    }
    let mut cuts = with_a_reason(names, pieces);
    if cuts.len() > limit {
        // Those at the ends matter always: nothing got there, all of it did.
        let ends = [cuts.remove(0), cuts.remove(0)];
        while cuts.len() > limit / 2 {
            cuts.swap_remove(chance.below(cuts.len()));
        }
        cuts.extend(ends);
    }
    while cuts.len() < limit {
        cuts.push(by_chance(names, pieces, chance));
    }
    cuts
}

/// One way by chance.
pub(crate) fn by_chance(names: usize, pieces: usize, chance: &mut Chance) -> Cut {
    // Most is there, half is there, or little: each as likely.
    let kept = [2, 10, 18][chance.below(3)];
    let fates = (0..pieces)
        .map(|_| match chance.below(20) {
            0 => Fate::Torn,
            n if n <= kept => Fate::Kept,
            _ => Fate::Lost,
        })
        .collect();
    Cut { names: chance.below(names + 1), fates }
}

fn every(names: usize, pieces: usize) -> Vec<Cut> {
    let ways = 3_usize.pow(pieces as u32);
    let fate =
        |way: usize, piece: usize| [Fate::Lost, Fate::Kept, Fate::Torn][way / 3_usize.pow(piece as u32) % 3];
    (0..ways).map(|way| Cut { names, fates: (0..pieces).map(|piece| fate(way, piece)).collect() }).collect()
}

/// Nothing, all; every prefix, clean and with a torn end; all but one, only one; every prefix of the names.
fn with_a_reason(names: usize, pieces: usize) -> Vec<Cut> {
    let filled = |fate| vec![fate; pieces];
    let mut cuts =
        vec![Cut { names: 0, fates: filled(Fate::Lost) }, Cut { names, fates: filled(Fate::Kept) }];
    for upto in 0..=names {
        cuts.push(Cut { names: upto, fates: filled(Fate::Kept) });
        cuts.push(Cut { names: upto, fates: filled(Fate::Lost) });
    }
    for piece in 0..pieces {
        let mut prefix = filled(Fate::Lost);
        prefix[..piece].fill(Fate::Kept);
        let (mut torn, mut only, mut without) = (prefix.clone(), filled(Fate::Lost), filled(Fate::Kept));
        torn[piece] = Fate::Torn;
        only[piece] = Fate::Kept;
        without[piece] = Fate::Lost;
        cuts.extend([prefix, torn, only, without].map(|fates| Cut { names, fates }));
    }
    cuts
}
