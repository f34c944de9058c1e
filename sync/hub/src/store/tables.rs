//! Tables that rows are put into many at a time.

use super::sql::{Kind, Table};

const INT: Kind = Kind::Int;
const TEXT: Kind = Kind::Text;
const BLOB: Kind = Kind::Blob;

pub(super) const EVENT: Table = Table {
    name: "event",
    columns: &[
        ("station", INT),
        ("epoch", INT),
        ("seq", INT),
        ("school", INT),
        ("kind", INT),
        ("row", BLOB),
        ("chain", BLOB),
        ("subject", TEXT),
        ("boot", INT),
        ("at_s", INT),
        ("lo_s", INT),
        ("hi_s", INT),
        ("undone", INT),
        ("received_s", INT),
    ],
    key: 3,
};

pub(super) const MATTER: Table = Table {
    name: "matter",
    columns: &[
        ("station", INT),
        ("epoch", INT),
        ("seq", INT),
        ("school", INT),
        ("subject", TEXT),
        ("fate", TEXT),
        ("conflict", TEXT),
        ("review", INT),
        ("patron_conflict", TEXT),
    ],
    key: 3,
};

pub(super) const LOAN: Table = Table {
    name: "loan",
    columns: &[
        ("school", INT),
        ("item", TEXT),
        ("place", INT),
        ("patron", INT),
        ("since", INT),
        ("due", INT),
        ("renewals", INT),
        ("counts", INT),
        ("rules", INT),
        ("opened_s", INT),
        ("o_station", INT),
        ("o_epoch", INT),
        ("o_seq", INT),
        ("closing", TEXT),
        ("closed_s", INT),
        ("c_station", INT),
        ("c_epoch", INT),
        ("c_seq", INT),
    ],
    key: 3,
};

pub(super) const COUNTED: Table = Table {
    name: "counted",
    columns: &[("school", INT), ("patron", INT), ("title", INT), ("out", INT), ("due", INT)],
    key: 3,
};

pub(super) const RECORD: Table = Table {
    name: "record",
    columns: &[
        ("school", INT),
        ("feed", INT),
        ("key", TEXT),
        ("station", INT),
        ("change", INT),
        ("row", BLOB),
    ],
    key: 4,
};

pub(super) const FEED_HASH: Table = Table {
    name: "feed_hash",
    columns: &[("school", INT), ("feed", INT), ("station", INT), ("hash", INT)],
    key: 3,
};

pub(super) const RULES_VERSION: Table =
    Table { name: "rules_version", columns: &[("school", INT), ("version", INT), ("row", BLOB)], key: 2 };

pub(super) const ITEM_STATUS: Table = Table {
    name: "item_status",
    columns: &[("school", INT), ("item", TEXT), ("since_s", INT), ("status", TEXT)],
    key: 3,
};

pub(super) const IMPORT_CHANGE: Table = Table {
    name: "import_change",
    columns: &[
        ("import", INT),
        ("place", INT),
        ("line", INT),
        ("part", TEXT),
        ("ask", INT),
        ("feed", INT),
        ("key", TEXT),
        ("before", BLOB),
        ("after", BLOB),
        ("done", INT),
    ],
    key: 2,
};

pub(super) const EDITION: Table = Table {
    name: "edition",
    columns: &[
        ("school", INT),
        ("feed", INT),
        ("version", INT),
        ("at_s", INT),
        ("login", TEXT),
        ("row", BLOB),
    ],
    key: 3,
};
