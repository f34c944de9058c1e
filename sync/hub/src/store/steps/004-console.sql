-- Who did what. school: NULL for what concerns the whole region. object: numbers and logins, never a name or a card.
CREATE TABLE audit (
    place  INTEGER PRIMARY KEY AUTOINCREMENT,
    school INTEGER,
    at_s   INTEGER NOT NULL,
    login  TEXT NOT NULL,
    deed   TEXT NOT NULL,
    object TEXT NOT NULL
) STRICT;
CREATE INDEX audit_school ON audit (school, place);

-- Addresses from which wrong passwords came, as hashes, since when, and how many.
CREATE TABLE stranger (
    address  BLOB PRIMARY KEY,
    failures INTEGER NOT NULL,
    since_s  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Events that came on a stick: from which to which, and when.
CREATE TABLE carried (
    station  INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    upto_seq INTEGER NOT NULL,
    at_s     INTEGER NOT NULL,
    PRIMARY KEY (station, epoch, from_seq)
) STRICT, WITHOUT ROWID;

-- Reviews that were decided together, so that they can be taken back together. place: the line of table decision.
CREATE TABLE decision_group (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    school   INTEGER NOT NULL,
    login    TEXT NOT NULL,
    decree   TEXT NOT NULL,
    conflict TEXT NOT NULL,
    at_s     INTEGER NOT NULL,
    undone_s INTEGER
) STRICT;
CREATE INDEX decision_group_school ON decision_group (school, id);
CREATE TABLE decision_member (
    grp    INTEGER NOT NULL,
    review INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    PRIMARY KEY (grp, review)
) STRICT, WITHOUT ROWID;
