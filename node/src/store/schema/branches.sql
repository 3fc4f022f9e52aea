-- Control chains of which another branch is in the log, as frames from their start: somebody's acts or words rest on them.
CREATE TABLE branch (
    number INTEGER PRIMARY KEY,
    space INTEGER NOT NULL REFERENCES space (number),
    frame BLOB NOT NULL,
    UNIQUE (space, frame)
) STRICT;
