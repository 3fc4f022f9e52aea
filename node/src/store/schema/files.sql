-- Which files documents name: now, or in their history alone. A row stays when the document no longer names the file: its history does.
CREATE TABLE file_reference (
    document INTEGER NOT NULL REFERENCES document,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    part     INTEGER NOT NULL CHECK (part IN (0, 1)),   -- 0: the content, 1: a small picture of one
    named    INTEGER NOT NULL CHECK (named IN (0, 1)),  -- 1: the document names it now
    size     INTEGER NOT NULL,                          -- as the document says, 0 if it says nothing
    PRIMARY KEY (document, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_reference_by_hash ON file_reference (hash);
