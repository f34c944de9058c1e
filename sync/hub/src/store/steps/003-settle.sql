-- Keeping and folding are apart: folded_upto says how far a journal is folded, answered_upto how far its station was told
-- what became of its events, and told_upto how much of that it has shown to have heard.
ALTER TABLE life ADD COLUMN folded_upto INTEGER NOT NULL DEFAULT 0;
ALTER TABLE life ADD COLUMN answered_upto INTEGER NOT NULL DEFAULT 0;
ALTER TABLE life ADD COLUMN told_upto INTEGER NOT NULL DEFAULT 0;
UPDATE life SET folded_upto = stored_upto, answered_upto = stored_upto, told_upto = stored_upto;
CREATE INDEX life_unfolded ON life (station) WHERE folded_upto < stored_upto;

-- Numbers that items had before: whatever was told under one of them is about the item that has it now.
CREATE TABLE former (
    school INTEGER NOT NULL,
    number TEXT NOT NULL,
    item   TEXT NOT NULL,
    PRIMARY KEY (school, number)
) STRICT, WITHOUT ROWID;

-- What pages and those who watch machines ask for again and again.
CREATE INDEX matter_waiting ON matter (school) WHERE fate = 'in_review';
CREATE INDEX set_aside_station ON set_aside (station);
CREATE INDEX loan_rules ON loan (school, rules, opened_s);
