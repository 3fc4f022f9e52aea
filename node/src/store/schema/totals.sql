-- How many changes of a document a chain holds up to an entry: what somebody lacks is a difference, however long the log is.
CREATE TABLE document_total (
    document INTEGER NOT NULL,
    chain    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    total    INTEGER NOT NULL,
    PRIMARY KEY (document, chain, seq)
) STRICT, WITHOUT ROWID;
