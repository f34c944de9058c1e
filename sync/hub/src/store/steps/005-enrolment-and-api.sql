-- Why a station was revoked, and by whom.
ALTER TABLE station ADD COLUMN revoked_by TEXT;
ALTER TABLE station ADD COLUMN revoked_why TEXT;

-- A question that came on a stick waits longer than one that is asked every few seconds.
ALTER TABLE enrolment ADD COLUMN by_stick INTEGER NOT NULL DEFAULT 0;

-- Keys of devices that were replaced. missing: events that such a device had when last heard, and that never came.
CREATE TABLE former_key (
    key         BLOB PRIMARY KEY,
    station     INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    missing     INTEGER NOT NULL,
    replaced_s  INTEGER NOT NULL,
    replaced_by TEXT NOT NULL,
    why         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX former_key_station ON former_key (station);

-- Vouchers. serial: SHA-256 of what is in the voucher.
CREATE TABLE voucher (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    serial      BLOB NOT NULL UNIQUE,
    school      INTEGER NOT NULL,
    name        TEXT NOT NULL,
    made_s      INTEGER NOT NULL,
    until_s     INTEGER NOT NULL,
    used_s      INTEGER,
    station     INTEGER,
    withdrawn_s INTEGER
) STRICT;

-- Tokens of outside systems. hash: SHA-256 of what they hold. school: whose; NULL for the whole region.
CREATE TABLE token (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    school     INTEGER,
    made_s     INTEGER NOT NULL,
    made_by    TEXT NOT NULL,
    until_s    INTEGER,
    used_s     INTEGER,
    revoked_s  INTEGER,
    revoked_by TEXT
) STRICT;

-- What outside systems are told, in the order in which the region learnt it; place is the newest number of a row, and a row of
-- several events has as many. fate is NULL for events that came, else what became of one event since.
CREATE TABLE change (
    school   INTEGER NOT NULL,
    place    INTEGER NOT NULL,
    station  INTEGER NOT NULL,
    epoch    INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    upto     INTEGER NOT NULL,
    at_s     INTEGER NOT NULL,
    fate     TEXT,
    conflict TEXT,
    review   INTEGER,
    PRIMARY KEY (school, place)
) STRICT, WITHOUT ROWID;

-- The newest of these numbers.
ALTER TABLE school ADD COLUMN told INTEGER NOT NULL DEFAULT 0;

-- Events that were there before, station by station.
INSERT INTO change (school, place, station, epoch, from_seq, upto, at_s)
SELECT s.school, CAST(sum(l.stored_upto) OVER (PARTITION BY s.school ORDER BY l.station, l.epoch) AS INTEGER),
       l.station, l.epoch, 1, l.stored_upto, 0
FROM life l JOIN station s ON s.id = l.station WHERE l.stored_upto > 0;
UPDATE school SET told = (SELECT coalesce(max(c.place), 0) FROM change c WHERE c.school = school.id);
INSERT INTO change (school, place, station, epoch, from_seq, upto, at_s, fate, conflict, review)
SELECT m.school, c.told + row_number() OVER (PARTITION BY m.school ORDER BY m.station, m.epoch, m.seq),
       m.station, m.epoch, m.seq, m.seq, 0, CASE WHEN m.fate = 'applied' THEN 'flagged' ELSE m.fate END,
       coalesce(m.conflict, m.patron_conflict), m.review
FROM matter m JOIN school c ON c.id = m.school;
UPDATE school SET told = (SELECT coalesce(max(c.place), 0) FROM change c WHERE c.school = school.id);
