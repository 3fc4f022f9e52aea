// Bounds of what this browser keeps beyond the tab.

/** Words of this tab are written to the browser's disk this soon after they were typed. A node on the same Wi-Fi has mostly confirmed them by
 * then, and nothing needs to be written. */
export const WRITE_AFTER_MS = 120
/** A browser that had no room, or kept nothing, is asked again after this. */
export const TRY_AGAIN_MS = 5_000
/** Unconfirmed words of one document. A month of typing makes some three million bytes, a large paste two. */
export const UNSENT_LIMIT_BYTES = 32 << 20
/** All kept documents of one person. A phone of the cheapest kind gives a page some hundred million. */
export const KEPT_LIMIT_BYTES = 48 << 20
/** One kept document: larger ones are opened at school. */
export const KEPT_DOCUMENT_LIMIT_BYTES = 16 << 20
/** A kept copy is made anew this long after a change: each one packs the whole document. */
export const KEEP_AFTER_MS = 4_000
/** Recently changed documents that are fetched though nobody has opened them here. The node lets a tab have 128 open. */
export const FETCHED_LIMIT = 24
/** Between two fetched documents, so that whoever writes meanwhile does not notice. */
export const FETCH_PAUSE_MS = 400
/** Documents that are kept only because they changed lately: a term's work. */
export const FETCHED_AGE_MS = 120 * 86_400_000
/** How long a document may take to bring its words to the node before the next one is tried. */
export const SEND_WITHIN_MS = 30_000
/** Answers of the node come in bursts; the last of each is written this long after the first. */
export const REMEMBER_AFTER_MS = 1_000
/** A page that is opened while the node does not answer shows what is kept after this long; one on the same Wi-Fi answers in milliseconds. */
export const PATIENCE_MS = 2_500
