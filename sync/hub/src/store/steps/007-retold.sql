-- Events that a life of a journal tells again: under which name each counts. A life goes on as another after a fork, and begins
-- with what the lives have in common.
CREATE TABLE retold (
    station     INTEGER NOT NULL,
    epoch       INTEGER NOT NULL,
    seq         INTEGER NOT NULL,
    first_epoch INTEGER NOT NULL,
    first_seq   INTEGER NOT NULL,
    PRIMARY KEY (station, epoch, seq)
) STRICT, WITHOUT ROWID;
