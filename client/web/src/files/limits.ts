// Bounds of what is read and made of a file before it leaves the device.

/** A photo of a phone has 3 to 12 million bytes, one of 108 megapixels some 40. More is not taken into memory to be made smaller. */
export const IMAGE_LIMIT_BYTES = 64 << 20
/** Decoded, each pixel takes four bytes: 440 million at most. Phones that take 108 megapixels have that memory; an image of 40,000 x 40,000 is refused. */
export const DECODED_LIMIT_PIXELS = 110_000_000
/** Safari on phones leaves a larger canvas empty without a word. */
export const CANVAS_LIMIT_PIXELS = 4096 * 4096
/** The longer side of a photo that is sent: an A4 page photographed with it can be read and printed. */
export const PHOTO_LONGEST_PX = 2048
/** The longer side in a list: 160 points on a screen of two pixels a point. */
export const THUMBNAIL_LONGEST_PX = 320
/** A thumbnail of ours has some 30,000 bytes; a list shows none that somebody else has made many times as large. */
export const THUMBNAIL_LIMIT_BYTES = 200 << 10
/** A PDF of which the first page is drawn: it is read into memory whole. A scanned report has some 20 million bytes. */
export const PDF_LIMIT_BYTES = 32 << 20
/** An image in a PDF; a larger one is left out of its page. An A4 page scanned with 600 points to the inch has 35 million, decoded 140 million bytes. */
export const PDF_IMAGE_LIMIT_PIXELS = 4 * CANVAS_LIMIT_PIXELS
/** Of one path in a PDF. The browser draws it in one go, which nobody can end: so many that all cross each other take five seconds, and the time
 * grows as their square. A map has some thousands in a line. */
export const PDF_PATH_STEPS = 100_000
/** A page of an honest PDF is drawn within a second or two on an old computer; whoever draws for longer is ended. */
export const PDF_WITHIN_MS = 10_000
/** A moment of a film comes within a second, of one that the browser cannot decode never. */
export const FILM_WITHIN_MS = 8_000
/** The tables of a film, which are read into memory. Those of two hours have some 5 million bytes. */
export const FILM_TABLES_LIMIT_BYTES = 64 << 20
/** What is put out in a film. What a camera notes second by second in a film of two thousand million bytes has some 10 million. */
export const FILM_BLANK_LIMIT_BYTES = 64 << 20
/** Places that are put out in a film: a phone's hour has some 10,000, and the browser holds each as a part of its own. */
export const FILM_BLANKS_LIMIT = 20_000
/** From 0 to 1. Above it photos grow faster than anyone sees. */
export const JPEG_QUALITY = 0.82
/** Segments, chunks or boxes of one image. A photo has some dozens, an animation a few thousands; more are there to exhaust whoever reads them. */
export const PARTS_LIMIT = 65_536
/** Scans of one JPEG: progressive ones have ten or so, and each goes over all pixels. */
export const SCANS_LIMIT = 100
/** So much of a text is shown: some hundred pages. */
export const PREVIEW_TEXT_BYTES = 200 << 10
/** So many pages of a PDF are shown; who reads a longer one saves it. */
export const PREVIEW_PAGES = 300
/** A PDF that is looked at is opened, or a page of it drawn, within this time after the last of its bytes have come; else the worker is ended. A page full of
 * drawings takes some ten seconds on an old computer. */
export const PREVIEW_QUIET_MS = 30_000
/** Words of one page that are read out. A page of a book has 3,000 letters. */
export const PREVIEW_WORDS_LETTERS = 20_000
/** So much of a file says what it is. Word and Excel name their first parts within 2,000 bytes. */
export const TYPE_BYTES = 4096
/** A file name in UTF-16 units, as fields count them, with the extension. */
export const FILE_NAME_LETTERS = 120
/** The same in UTF-8: Linux and Android take 255, and a browser that has the name already adds " (12)". 120 Cyrillic letters fit. */
export const FILE_NAME_BYTES = 240
/** What follows the last dot is an extension up to so many letters. */
export const EXTENSION_LETTERS = 12
/** The first piece of an upload. A piece is what is sent again after a cut, and how often progress is told. */
export const UPLOAD_PIECE_BYTES = 256 << 10
/** Each further one is what goes in about this time, within these bounds: the node brings each to its disk for good. */
export const UPLOAD_PIECE_MS = 2_000
export const UPLOAD_PIECE_LEAST_BYTES = 64 << 10
export const UPLOAD_PIECE_MOST_BYTES = 4 << 20
/** Bytes that are summed up at a time. */
export const SUM_BYTES = 4 << 20
/** Nothing has come at the node for so long: the line stands. The least piece takes half of it on the slowest line that we know. */
export const UPLOAD_STANDS_MS = 20_000
/** A piece on weak Wi-Fi at 10,000 bytes a second; with the last one the node copies and hashes the whole file. */
export const UPLOAD_PIECE_WITHIN_MS = 120_000
/** The first wait after a cut; each further one is twice as long. */
export const UPLOAD_BACKOFF_MS = 500
export const UPLOAD_BACKOFF_LONGEST_MS = 15_000
/** Failures in a row after which a person is told: a minute and a half. */
export const UPLOAD_FAILURES = 10
/** Files not sent to the end that a browser remembers of one person: as many as a node has in hand for one. */
export const UNFINISHED_LIMIT = 16
/** Of one that goes in another tab a piece comes within this time. */
export const UNFINISHED_QUIET_MS = UPLOAD_PIECE_WITHIN_MS + UPLOAD_BACKOFF_LONGEST_MS
/** Files that are on their way from one tab at once, those that wait for a word among them; the rest is for the next time. */
export const SENDING_LIMIT = 50
