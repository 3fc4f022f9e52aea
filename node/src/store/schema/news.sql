-- What stands beyond a frontier, and since when: running totals of each chain, so that what somebody lacks is a difference.
CREATE TABLE entry_total (
    chain   INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    news    INTEGER NOT NULL,                     -- changes up to this entry; of a control chain its entries
    bytes   INTEGER NOT NULL,                     -- of their chunks, plain; of a control chain of its bodies
    kept_ms INTEGER,                              -- when it came here or, of our own, when the oldest of it was written; this node's clock
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;
ALTER TABLE document_total ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE unpublished ADD COLUMN kept_ms INTEGER;

-- When this node last had to do with another, and by what road; this node's clock.
CREATE TABLE contact (
    node     BLOB PRIMARY KEY CHECK (length(node) = 32),
    at_ms    INTEGER NOT NULL,
    road     INTEGER NOT NULL,                    -- see store/contacts.rs
    ahead_ms INTEGER                              -- by how much its clock was ahead of ours when it last said its time
) STRICT, WITHOUT ROWID;
