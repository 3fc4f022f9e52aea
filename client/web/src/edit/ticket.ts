// An invitation as people send it: with a greeting before it, in quotes, broken into lines by a messenger.

/** TICKET_PREFIX in protocol/src/invitation.rs; base32 follows, in small letters or, from a QR code, in capitals. */
const WHOLE = /^(?:jeli1[a-z2-7]+|JELI1[A-Z2-7]+)$/
const BEGINNING = /jeli1/i
/** A run of letters this long is a line of a ticket, no word of the letter around it. */
const LINE = 16

function lettersAtStart(text: string): string {
  return /^[a-z2-7]*/i.exec(text)?.[0] ?? ''
}

/** The ticket within `pasted`. Where there is none, `pasted` without its spaces: the node then says what is wrong with it. */
export function ticketIn(pasted: string): string {
  const bare = pasted.replaceAll(/\s+/g, '')
  const begins = pasted.search(BEGINNING)
  if (begins < 0 || WHOLE.test(bare)) return bare
  const found: string[] = []
  for (const word of pasted.slice(begins).split(/\s+/)) {
    const line = found.length === 0 ? word.slice(0, 5) + lettersAtStart(word.slice(5)) : lettersAtStart(word)
    // The last line that a messenger has made is short; before it stand several of one length.
    const rest = line !== '' && found.length > 2 && found[found.length - 1]?.length === found[found.length - 2]?.length
    if (found.length > 0 && line.length < LINE && !rest) break
    found.push(line)
    if (line.length < word.length || (found.length > 1 && line.length < LINE)) break
  }
  return found.join('')
}
