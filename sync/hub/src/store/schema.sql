-- The region's one database. Tables of truth come first; those below "Folded" can be thrown away and folded anew.

-- The school, and the newest number of a change to any feed.
CREATE TABLE about (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    school TEXT NOT NULL,
    change INTEGER NOT NULL
) STRICT;

-- Who may sign in. hash: argon2id in PHC form.
CREATE TABLE staff (
    login          TEXT PRIMARY KEY,
    hash           TEXT NOT NULL,
    failures       INTEGER NOT NULL DEFAULT 0,
    locked_until_s INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who is signed in. token: SHA-256 of what the browser holds.
CREATE TABLE session (
    token   BLOB PRIMARY KEY,
    login   TEXT NOT NULL,
    form    TEXT NOT NULL,
    until_s INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Stations that ask to join.
CREATE TABLE enrolment (
    key     BLOB PRIMARY KEY,
    code    TEXT NOT NULL,
    name    TEXT NOT NULL,
    asked_s INTEGER NOT NULL,
    refused INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE station (
    id          INTEGER PRIMARY KEY,
    key         BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    approved_s  INTEGER NOT NULL,
    approved_by TEXT NOT NULL,
    revoked_s   INTEGER,
    contact_s   INTEGER,
    head        INTEGER NOT NULL DEFAULT 0,
    ahead_s     INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Lives of journals, and how far each is stored.
CREATE TABLE life (
    station     INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    stored_upto INTEGER NOT NULL,
    PRIMARY KEY (station, epoch)
) STRICT, WITHOUT ROWID;

-- The latest time at which a start of a station can have happened.
CREATE TABLE boot (
    station    INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    boot       INTEGER NOT NULL,
    start_by_s INTEGER NOT NULL,
    PRIMARY KEY (station, epoch, boot)
) STRICT, WITHOUT ROWID;

-- All journals together. at_s, lo_s, hi_s follow from the stamp and from table boot; undone from the fold.
CREATE TABLE event (
    station    INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    row        BLOB NOT NULL,
    chain      BLOB NOT NULL,
    subject    TEXT,
    boot       INTEGER NOT NULL,
    at_s       INTEGER NOT NULL,
    lo_s       INTEGER NOT NULL,
    hi_s       INTEGER NOT NULL,
    undone     INTEGER NOT NULL DEFAULT 0,
    received_s INTEGER NOT NULL,
    PRIMARY KEY (station, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_subject ON event (subject) WHERE subject IS NOT NULL;

-- Messages that are kept, but whose events count nowhere: another history under known numbers, a revoked station.
CREATE TABLE set_aside (
    place   INTEGER PRIMARY KEY AUTOINCREMENT,
    station INTEGER NOT NULL,
    epoch   INTEGER NOT NULL,
    at_s    INTEGER NOT NULL,
    why     TEXT NOT NULL,
    message BLOB NOT NULL
) STRICT;

-- What people said about reviews, at the region (login) or at a station (station, epoch, seq of the event).
CREATE TABLE decision (
    place   INTEGER PRIMARY KEY AUTOINCREMENT,
    review  INTEGER NOT NULL,
    decree  TEXT NOT NULL,
    login   TEXT,
    station INTEGER,
    epoch   INTEGER,
    seq     INTEGER,
    at_s    INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_review ON decision (review);

-- Records of all feeds as they are now; row is NULL for one that is gone. station 0 = for all stations.
CREATE TABLE record (
    feed    INTEGER NOT NULL,
    station INTEGER NOT NULL,
    key     TEXT NOT NULL,
    change  INTEGER NOT NULL,
    row     BLOB,
    PRIMARY KEY (feed, station, key)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX record_change ON record (feed, change);

-- The sum of record hashes of each feed.
CREATE TABLE feed_hash (
    feed    INTEGER NOT NULL,
    station INTEGER NOT NULL,
    hash    INTEGER NOT NULL,
    PRIMARY KEY (feed, station)
) STRICT, WITHOUT ROWID;

-- What reference data was in former times, where the fold needs it.
CREATE TABLE rules_version (version INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT;
CREATE TABLE item_status (
    item    TEXT NOT NULL,
    since_s INTEGER NOT NULL,
    status  TEXT NOT NULL,
    PRIMARY KEY (item, since_s)
) STRICT, WITHOUT ROWID;

-- Folded ---------------------------------------------------------------------------------------------------------

-- Events that were not plainly applied. patron_conflict: what only the patron's other loans say of it.
CREATE TABLE matter (
    station         INTEGER NOT NULL,
    epoch           INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    fate            TEXT NOT NULL,
    conflict        TEXT,
    review          INTEGER,
    patron_conflict TEXT,
    PRIMARY KEY (station, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX matter_review ON matter (review) WHERE review IS NOT NULL;

-- Loans of each item in the order of their opening, open and closed.
CREATE TABLE loan (
    item      TEXT NOT NULL,
    place     INTEGER NOT NULL,
    patron    INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    renewals  INTEGER NOT NULL,
    counts    INTEGER NOT NULL,
    rules     INTEGER NOT NULL,
    opened_s  INTEGER NOT NULL,
    o_station INTEGER NOT NULL,
    o_epoch   INTEGER NOT NULL,
    o_seq     INTEGER NOT NULL,
    closing   TEXT,
    closed_s  INTEGER,
    c_station INTEGER,
    c_epoch   INTEGER,
    c_seq     INTEGER,
    PRIMARY KEY (item, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX loan_patron ON loan (patron);

-- Copies without labels that are out.
CREATE TABLE counted (
    patron INTEGER NOT NULL,
    title  INTEGER NOT NULL,
    out    INTEGER NOT NULL,
    due    INTEGER,
    PRIMARY KEY (patron, title)
) STRICT, WITHOUT ROWID;
