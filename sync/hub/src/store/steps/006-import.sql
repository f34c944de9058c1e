-- Files that were read: what they would change, what they changed, and how to go back.
-- state: read, saved, undone. report: how the file was understood and its bad rows, as JSON.
CREATE TABLE import (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    school   INTEGER NOT NULL,
    what     TEXT NOT NULL,
    file     TEXT NOT NULL,
    state    TEXT NOT NULL,
    read_s   INTEGER NOT NULL,
    read_by  TEXT NOT NULL,
    saved_s  INTEGER,
    saved_by TEXT,
    undone_s INTEGER,
    undone_by TEXT,
    added    INTEGER NOT NULL DEFAULT 0,
    changed  INTEGER NOT NULL DEFAULT 0,
    same     INTEGER NOT NULL DEFAULT 0,
    kept     INTEGER NOT NULL DEFAULT 0,
    report   TEXT NOT NULL
) STRICT;
CREATE INDEX import_school ON import (school, id);

-- Records as they were (row before) and as an import has them (row after). part, ask: on what the change depends; done: 1
-- once it was saved.
CREATE TABLE import_change (
    import INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    line   INTEGER,
    part   TEXT NOT NULL,
    ask    INTEGER,
    feed   INTEGER NOT NULL,
    key    TEXT NOT NULL,
    before BLOB,
    after  BLOB NOT NULL,
    done   INTEGER NOT NULL,
    PRIMARY KEY (import, place)
) STRICT, WITHOUT ROWID;

-- Versions of rules and calendars, who made each, and when.
CREATE TABLE edition (
    school  INTEGER NOT NULL,
    feed    INTEGER NOT NULL,
    version INTEGER NOT NULL,
    at_s    INTEGER NOT NULL,
    login   TEXT NOT NULL,
    row     BLOB NOT NULL,
    PRIMARY KEY (school, feed, version)
) STRICT, WITHOUT ROWID;
