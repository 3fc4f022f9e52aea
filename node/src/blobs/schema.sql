-- Contents that came or were added here. What of each is on the disk the files' own store says.
CREATE TABLE blob (
    hash     BLOB PRIMARY KEY CHECK (length(hash) = 32),
    size     INTEGER NOT NULL,
    added_ms INTEGER NOT NULL,               -- when it was whole here, by this node's clock
    used_ms  INTEGER NOT NULL,               -- when somebody last looked at it
    settled  INTEGER NOT NULL CHECK (settled IN (0, 1))  -- 1: all of it was on the disk for good
) STRICT, WITHOUT ROWID;

-- Contents that are to come. A row goes when all is here, or when nobody wants it any more.
CREATE TABLE blob_want (
    hash      BLOB PRIMARY KEY CHECK (length(hash) = 32),
    urgency   INTEGER NOT NULL,              -- the smaller, the sooner (see wants.rs)
    paused    INTEGER NOT NULL CHECK (paused IN (0, 1)),
    wanted_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is kept at this school whatever happens: 'blob' a content (hex), 'document' all of one, 'kind' of all of a kind.
CREATE TABLE blob_pin (what TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (what, key)) STRICT, WITHOUT ROWID;

-- Contents that this school has let go of, so that they do not come again by themselves.
CREATE TABLE blob_let_go (hash BLOB PRIMARY KEY CHECK (length(hash) = 32)) STRICT, WITHOUT ROWID;

-- Which other computers had a content when they were last asked, or took it from here.
CREATE TABLE blob_holder (
    hash  BLOB NOT NULL CHECK (length(hash) = 32),
    node  BLOB NOT NULL CHECK (length(node) = 32),
    whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (hash, node)
) STRICT, WITHOUT ROWID;
