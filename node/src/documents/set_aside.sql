CREATE TABLE set_aside (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hash     BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    document BLOB NOT NULL CHECK (length(document) = 16),
    person   BLOB NOT NULL CHECK (length(person) = 16),
    when_ms  INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    words    TEXT NOT NULL,
    changes  BLOB NOT NULL
) STRICT;
CREATE INDEX set_aside_by_person ON set_aside (person, document);
