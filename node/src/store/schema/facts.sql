-- What lists say of a document beside its title (jeli_protocol::kinds::Facts), as JSON. Whatever was described before says nothing of that:
-- it is described anew.
ALTER TABLE document ADD COLUMN facts TEXT NOT NULL DEFAULT '';
UPDATE document SET described = 0;
