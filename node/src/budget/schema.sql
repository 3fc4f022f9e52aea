-- What went over lines that may cost money, by day of this computer's clock, other computer and purpose. An empty `node`: all that found no place of their own.
CREATE TABLE budget_used (
    day TEXT NOT NULL,
    node BLOB NOT NULL CHECK (length(node) IN (0, 32)),
    purpose INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    received INTEGER NOT NULL,
    PRIMARY KEY (day, node, purpose)
) STRICT, WITHOUT ROWID;
