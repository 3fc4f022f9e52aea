// What a request for feedback holds.

/** Whoever is asked more than this answers none of it. */
export const QUESTIONS = 3
/** Letters of one of them: a question is no article. */
export const QUESTION_LETTERS = 1_000
