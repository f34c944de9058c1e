//! The fields of a tag as one JSON object.

use super::is_library_tag;
use hardware::rfid::tag::danish::{Extension, Record};
use hardware::rfid::tag::objects::Object;
use hardware::rfid::tag::{Decoded, Detail, Model, SystemBytes, TagData, TagProfile};
use serde_json::{Map, Value, json};

type Fields = Map<String, Value>;

pub(super) fn fields(decoded: &Decoded, system: SystemBytes, profile: &TagProfile) -> Fields {
    let mut fields = Fields::new();
    fields.insert("library_tag".into(), is_library_tag(decoded).into());
    let detail = match decoded {
        Decoded::Tag { data, detail } => {
            put(&mut fields, "model", model(data.model));
            Some((detail, Some(data)))
        }
        Decoded::Blank { record } => {
            put(&mut fields, "treat_as", "blank");
            record.iter().for_each(|record| part3(&mut fields, record, profile));
            None
        }
        Decoded::Unknown { attempt, part3_crc_ok } => {
            put(&mut fields, "treat_as", "unknown");
            put(&mut fields, "p3_crc_ok", *part3_crc_ok);
            attempt.as_ref().map(|attempt| (attempt, None))
        }
    };
    if let Some((detail, data)) = detail {
        match detail {
            Detail::Part3(record) => part3(&mut fields, record, profile),
            Detail::Part2(objects) => {
                put(&mut fields, "elements", objects.iter().map(element).collect::<Vec<_>>())
            }
            Detail::Dm11(record) => {
                put(
                    &mut fields,
                    "barcode8_per_libdanrfid",
                    record.characters.chars().take(8).collect::<String>(),
                );
                put(&mut fields, "six_bit_text_11_chars", record.characters.clone());
            }
            Detail::Rfid501(record) => {
                put(&mut fields, "set_item", record.set_item);
                put(&mut fields, "set_total", record.set_total);
                put(&mut fields, "item_type", record.item_type);
                put(&mut fields, "content", record.content.clone());
                put(&mut fields, "branch", record.branch);
                put(&mut fields, "library", record.library);
                put(&mut fields, "custom", record.custom);
            }
        }
        data.into_iter().for_each(|data| common(&mut fields, data));
    }
    if let Some(afi) = system.afi {
        put(&mut fields, "gate", gate(afi, profile));
    }
    fields
}

/// What every model says; of a record of part 3 these are what the parts were meant to be.
fn common(fields: &mut Fields, data: &TagData) {
    put(fields, "primary_item_id", data.primary_item_id.as_str());
    put(fields, "parts_in_item", data.parts_in_item);
    put(fields, "part_number", data.part_number);
    if let Some(isil) = &data.owner_isil {
        put(fields, "owner_isil", isil.as_str());
    }
    put(fields, "type_of_usage", data.type_of_usage);
}

fn part3(fields: &mut Fields, record: &Record, profile: &TagProfile) {
    put(fields, "crc_stored", format!("{:04X}", record.crc_stored));
    put(fields, "crc_calc", format!("{:04X}", record.crc_calc));
    put(fields, "crc_ok", record.is_whole());
    if record.reversed {
        put(fields, "normalise", "reverse bytes inside each 4-byte block");
        put(fields, "crc_ok_as_is", false);
        put(fields, "crc_ok_after_reversal", true);
    }
    put(fields, "byte0_hi_nibble", record.byte0 >> 4);
    put(fields, "byte0_lo_nibble", record.byte0 & 0xF);
    put(fields, "parts_in_item", record.parts_in_item);
    put(fields, "part_number", record.part_number);
    put(fields, "primary_item_id", record.id_text());
    put(fields, "owner_raw", record.owner_text());
    if let Some(isil) = record.owner_isil() {
        put(fields, "owner_isil", isil.as_str());
    }
    if let Some((content_parameter, usage)) = record.usage(profile) {
        put(fields, "content_parameter", content_parameter);
        put(fields, "type_of_usage", usage);
    }
    if !record.extensions.is_empty() {
        put(fields, "ext", record.extensions.iter().map(extension).collect::<Vec<_>>());
    }
}

fn extension(extension: &Extension) -> Value {
    json!({
        "len": extension.length,
        "id": extension.id,
        "xor_byte": format!("{:02X}", extension.check),
        "xor_ok": extension.whole,
        "payload": hex_lower(&extension.data),
    })
}

fn element(object: &Object) -> Value {
    match object {
        Object::Whole { oid, compaction, raw, pad_bytes } => {
            let mut fields = Fields::new();
            put(&mut fields, "oid", *oid);
            put(&mut fields, "compaction", compaction.code());
            put(&mut fields, "raw", hex_lower(raw));
            put(&mut fields, "value", object.text().unwrap_or_else(|| hex_lower(raw)));
            if let Some(pad_bytes) = pad_bytes {
                put(&mut fields, "pad_bytes", *pad_bytes);
            }
            if let Some(oids) = object.oids_present() {
                put(&mut fields, "oids_present", oids);
            }
            Value::Object(fields)
        }
        Object::Broken { at, oid, fault } => json!({ "error": fault.to_string(), "at": at, "oid": oid }),
    }
}

fn put(fields: &mut Fields, name: &str, value: impl Into<Value>) {
    fields.insert(name.into(), value.into());
}

fn model(model: Model) -> &'static str {
    match model {
        Model::Iso28560Part3 => "iso28560-3/danish",
        Model::Iso28560Part2 => "iso28560-2/15962",
        Model::Dm11 => "bibliotheca-DM11",
        Model::Rfid501 => "3M-RFID501",
    }
}

/// What the gate does about an item with this AFI.
pub(super) fn gate(afi: u8, profile: &TagProfile) -> &'static str {
    match afi {
        afi if afi == profile.secured_afi => "secured",
        afi if afi == profile.unsecured_afi => "unsecured",
        _ => "unknown",
    }
}

pub(super) fn hex_upper(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

fn hex_lower(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
