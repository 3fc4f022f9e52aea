-- By what links to questionnaires are sealed. Whoever puts another one here makes all links of this node void.
CREATE TABLE questionnaire_secret (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;
