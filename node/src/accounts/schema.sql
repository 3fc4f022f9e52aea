CREATE TABLE person (
    id         BLOB PRIMARY KEY CHECK (length(id) = 16),
    login      TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('director', 'deputy', 'teacher', 'reader')),
    language   TEXT NOT NULL CHECK (language IN ('kk', 'ru', 'en')),
    password   TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY CHECK (length(token_hash) = 32),
    person     BLOB NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    begun_ms   INTEGER NOT NULL,
    used_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_person ON session (person, begun_ms);
