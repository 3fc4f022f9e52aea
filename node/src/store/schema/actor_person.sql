-- Who of this school writes with an actor of this node: whoever did so first.
CREATE TABLE actor_person (actor BLOB PRIMARY KEY, person BLOB NOT NULL CHECK (length(person) = 16)) STRICT, WITHOUT ROWID;
