-- All journals together, in a partition for each month of receipt. That a seq is there once is kept by the contiguous
-- prefix in table life, under the school's lock: a key over all partitions cannot leave the month out.
-- at_s, lo_s, hi_s follow from the stamp and from table boot; undone from the fold.
CREATE TABLE event (
    station    BIGINT NOT NULL,
    epoch      BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    school     BIGINT NOT NULL,
    kind       BIGINT NOT NULL,
    row        BYTEA NOT NULL,
    chain      BYTEA NOT NULL,
    subject    TEXT,
    boot       BIGINT NOT NULL,
    at_s       BIGINT NOT NULL,
    lo_s       BIGINT NOT NULL,
    hi_s       BIGINT NOT NULL,
    undone     BIGINT NOT NULL,
    received_s BIGINT NOT NULL,
    PRIMARY KEY (station, epoch, seq, received_s)
) PARTITION BY RANGE (received_s);
CREATE INDEX event_subject ON event (school, subject) WHERE subject IS NOT NULL;
