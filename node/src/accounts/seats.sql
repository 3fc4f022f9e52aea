-- Codes by which guests sit down at a meeting, and the guests who did. Times are Unix milliseconds by this node's clock.
CREATE TABLE seat_code (
    code_hash BLOB PRIMARY KEY CHECK (length(code_hash) = 32),
    document  BLOB NOT NULL CHECK (length(document) = 16),
    made_ms   INTEGER NOT NULL,
    ends_ms   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE guest (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    document   BLOB NOT NULL CHECK (length(document) = 16),
    name       TEXT NOT NULL,
    school     TEXT NOT NULL,
    language   TEXT NOT NULL CHECK (language IN ('kk', 'ru', 'en')),
    begun_ms   INTEGER NOT NULL,
    ends_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX guest_by_document ON guest (document, begun_ms);
