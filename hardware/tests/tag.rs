//! Tag data: the vectors' codes, and what chance comes up with.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use hardware::rfid::tag::compaction::Compaction;
use hardware::rfid::tag::write::{Layout, NewTag, encode};
use hardware::rfid::tag::{
    Decoded, Model, SystemBytes, TagProfile, TagText, crc16, danish, decode, isil, objects,
};
use proptest::prelude::*;
use serde_json::Value;

fn hex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn vectors(model: &str) -> Vec<Value> {
    let all =
        include_str!("vectors/rfid.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let found: Vec<Value> = all.filter(|vector| vector["model"] == model).collect();
    assert!(!found.is_empty(), "{model}");
    found
}

#[test]
fn compactions_are_the_vectors() {
    for vector in vectors("15962-compaction") {
        let code = u8::try_from(vector["compaction"].as_u64().unwrap()).unwrap();
        let bytes = hex(vector["hex"].as_str().unwrap());
        let expected = vector["expected"]["text"].as_str().unwrap();
        assert_eq!(Compaction::of(code).text(&bytes).as_deref(), Some(expected), "{}", vector["id"]);
    }
}

#[test]
fn isils_are_the_vectors_and_are_written_no_longer() {
    for vector in vectors("15962-isil") {
        let bytes = hex(vector["hex"].as_str().unwrap());
        let expected = vector["expected"]["isil"].as_str().unwrap();
        assert_eq!(isil::decode(&bytes).as_deref(), Some(expected), "{}", vector["id"]);
        let ours = isil::encode(expected).unwrap();
        assert!(ours.len() <= bytes.len());
        assert_eq!(isil::decode(&ours).as_deref(), Some(expected));
    }
}

#[test]
fn lengths_are_the_vectors() {
    for vector in vectors("15962-length") {
        let length = usize::try_from(vector["expected"]["length"].as_u64().unwrap()).unwrap();
        let mut memory = vec![0x61];
        memory.extend(hex(vector["hex"].as_str().unwrap()));
        memory.resize(memory.len() + length, b'1');
        let objects = objects::read(&memory);
        let [objects::Object::Whole { oid: 1, raw, .. }] = objects.as_slice() else {
            panic!("{}", vector["id"])
        };
        assert_eq!(raw.len(), length);
    }
}

#[test]
fn the_crc_is_the_vectors() {
    for vector in vectors("crc16") {
        let expected = u16::from_str_radix(vector["expected"]["crc"].as_str().unwrap(), 16).unwrap();
        assert_eq!(crc16(vector["input_ascii"].as_str().unwrap().bytes()), expected);
    }
}

fn new_tag(id: &str) -> NewTag {
    NewTag {
        primary_item_id: TagText::new(id).unwrap(),
        owner_isil: TagText::new("KZ-ALA12"),
        type_of_usage: 1,
        parts_in_item: 3,
        part_number: 2,
    }
}

fn id_of(memory: &[u8], dsfid: Option<u8>) -> Option<String> {
    match decode(memory, SystemBytes { dsfid, afi: None }, &TagProfile::default()) {
        Decoded::Tag { data, .. } => Some(data.primary_item_id.as_str().to_owned()),
        Decoded::Blank { .. } | Decoded::Unknown { .. } => None,
    }
}

#[test]
fn a_damaged_record_is_never_another_book() {
    for layout in [Layout::Part3, Layout::Part3Short] {
        let whole = encode(&new_tag("30234000517861"), layout).unwrap();
        for bit in 0..whole.len() * 8 {
            let mut memory = whole.clone();
            memory[bit / 8] ^= 1 << (bit % 8);
            memory.resize(112, 0);
            for dsfid in [None, Some(0x00), Some(0x3E)] {
                let id = id_of(&memory, dsfid);
                // Behind 32 bytes there may be something else: then the short record is whole.
                let is_whole = bit >= 32 * 8 && id.as_deref() == Some("30234000517861");
                assert!(id.is_none() || is_whole, "bit {bit}, dsfid {dsfid:?}");
            }
        }
    }
}

#[test]
fn swapped_parts_are_put_right_and_zeros_are_one_part() {
    let mut memory = encode(&new_tag("1234"), Layout::Part3).unwrap();
    for (written, expected) in [([2, 3], (3, 2)), ([0, 0], (1, 1)), ([5, 0], (5, 1))] {
        memory[1..3].copy_from_slice(&written);
        let crc = crc16(memory[..19].iter().chain(&memory[21..]).copied());
        memory[19..21].copy_from_slice(&crc.to_le_bytes());
        let Decoded::Tag { data, .. } = decode(&memory, SystemBytes::default(), &TagProfile::default())
        else {
            panic!("{written:?}")
        };
        assert_eq!((data.parts_in_item, data.part_number), expected);
    }
}

#[test]
fn extension_blocks_are_the_standards() {
    // The heads of two blocks are those of annex B.2 as public decoders quote them; a local block has a long id.
    let mut memory = encode(&new_tag("1234"), Layout::Part3).unwrap();
    let mut long = vec![7, 0x01, 0xFF, 0x02, 0, b'a', b'b'];
    long[4] = long.iter().fold(0, |xor, byte| xor ^ byte);
    memory.extend([5, 0x01, 0x00, 5, 0x01, 1]);
    memory.extend(&long);
    memory.extend([4, 0x04, 0x00, 0x55, 9, 9]);
    let record = danish::Record::read(&memory).unwrap();
    let told: Vec<_> =
        record.extensions.iter().map(|block| (block.id, block.whole, block.data.clone())).collect();
    assert_eq!(told, [(1, true, vec![1]), (0x02_FF01, true, b"ab".to_vec()), (4, false, vec![])]);
}

#[test]
fn content_behind_a_broken_object_is_left_out() {
    let mut memory = encode(&new_tag("30234000517861"), Layout::Part2 { align_bytes: None }).unwrap();
    memory.extend([0x53, 0x45, 1, 2]);
    assert_eq!(id_of(&memory, None).as_deref(), Some("30234000517861"));
    let last = objects::read(&memory).pop().unwrap();
    assert!(matches!(
        last,
        objects::Object::Broken { oid: Some(3), fault: objects::ObjectFault::Truncated, .. }
    ));
    // More groups of a length than any tag could hold.
    assert_eq!(id_of(&[0x61, 0xFF, 0xFF, 0xFF, 0x7F, b'1'], None), None);
}

#[test]
fn other_models_win_only_on_evidence() {
    let part2 = encode(&new_tag("30234000517861"), Layout::Part2 { align_bytes: Some(4) }).unwrap();
    assert_eq!(id_of(&part2, Some(0x06)).as_deref(), Some("30234000517861"));
    assert_eq!(id_of(&part2, Some(0x00)).as_deref(), Some("30234000517861"));
    assert_eq!(id_of(&part2, Some(0x3E)), None, "a DSFID that promises another model");
    let part3 = encode(&new_tag("30234000517861"), Layout::Part3).unwrap();
    assert_eq!(id_of(&part3, Some(0x06)).as_deref(), Some("30234000517861"), "its CRC is right all the same");
}

#[test]
fn a_crc_that_is_right_by_chance_wins_over_no_objects_in_order() {
    // Found by fuzzing: an id that makes bytes 19 and 20 the CRC of the rest.
    let id = "\u{3dab2}+++++++++++++++++++\\++++";
    let tag = NewTag { owner_isil: None, parts_in_item: 1, part_number: 1, ..new_tag(id) };
    let mut memory = encode(&tag, Layout::Part2 { align_bytes: Some(4) }).unwrap();
    memory.resize(112, 0);
    assert!(danish::Record::read(&memory).unwrap().is_whole());
    assert_eq!(id_of(&memory, Some(0x06)).as_deref(), Some(id));
    assert_eq!(id_of(&memory, None).as_deref(), Some(id));
}

proptest! {
    #[test]
    fn any_memory_gives_an_answer(
        memory in prop::collection::vec(any::<u8>(), 0..300),
        dsfid in any::<Option<u8>>(),
    ) {
        let decoded = decode(&memory, SystemBytes { dsfid, afi: None }, &TagProfile::default());
        if let Decoded::Tag { data, .. } = decoded {
            prop_assert!(!data.primary_item_id.as_str().trim().is_empty());
            prop_assert!((1..=data.parts_in_item).contains(&data.part_number));
        }
    }

    #[test]
    fn what_is_written_is_read(
        id in "[0-9A-Za-zӘҒҚҢӨҰҮҺІ /.-]{1,16}",
        isil in prop::option::of("[A-Z]{2}-[A-Za-z0-9][A-Za-z0-9/:-]{0,8}"),
        usage in 0..16_u8,
        parts in 1..=99_u8,
        part in 1..=99_u8,
        align_bytes in prop::option::of(1..=8_u8),
        layout in 0..3,
    ) {
        let layout = match layout {
            0 => Layout::Part3,
            1 => Layout::Part3Short,
            _ => Layout::Part2 { align_bytes },
        };
        let Some(primary_item_id) = TagText::new(&id) else { return Ok(()) };
        let tag = NewTag {
            primary_item_id,
            owner_isil: isil.as_deref().and_then(TagText::new),
            type_of_usage: usage,
            parts_in_item: parts,
            part_number: part.min(parts),
        };
        if layout.model() == Model::Iso28560Part3 && tag.primary_item_id.as_str().len() > 16 {
            prop_assert!(encode(&tag, layout).is_err());
            return Ok(());
        }
        let mut memory = encode(&tag, layout).unwrap();
        memory.resize(memory.len().max(112), 0);
        let system = SystemBytes { dsfid: Some(layout.dsfid()), afi: None };
        let Decoded::Tag { data, .. } = decode(&memory, system, &TagProfile::default()) else {
            return Err(TestCaseError::fail("unknown"));
        };
        prop_assert_eq!(&data.primary_item_id, &tag.primary_item_id);
        prop_assert_eq!(&data.owner_isil, &tag.owner_isil);
        prop_assert_eq!((data.parts_in_item, data.part_number), (tag.parts_in_item, tag.part_number));
        if layout.model() == Model::Iso28560Part2 || usage == 1 {
            prop_assert_eq!(data.type_of_usage, Some(usage));
        }
    }

    #[test]
    fn any_text_survives_its_compaction(text in "\\PC{1,30}") {
        let (compaction, bytes) = Compaction::choose(&text);
        prop_assert_eq!(compaction.text(&bytes), Some(text));
    }

    #[test]
    fn any_isil_survives(text in "[A-Za-z0-9:/-]{1,16}") {
        prop_assert_eq!(isil::decode(&isil::encode(&text).unwrap()), Some(text));
    }
}
