-- What documents call their files and what they say that these are, for the page of the files that are kept; and whose change named each, since no
-- school's files may take all of the room of another. What was described before says nothing of that: it is described anew.
ALTER TABLE file_reference ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE file_reference ADD COLUMN media_type TEXT NOT NULL DEFAULT '';
ALTER TABLE file_reference ADD COLUMN actor BLOB NOT NULL DEFAULT x'';
UPDATE document SET described = 0;
