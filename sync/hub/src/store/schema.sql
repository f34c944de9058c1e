-- What both databases have; events are in a file of their own. Tables of truth come first; those below "Folded" can be thrown away and folded anew.

-- The version of this schema.
CREATE TABLE about (
    one     INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL
) STRICT;

-- The schools of the region, each with the newest number of a change to any of its feeds.
CREATE TABLE school (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL UNIQUE,
    change  INTEGER NOT NULL DEFAULT 0,
    since_s INTEGER NOT NULL
) STRICT;

-- Who may sign in. hash: argon2id in PHC form. school: whose; NULL for those who see all schools.
CREATE TABLE staff (
    login          TEXT PRIMARY KEY,
    hash           TEXT NOT NULL,
    role           TEXT NOT NULL,
    school         INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0,
    locked_until_s INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who is signed in, and which school they look at. token: SHA-256 of what the browser holds.
CREATE TABLE session (
    token   BLOB PRIMARY KEY,
    login   TEXT NOT NULL,
    form    TEXT NOT NULL,
    school  INTEGER,
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
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    school      INTEGER NOT NULL,
    key         BLOB NOT NULL UNIQUE,
    name        TEXT NOT NULL,
    approved_s  INTEGER NOT NULL,
    approved_by TEXT NOT NULL,
    revoked_s   INTEGER,
    contact_s   INTEGER,
    head        INTEGER NOT NULL DEFAULT 0,
    ahead_s     INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX station_school ON station (school);

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
    school  INTEGER NOT NULL,
    review  INTEGER NOT NULL,
    decree  TEXT NOT NULL,
    login   TEXT,
    station INTEGER,
    epoch   INTEGER,
    seq     INTEGER,
    at_s    INTEGER NOT NULL
) STRICT;
CREATE INDEX decision_school ON decision (school, review);

-- Records of all feeds as they are now; row is NULL for one that is gone. station 0 = for all stations.
CREATE TABLE record (
    school  INTEGER NOT NULL,
    feed    INTEGER NOT NULL,
    station INTEGER NOT NULL,
    key     TEXT NOT NULL,
    change  INTEGER NOT NULL,
    row     BLOB,
    PRIMARY KEY (school, feed, key, station)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX record_change ON record (school, feed, change);

-- The sum of record hashes of each feed.
CREATE TABLE feed_hash (
    school  INTEGER NOT NULL,
    feed    INTEGER NOT NULL,
    station INTEGER NOT NULL,
    hash    INTEGER NOT NULL,
    PRIMARY KEY (school, feed, station)
) STRICT, WITHOUT ROWID;

-- What reference data was in former times, where the fold needs it.
CREATE TABLE rules_version (
    school  INTEGER NOT NULL,
    version INTEGER NOT NULL,
    row     BLOB NOT NULL,
    PRIMARY KEY (school, version)
) STRICT, WITHOUT ROWID;
CREATE TABLE item_status (
    school  INTEGER NOT NULL,
    item    TEXT NOT NULL,
    since_s INTEGER NOT NULL,
    status  TEXT NOT NULL,
    PRIMARY KEY (school, item, since_s)
) STRICT, WITHOUT ROWID;

-- Folded ---------------------------------------------------------------------------------------------------------

-- Events that were not plainly applied. patron_conflict: what only the patron's other loans say of it.
CREATE TABLE matter (
    station         INTEGER NOT NULL,
    epoch           INTEGER NOT NULL,
    seq             INTEGER NOT NULL,
    school          INTEGER NOT NULL,
    subject         TEXT,
    fate            TEXT NOT NULL,
    conflict        TEXT,
    review          INTEGER,
    patron_conflict TEXT,
    PRIMARY KEY (station, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX matter_subject ON matter (school, subject);
CREATE INDEX matter_fate ON matter (school, fate);
CREATE INDEX matter_review ON matter (school, review) WHERE review IS NOT NULL;

-- Events of each station in numbers; what was taken back counts among the events, and nowhere else.
CREATE TABLE tally (
    station  INTEGER PRIMARY KEY,
    school   INTEGER NOT NULL,
    lent     INTEGER NOT NULL,
    returned INTEGER NOT NULL,
    renewed  INTEGER NOT NULL,
    refused  INTEGER NOT NULL,
    events   INTEGER NOT NULL
) STRICT;
CREATE INDEX tally_school ON tally (school);

-- Loans of each item in the order of their opening, open and closed.
CREATE TABLE loan (
    school    INTEGER NOT NULL,
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
    PRIMARY KEY (school, item, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX loan_patron ON loan (school, patron);
CREATE INDEX loan_open ON loan (school, due) WHERE closing IS NULL;

-- Copies without labels that are out.
CREATE TABLE counted (
    school INTEGER NOT NULL,
    patron INTEGER NOT NULL,
    title  INTEGER NOT NULL,
    out    INTEGER NOT NULL,
    due    INTEGER,
    PRIMARY KEY (school, patron, title)
) STRICT, WITHOUT ROWID;
