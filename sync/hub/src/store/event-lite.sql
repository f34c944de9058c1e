-- All journals together. at_s, lo_s, hi_s follow from the stamp and from table boot; undone from the fold.
CREATE TABLE event (
    station    INTEGER NOT NULL,
    epoch      INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    school     INTEGER NOT NULL,
    kind       INTEGER NOT NULL,
    row        BLOB NOT NULL,
    chain      BLOB NOT NULL,
    subject    TEXT,
    boot       INTEGER NOT NULL,
    at_s       INTEGER NOT NULL,
    lo_s       INTEGER NOT NULL,
    hi_s       INTEGER NOT NULL,
    undone     INTEGER NOT NULL,
    received_s INTEGER NOT NULL,
    PRIMARY KEY (station, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX event_subject ON event (school, subject) WHERE subject IS NOT NULL;
