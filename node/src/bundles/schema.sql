-- Bundles that were taken in, so that the same stick read again costs nothing.
CREATE TABLE bundle_opened (id BLOB PRIMARY KEY CHECK (length(id) = 16), at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_opened_at ON bundle_opened (at_ms);
