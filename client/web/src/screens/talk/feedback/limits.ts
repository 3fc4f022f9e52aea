// What a request for feedback holds.

/** Whoever is asked more than this answers none of it. */
export const QUESTIONS = 3
/** Letters of one answer: some ten pages. */
export const ANSWER_LETTERS = 20_000
