//! Any memory is an answer. The first two bytes are DSFID and AFI; what was understood is written and read again.
#![no_main]

use hardware::rfid::tag::write::{Layout, NewTag, encode};
use hardware::rfid::tag::{Decoded, SystemBytes, TagProfile, decode};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let [dsfid, afi, memory @ ..] = bytes else { return };
    let profile = TagProfile::default();
    let Decoded::Tag { data, .. } = decode(memory, SystemBytes { dsfid: Some(*dsfid), afi: Some(*afi) }, &profile)
    else {
        return;
    };
    assert!((1..=data.parts_in_item).contains(&data.part_number));
    let tag = NewTag {
        primary_item_id: data.primary_item_id,
        owner_isil: None,
        type_of_usage: data.type_of_usage.unwrap_or(1),
        parts_in_item: data.parts_in_item,
        part_number: data.part_number,
    };
    for layout in [Layout::Part3, Layout::Part2 { align_bytes: Some(4) }] {
        let Ok(mut memory) = encode(&tag, layout) else { continue };
        memory.resize(memory.len().max(112), 0);
        let system = SystemBytes { dsfid: Some(layout.dsfid()), afi: None };
        let Decoded::Tag { data, .. } = decode(&memory, system, &profile) else { panic!("written, not read") };
        assert_eq!(data.primary_item_id, tag.primary_item_id);
    }
});
