-- When the newest of a document's changes says that it was written, Unix milliseconds; nothing where none says a time that can be.
-- The bounds are those of `store/changes.rs`.
ALTER TABLE document ADD COLUMN written_ms INTEGER;
UPDATE document SET written_ms =
    (SELECT min(max(c.time), document.changed_ms / 1000) * 1000 FROM change c WHERE c.document = document.number AND c.time >= 1577836800);
