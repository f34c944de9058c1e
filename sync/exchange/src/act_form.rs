//! How an act is written inside other values. In JSON it is an object with the number and the name of its kind and its
//! fields, `{"kind":3,"name":"returned","item":"0001"}`, or with its payload in row form, `{"kind":77,"payload":"00ff"}`;
//! where there is a payload it decides. Elsewhere it is the kind and the payload in row form.
//!
//! An act that is authentic but makes no sense, such as one with a field missing, is kept as it came: one bad event must
//! not hold up those behind it.

use crate::{Act, Day, ItemId, PatronId, RefusalKind, ReviewId, Seq, TitleId, hex, row};
use serde::de::{Deserialize, Deserializer, Error};
use serde::ser::{Serialize, Serializer};
use serde_json::{Map, Value};

/// The kinds of schema 1 by name. Serde holds it to be the same as [`Act`].
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(remote = "Act", tag = "name", rename_all = "snake_case")]
enum NamedAct {
    StationStarted {
        version: String,
    },
    CheckedOut {
        patron: PatronId,
        item: ItemId,
        due: Day,
    },
    Returned {
        item: ItemId,
    },
    Renewed {
        patron: PatronId,
        item: ItemId,
        due: Day,
    },
    CountedIssued {
        patron: PatronId,
        title: TitleId,
        count: u16,
        due: Day,
    },
    CountedReturned {
        patron: PatronId,
        title: TitleId,
        count: u16,
    },
    Undone {
        seq: Seq,
    },
    Refused {
        reason: RefusalKind,
        item: Option<ItemId>,
    },
    ReviewDecided {
        review: ReviewId,
        accept: bool,
    },
    ClockChanged {
        from_s: i64,
        to_s: i64,
    },
    #[serde(skip)]
    Unknown {
        kind: u16,
        payload: Vec<u8>,
    },
}

/// An act in JSON.
#[derive(serde::Serialize)]
struct JsonAct<'a> {
    kind: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<String>,
    #[serde(flatten)]
    fields: Option<Fields<'a>>,
}

#[derive(serde::Serialize)]
struct Fields<'a>(#[serde(with = "NamedAct")] &'a Act);

impl Serialize for Act {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let kind = self.kind();
        if !serializer.is_human_readable() {
            return (kind, row::encode_payload(self)).serialize(serializer);
        }
        match self {
            Act::Unknown { payload, .. } => JsonAct { kind, payload: Some(hex::text(payload)), fields: None },
            Act::StationStarted { .. }
            | Act::CheckedOut { .. }
            | Act::Returned { .. }
            | Act::Renewed { .. }
            | Act::CountedIssued { .. }
            | Act::CountedReturned { .. }
            | Act::Undone { .. }
            | Act::Refused { .. }
            | Act::ReviewDecided { .. }
            | Act::ClockChanged { .. } => JsonAct { kind, payload: None, fields: Some(Fields(self)) },
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Act {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Act, D::Error> {
        if !deserializer.is_human_readable() {
            let (kind, payload) = <(u16, Vec<u8>)>::deserialize(deserializer)?;
            return Ok(row::decode_payload(kind, &payload));
        }
        let object = Map::deserialize(deserializer)?;
        let kind = object
            .get("kind")
            .and_then(Value::as_u64)
            .and_then(|kind| u16::try_from(kind).ok())
            .ok_or_else(|| D::Error::custom("an act has no kind"))?;
        Ok(from_payload(kind, &object)
            .or_else(|| from_fields(kind, &object))
            .unwrap_or_else(|| row::decode_payload(kind, Value::Object(object).to_string().as_bytes())))
    }
}

fn from_payload(kind: u16, object: &Map<String, Value>) -> Option<Act> {
    let payload = hex::bytes(object.get("payload")?.as_str()?)?;
    Some(row::decode_payload(kind, &payload))
}

fn from_fields(kind: u16, object: &Map<String, Value>) -> Option<Act> {
    NamedAct::deserialize(Value::Object(object.clone())).ok().filter(|act| act.kind() == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Act {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn in_json_an_act_has_kind_name_and_fields() {
        let act = Act::Returned { item: ItemId::new("0001").unwrap() };
        let json = r#"{"kind":3,"name":"returned","item":"0001"}"#;
        assert_eq!(serde_json::to_string(&act).unwrap(), json);
        assert_eq!(read(json), act);
    }

    #[test]
    fn a_kind_of_a_newer_writer_is_kept() {
        let act = Act::Unknown { kind: 77, payload: vec![0, 255] };
        assert_eq!(serde_json::to_string(&act).unwrap(), r#"{"kind":77,"payload":"00ff"}"#);
        assert_eq!(read(r#"{"kind":77,"payload":"00ff"}"#), act);
        assert_eq!(read(r#"{"kind":77,"name":"painted","colour":"red","payload":"00ff"}"#), act);
    }

    #[test]
    fn a_payload_decides() {
        let act = Act::Undone { seq: Seq(5) };
        assert_eq!(read(r#"{"kind":7,"name":"undone","seq":9,"payload":"05"}"#), act);
    }

    #[test]
    fn an_act_that_makes_no_sense_is_kept_as_it_came() {
        for json in [
            r#"{"kind":3,"name":"returned"}"#,
            r#"{"kind":3,"name":"renewed","item":"1"}"#,
            r#"{"kind":3,"name":"returned","item":"a b"}"#,
            r#"{"kind":99,"name":"painted"}"#,
        ] {
            let Act::Unknown { kind, payload } = read(json) else { panic!("{json} was understood") };
            assert_eq!(serde_json::from_slice::<Value>(&payload).unwrap(), read_value(json));
            assert!(kind == 3 || kind == 99);
        }
    }

    fn read_value(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn outside_json_an_act_is_kind_and_payload() {
        let act = Act::Undone { seq: Seq(5) };
        assert_eq!(postcard::to_allocvec(&act).unwrap(), [7, 1, 5]);
        assert_eq!(postcard::from_bytes::<Act>(&[7, 1, 5]).unwrap(), act);
        assert_eq!(
            postcard::from_bytes::<Act>(&[77, 1, 5]).unwrap(),
            Act::Unknown { kind: 77, payload: vec![5] }
        );
    }
}
