//! What lies on the pad, from what a reader tells.

use std::collections::BTreeMap;

use crate::rfid::presence::Presence;
use crate::rfid::tag::{self, Decoded, SystemBytes, TagData, TagProfile, TagText, USAGE_PATRON_CARD};
use crate::rfid::{ReaderFault, Seen, TagReader, Uid};

/// Blocks read at first: 32 bytes hold an ISO 28560-3 record.
const FIRST_BLOCKS: u8 = 8;
/// Most bytes read of a tag.
const MOST_BYTES: u16 = 256;
/// Looks after which a tag that cannot be read is told as unknown.
const MOST_TRIES: u8 = 3;

/// One item on the pad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PadItem {
    /// Its number.
    pub id: TagText,
    /// The tags of the parts that lie there.
    pub tags: Vec<Uid>,
    /// How many parts are not there; 0 = the item is whole.
    pub parts_missing: u8,
}

/// Everything on the pad.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PadState {
    /// Items, in the order in which their first part came.
    pub items: Vec<PadItem>,
    /// Patron cards: tags whose type of usage says so.
    pub cards: Vec<TagText>,
    /// Tags that are not the library's, are blank, or cannot be read.
    pub unknown: u8,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Content {
    Library(TagData),
    Unknown,
}

/// A tag that lies there.
#[derive(Debug, Clone)]
struct Lying {
    content: Option<Content>,
    dsfid: u8,
    tries: u8,
    order: u64,
}

/// The pad as it was told last.
#[derive(Debug)]
pub struct Pad {
    profile: TagProfile,
    presence: Presence,
    tags: BTreeMap<Uid, Lying>,
    dsfids: BTreeMap<Uid, u8>,
    arrivals: u64,
    /// `None` = nothing was told since the reader was opened: what lay there before may have been taken meanwhile.
    told: Option<PadState>,
}

impl Pad {
    /// An empty pad.
    #[must_use]
    pub fn new(profile: TagProfile) -> Self {
        Self {
            profile,
            presence: Presence::default(),
            tags: BTreeMap::new(),
            dsfids: BTreeMap::new(),
            arrivals: 0,
            told: None,
        }
    }

    /// Looks once. Gives what lies there, if that has changed since it was last given.
    ///
    /// # Errors
    /// [`ReaderFault`]: the look is worth nothing; the next one may be.
    pub fn look(&mut self, reader: &mut impl TagReader) -> Result<Option<PadState>, ReaderFault> {
        let mut seen = reader.inventory()?;
        let known = |seen: &[Seen]| seen.iter().map(|seen| seen.uid).collect::<Vec<_>>();
        let uids = known(&seen);
        if self.presence.is_new(&uids) {
            // Something is arriving: what a stronger neighbour drowns may be arriving too.
            seen.extend(reader.inventory_beside(&uids)?);
        }
        self.dsfids.extend(seen.iter().map(|seen| (seen.uid, seen.dsfid)));
        let changes = self.presence.look(&known(&seen));
        for uid in &changes.left {
            self.tags.remove(uid);
        }
        for uid in changes.arrived {
            let dsfid = self.dsfids.get(&uid).copied().unwrap_or(0);
            self.arrivals += 1;
            self.tags.insert(uid, Lying { content: None, dsfid, tries: 0, order: self.arrivals });
        }
        self.dsfids.clear();
        self.read_new(reader)?;
        if self.tags.values().any(|tag| tag.content.is_none()) {
            return Ok(None);
        }
        let state = self.state();
        let is_known = self.told.as_ref() == Some(&state);
        // Half of what lies there is no beginning.
        if is_known || self.told.is_none() && self.presence.is_unsettled() {
            return Ok(None);
        }
        self.told = Some(state.clone());
        Ok(Some(state))
    }

    /// Whether the next look should come at once: something is arriving.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.presence.is_unsettled() || self.tags.values().any(|tag| tag.content.is_none())
    }

    fn read_new(&mut self, reader: &mut impl TagReader) -> Result<(), ReaderFault> {
        for (uid, tag) in self.tags.iter_mut().filter(|(_, tag)| tag.content.is_none()) {
            match content(reader, *uid, tag.dsfid, &self.profile) {
                Ok(content) => tag.content = Some(content),
                Err(gone @ ReaderFault::Gone(_)) => return Err(gone),
                Err(_) => {
                    tag.tries += 1;
                    if tag.tries >= MOST_TRIES {
                        tag.content = Some(Content::Unknown);
                    }
                }
            }
        }
        Ok(())
    }

    fn state(&self) -> PadState {
        let mut tags: Vec<(&Uid, &Lying)> = self.tags.iter().collect();
        tags.sort_by_key(|(_, tag)| tag.order);
        let mut state = PadState::default();
        let mut parts: BTreeMap<&TagText, (u8, Vec<u8>)> = BTreeMap::new();
        for (uid, tag) in tags {
            let data = match &tag.content {
                Some(Content::Library(data)) => data,
                Some(Content::Unknown) | None => {
                    state.unknown = state.unknown.saturating_add(1);
                    continue;
                }
            };
            let id = &data.primary_item_id;
            if data.type_of_usage == Some(USAGE_PATRON_CARD) {
                state.cards.push(id.clone());
                continue;
            }
            let (total, there) = parts.entry(id).or_insert((data.parts_in_item, Vec::new()));
            *total = (*total).max(data.parts_in_item);
            if !there.contains(&data.part_number) {
                there.push(data.part_number);
            }
            match state.items.iter_mut().find(|item| item.id == *id) {
                Some(item) => item.tags.push(*uid),
                None => state.items.push(PadItem { id: id.clone(), tags: vec![*uid], parts_missing: 0 }),
            }
        }
        for item in &mut state.items {
            if let Some((total, there)) = parts.get(&item.id) {
                item.parts_missing = total.saturating_sub(u8::try_from(there.len()).unwrap_or(u8::MAX));
            }
        }
        state
    }
}

/// Reads a tag: the first 32 bytes, and the rest only if they do not say enough.
fn content(
    reader: &mut impl TagReader,
    uid: Uid,
    dsfid: u8,
    profile: &TagProfile,
) -> Result<Content, ReaderFault> {
    let mut system = SystemBytes { dsfid: Some(dsfid), afi: None };
    let mut memory = reader.read_blocks(uid, 0, FIRST_BLOCKS)?;
    if let Decoded::Tag {
        data,
        detail: tag::Detail::Part3(_) | tag::Detail::Dm11(_) | tag::Detail::Rfid501(_),
    } = tag::decode(&memory, system, profile)
    {
        return Ok(Content::Library(data));
    }
    let info = reader.system_info(uid)?;
    system = SystemBytes { dsfid: info.dsfid.or(Some(dsfid)), afi: info.afi };
    let block_bytes = u16::from(info.block_bytes.unwrap_or(4)).max(1);
    let blocks = info.blocks.unwrap_or(u16::from(FIRST_BLOCKS)).min(MOST_BYTES / block_bytes);
    let rest = u8::try_from(blocks.saturating_sub(u16::from(FIRST_BLOCKS))).unwrap_or(u8::MAX);
    memory.extend(reader.read_blocks(uid, FIRST_BLOCKS, rest)?);
    Ok(match tag::decode(&memory, system, profile) {
        Decoded::Tag { data, .. } => Content::Library(data),
        Decoded::Blank { .. } | Decoded::Unknown { .. } => Content::Unknown,
    })
}
