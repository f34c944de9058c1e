//! What rows of patrons ask for: who is new, who has changed, who has a new card, and who is missing.

use super::patrons::THE_CLASS;
use super::plan::{add, sure};
use super::{BadRow, Import, Known, Part, PatronRow, Planned, RowFault, Shown};
use exchange::pin::PinHash;
use exchange::{Block, BlockKind, Class, ClassId, Day, Lang, Patron, PatronId, PatronKind, Record, alike};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Name and class, by which somebody is known without a card.
type Name = (String, String, Option<ClassId>);

fn name(family: &str, given: &str, class: Option<ClassId>) -> Name {
    let key = |part: &str| alike::in_one_script(part).to_lowercase().replace('ё', "е");
    (key(family), key(given), class)
}

/// What rows of patrons ask for. A patron is known by any of their cards, and without one by name and class. A card that
/// nobody has, in a row whose name and class are those of one patron alone, asks whether that is the same person; if it is,
/// the new card takes the place of the old ones. `salt` gives chance for a new PIN; `today` dates a new block.
pub fn plan_patrons(
    import: &mut Import<PatronRow>,
    known: &Known,
    today: Day,
    mut salt: impl FnMut() -> [u8; 8],
) -> Vec<Planned> {
    let by_card: HashMap<&str, PatronId> = known
        .patrons
        .values()
        .flat_map(|patron| patron.cards.iter().map(|card| (card.as_str(), patron.id)))
        .collect();
    let mut by_name: HashMap<Name, Vec<PatronId>> = HashMap::new();
    for patron in known.patrons.values() {
        by_name.entry(name(&patron.family, &patron.given, patron.class)).or_default().push(patron.id);
    }
    let column =
        import.notes.read.iter().find(|column| column.what == THE_CLASS).map(|column| column.name.clone());
    let mut bad = Vec::new();
    let is_known = |row: &PatronRow| match &row.class {
        Some(Some(name)) if class_of(known, row).is_none() => Some(Shown::of_person(&name.original)),
        Some(_) | None => None,
    };
    import.rows.retain(|(line, row)| match is_known(row) {
        None => true,
        Some(class) => {
            bad.push(BadRow { line: *line, column: column.clone(), fault: RowFault::UnknownClass(class) });
            false
        }
    });
    add(&mut import.bad, bad);

    let named = |row: &PatronRow| name(&row.family, &row.given, class_of(known, row).map(|class| class.id));
    let mut rows_of: HashMap<Name, u32> = HashMap::new();
    let mut in_file = BTreeSet::new();
    for (_, row) in &import.rows {
        *rows_of.entry(named(row)).or_default() += 1;
        in_file.extend(row.card.as_deref().and_then(|card| by_card.get(card)).copied());
    }
    // The only patron of this name in this class, if nobody else in the file is meant.
    let only = |row: &PatronRow| match by_name.get(&named(row)).map(Vec::as_slice) {
        Some([only]) if rows_of.get(&named(row)) == Some(&1) && !in_file.contains(only) => Some(*only),
        Some(_) | None => None,
    };

    let mut next = known.patrons.keys().next_back().map_or(0, |id| id.0);
    let mut new = || {
        next += 1;
        PatronId(next)
    };
    let (mut planned, mut asks) = (Vec::new(), 0);
    let mut met = HashSet::new();
    for (line, row) in &import.rows {
        let class = class_of(known, row);
        let by_name = || by_name.get(&named(row)).and_then(|ids| ids.first()).copied();
        let (id, may_be) = match &row.card {
            Some(card) => (by_card.get(card.as_str()).copied(), only(row).filter(|_| row.class.is_some())),
            None => (by_name(), None),
        };
        let of = |id: PatronId| known.patrons.get(&id);
        match (id, may_be) {
            (None, Some(same)) => {
                let pin = pin(row, of(same), &mut salt);
                let mut patron = patron(row, class, of(same), same, pin, today);
                patron.cards = row.card.iter().cloned().collect();
                let (before, after) = (of(same).cloned().map(Record::Patron), Record::Patron(patron));
                planned.push(Planned { line: Some(*line), before, after, part: Part::SamePerson(asks) });
                let patron = self::patron(row, class, None, new(), pin, today);
                let after = Record::Patron(patron);
                planned.push(Planned {
                    line: Some(*line),
                    before: None,
                    after,
                    part: Part::OtherPerson(asks),
                });
                asks += 1;
                met.insert(same);
            }
            (id, _) => {
                let old = id.and_then(of);
                let pin = pin(row, old, &mut salt);
                let patron = patron(row, class, old, id.unwrap_or_else(&mut new), pin, today);
                met.insert(patron.id);
                planned.push(sure(*line, old.cloned().map(Record::Patron), Record::Patron(patron)));
            }
        }
    }
    let leavers = leavers(import, known, &planned, &met, today);
    planned.extend(leavers);
    planned
}

/// The class a row names, if it is known.
fn class_of<'k>(known: &'k Known, row: &PatronRow) -> Option<&'k Class> {
    let name = row.class.as_ref()?.as_ref()?;
    known.classes.get(&(name.grade, name.letter.clone()))
}

fn pin(row: &PatronRow, old: Option<&Patron>, salt: &mut impl FnMut() -> [u8; 8]) -> Option<PinHash> {
    match &row.pin {
        None => old.and_then(|patron| patron.pin),
        Some(None) => None,
        Some(Some(pin)) => {
            let same = old.and_then(|patron| patron.pin).filter(|hash| hash.matches(pin.as_str()));
            same.or_else(|| PinHash::of(pin.as_str(), salt()))
        }
    }
}

fn patron(
    row: &PatronRow,
    class: Option<&Class>,
    old: Option<&Patron>,
    id: PatronId,
    pin: Option<PinHash>,
    today: Day,
) -> Patron {
    let mut cards = old.map_or_else(Vec::new, |patron| patron.cards.clone());
    if let Some(card) = row.card.as_ref().filter(|card| !cards.contains(card)) {
        cards.insert(0, card.clone());
    }
    Patron {
        id,
        cards,
        given: row.given.clone(),
        family: row.family.clone(),
        class: match &row.class {
            Some(_) => class.map(|class| class.id),
            None => old.and_then(|patron| patron.class),
        },
        kind: row.kind.or(old.map(|patron| patron.kind)).unwrap_or(PatronKind::Pupil),
        lang: row
            .lang
            .or(old.map(|patron| patron.lang))
            .or(class.map(|class| class.lang))
            .unwrap_or(Lang::Kk),
        blocks: match (row.block, old) {
            // Who is on the list again is at the school again.
            (None, Some(old)) => {
                old.blocks.iter().filter(|block| block.kind != BlockKind::Left).copied().collect()
            }
            (None | Some(None), _) => Vec::new(),
            (Some(Some(kind)), old) => {
                let same = old.and_then(|patron| patron.blocks.iter().find(|block| block.kind == kind));
                vec![same.copied().unwrap_or(Block { kind, since: today })]
            }
        },
        until: row.until.unwrap_or_else(|| old.and_then(|patron| patron.until)),
        pin,
    }
}

/// Those whom the file should name and does not: of the kinds of patrons and the classes that it names. With a bad row
/// nobody is: it may be theirs.
fn leavers(
    import: &Import<PatronRow>,
    known: &Known,
    planned: &[Planned],
    met: &HashSet<PatronId>,
    today: Day,
) -> Vec<Planned> {
    if !import.bad.is_empty() {
        return Vec::new();
    }
    let has_classes = import.rows.iter().any(|(_, row)| row.class.is_some());
    let classes: HashSet<ClassId> =
        import.rows.iter().filter_map(|(_, row)| class_of(known, row)).map(|class| class.id).collect();
    let kinds: Vec<PatronKind> = planned
        .iter()
        .filter_map(|one| match &one.after {
            Record::Patron(patron) => Some(patron.kind),
            Record::Rules(_)
            | Record::Calendar(_)
            | Record::Class(_)
            | Record::Title(_)
            | Record::Item(_)
            | Record::Set(_)
            | Record::Hold(_)
            | Record::Verdict(_)
            | Record::Notice(_)
            | Record::Loan(_) => None,
        })
        .collect();
    let is_missing = |patron: &&Patron| {
        let is_of_file = match patron.kind {
            PatronKind::Pupil => !has_classes || patron.class.is_some_and(|class| classes.contains(&class)),
            PatronKind::Teacher => true,
        };
        is_of_file
            && kinds.contains(&patron.kind)
            && !met.contains(&patron.id)
            && patron.blocks.iter().all(|block| block.kind != BlockKind::Left)
    };
    let left = |patron: &Patron| {
        let mut after = patron.clone();
        after.blocks.push(Block { kind: BlockKind::Left, since: today });
        Planned {
            line: None,
            before: Some(Record::Patron(patron.clone())),
            after: Record::Patron(after),
            part: Part::Leaver,
        }
    };
    known.patrons.values().filter(is_missing).map(left).collect()
}
