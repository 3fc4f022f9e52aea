-- Numbers stand for the long ids inside the file. All integers are 64 bits; unsigned ones are kept bit for bit.

CREATE TABLE space (
    number          INTEGER PRIMARY KEY,          -- in the order in which spaces came
    id              BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    key_node        BLOB,                         -- for whom the epoch key is sealed
    key_sealed      BLOB,                         -- the epoch key, sealed: nothing in this file opens it
    receipt_counter INTEGER NOT NULL DEFAULT 0    -- the last one that this node signed with
) STRICT;

CREATE TABLE node (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE CHECK (length(id) = 32)) STRICT;
CREATE TABLE actor (number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE) STRICT;

-- One row per chain with its end: the frontier.
CREATE TABLE chain (
    number INTEGER PRIMARY KEY,
    space  INTEGER NOT NULL REFERENCES space,
    node   INTEGER NOT NULL REFERENCES node,
    kind   INTEGER NOT NULL CHECK (kind IN (0, 1)),
    seq    INTEGER NOT NULL,
    hash   BLOB NOT NULL,
    UNIQUE (space, node, kind)
) STRICT;

CREATE TABLE entry (
    number    INTEGER PRIMARY KEY,                -- order of commit
    chain     INTEGER NOT NULL REFERENCES chain,
    seq       INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    signature BLOB,
    body      BLOB NOT NULL,
    changes   BLOB                                -- of content: its changes by number (see changes_list.rs)
) STRICT;
-- Unique, and covers the walk along a chain in order of commit.
CREATE UNIQUE INDEX entry_by_place ON entry (chain, seq);

CREATE TABLE waiting_entry (space INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (space, entry)) STRICT, WITHOUT ROWID;
CREATE TABLE void_entry (space INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (space, entry)) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    number     INTEGER PRIMARY KEY,
    id         BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    space      INTEGER NOT NULL REFERENCES space, -- where it was first heard of
    ready      INTEGER NOT NULL DEFAULT 0,        -- the last ready number given; grows too when the document shrinks
    changed_ms INTEGER,                           -- this node's clock
    title      TEXT NOT NULL DEFAULT '',
    described  INTEGER NOT NULL DEFAULT 0         -- the value of `ready` that the title is about
) STRICT;

-- A keystroke is a row here and in three indices: about 117 bytes beyond its chunk (32 of them its hash; measured on a real trace).
CREATE TABLE change (
    number     INTEGER PRIMARY KEY,               -- order of commit; never reused, since rows refer to each other by it
    document   INTEGER NOT NULL,
    hash       BLOB NOT NULL,
    actor      INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    start_op   INTEGER NOT NULL,
    op_count   INTEGER NOT NULL,
    max_beyond INTEGER NOT NULL,                  -- max_op - (start_op + op_count - 1): nearly always 0, which takes no byte
    time       INTEGER NOT NULL,
    marks      INTEGER NOT NULL,                  -- standing + 4 if not admitted + 8 if not sound + 16 if not owned: 0 for the ordinary change
    ready      INTEGER,                           -- the how-manieth it was to become part of its document; NULL if it is none
    deps       ANY NOT NULL,                      -- one that is here: how many rows before; else the hashes, one after another
    chunk      BLOB NOT NULL
) STRICT;
CREATE INDEX change_by_hash ON change (document, substr(hash, 1, 8));
CREATE INDEX change_by_seq ON change (document, actor, seq);
CREATE INDEX change_by_ready ON change (document, ready) WHERE ready IS NOT NULL;

CREATE TABLE waiting_change (
    document   INTEGER NOT NULL,
    dependency BLOB NOT NULL,
    change     INTEGER NOT NULL,
    PRIMARY KEY (document, dependency, change)
) STRICT, WITHOUT ROWID;

CREATE TABLE document_entry (document INTEGER NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (document, entry)) STRICT, WITHOUT ROWID;
CREATE TABLE document_tip (
    document INTEGER NOT NULL,
    chain    INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    PRIMARY KEY (document, chain)
) STRICT, WITHOUT ROWID;
CREATE TABLE claim (
    document INTEGER NOT NULL,
    actor    INTEGER NOT NULL,
    node     INTEGER NOT NULL,
    PRIMARY KEY (document, actor, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE unpublished (
    number INTEGER PRIMARY KEY,                   -- order of commit
    space  INTEGER NOT NULL,
    change INTEGER NOT NULL,
    UNIQUE (space, change)
) STRICT;

CREATE TABLE receipt (
    space   INTEGER NOT NULL,
    node    INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    bytes   BLOB NOT NULL,                        -- canonical, against the empty frontier
    PRIMARY KEY (space, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE fork (
    space     INTEGER NOT NULL,
    node      INTEGER NOT NULL,
    kind      INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    ours      BLOB NOT NULL,
    theirs    BLOB NOT NULL,
    end_seq   INTEGER NOT NULL,
    end_hash  BLOB NOT NULL,
    signature BLOB NOT NULL,
    UNIQUE (space, node, kind, seq, ours, theirs, end_seq, end_hash, signature)
) STRICT;

-- A document saved whole, with the ready number up to which it holds all changes. Loading is this and the ready changes after it.
CREATE TABLE snapshot (
    document INTEGER PRIMARY KEY REFERENCES document,
    upto     INTEGER NOT NULL,
    heads    BLOB NOT NULL,
    bytes    BLOB NOT NULL
) STRICT;

CREATE TABLE invitation (
    id       BLOB PRIMARY KEY CHECK (length(id) = 16),
    space    BLOB NOT NULL CHECK (length(space) = 32),
    secret   BLOB NOT NULL CHECK (length(secret) = 16),
    role     INTEGER NOT NULL,
    spent_by BLOB
) STRICT, WITHOUT ROWID;

-- Spaces that this node asked to join and has no answer from yet.
CREATE TABLE joining (
    space  BLOB PRIMARY KEY CHECK (length(space) = 32),
    ticket BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
