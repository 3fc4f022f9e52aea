// Hostile files damaged further, at random from seeds: some hundreds in each run, and as many as there is time for with `JELI_FUZZ_SECONDS` (`cargo xtask fuzz page`).
import { describe, expect, it } from 'vitest'
import { joined } from '../src/files/bytes'
import { largestOf } from '../src/files/heif'
import { PARTS_LIMIT } from '../src/files/limits'
import { dimensionsOf, pictureIn, typeOf, withoutMetadata } from '../src/files/metadata'
import { safeName } from '../src/files/name'
import { corpus, hostileNames } from './hostile/corpus'
import { app1, withPlace, XMP, XMP_HEADING } from './hostile/exif'
import { chunk } from './hostile/png'
import { placesIn } from './hostile/readers'
import { damaged, dice, put, sample, SAMPLES, segment } from './samples'

const SECONDS = Number(process.env['JELI_FUZZ_SECONDS'] ?? 0)
const FIRST_SEED = Number(process.env['JELI_FUZZ_SEED'] ?? 1)
const RUNS = 1_500
/** A reader that goes round in circles takes longer on any machine. */
const LONGEST_MS = 5_000

const FILES = [...corpus().filter(({ bytes }) => bytes.length < 8_000).map(({ bytes }) => bytes), ...SAMPLES.map(sample)]
/** What tells a place, in each format. */
const TELLING = [app1(withPlace()), app1(withPlace({ little: false })), segment(0xe1, XMP_HEADING + XMP), chunk('eXIf', withPlace()), chunk('iTXt', `XML:com.adobe.xmp\0\0\0\0\0${XMP}`), withPlace()]

type Roll = (below: number) => number

/** The seeds of this run: a fixed row, or for so many seconds. */
function* seeds(runs: number): Generator<number> {
  const end = Date.now() + SECONDS * 1_000
  for (let seed = FIRST_SEED; SECONDS > 0 ? Date.now() < end : seed < FIRST_SEED + runs; seed += 1) yield seed
}

const one = <T>(roll: Roll, list: readonly T[]): T => list[roll(list.length)] as T

function made(roll: Roll): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> = one(roll, FILES)
  for (let times = roll(3); times > 0; times -= 1) bytes = put(bytes, roll(bytes.length), roll(4) === 0 ? roll(20) : 0, one(roll, TELLING))
  // Two files in one, now and then.
  if (roll(8) === 0) bytes = put(bytes, roll(bytes.length), 0, one(roll, FILES))
  return roll(4) === 0 ? bytes : damaged(bytes, roll)
}

describe('whatever the bytes', () => {
  it('what is called clean has no place, is the image’s own bytes in their order, and is read to an end', { timeout: (SECONDS + 120) * 1_000 }, async () => {
    let clean = 0
    for (const seed of seeds(RUNS)) {
      const bytes = made(dice(seed))
      const begun = performance.now()
      const type = typeOf(bytes)
      const picture = pictureIn(bytes)
      const result = withoutMetadata(bytes, type)
      const size = dimensionsOf(bytes)
      largestOf(bytes)
      expect(performance.now() - begun, `seed ${seed}`).toBeLessThan(LONGEST_MS)
      expect(picture?.parts.length ?? 0, `seed ${seed}`).toBeLessThanOrEqual(2 * PARTS_LIMIT)
      expect(['clean', 'damaged', 'not_understood', 'unsupported'], `seed ${seed}`).toContain(result.outcome)
      if (result.outcome !== 'clean') continue
      clean += 1
      let from = 0
      for (const part of picture?.parts ?? []) {
        if (part.buffer !== bytes.buffer) continue
        expect(part.byteOffset, `seed ${seed}`).toBeGreaterThanOrEqual(from)
        from = part.byteOffset + part.length
      }
      expect(result.bytes.length, `seed ${seed}`).toBeLessThanOrEqual(bytes.length + 64)
      expect(withoutMetadata(result.bytes, type), `seed ${seed}`).toEqual(result)
      expect(dimensionsOf(result.bytes), `seed ${seed}`).toEqual(size)
      expect(await placesIn(result.bytes), `seed ${seed}`).toEqual([])
    }
    expect(clean, 'some are clean').toBeGreaterThan(10)
  })

  it('a name stays one', { timeout: (SECONDS + 120) * 1_000 }, () => {
    const pieces = [...hostileNames(), '.', ' ', '/', '\\', ':', '\0', '\u202e', '\u2066', '\ud83d', '\udc69', '\u200d', '.exe', 'CON', '¹', 'ұ', 'İ', 'ß', '\u0301', '\ufe0f']
    for (const seed of seeds(3_000)) {
      const roll = dice(seed)
      const name = Array.from({ length: 1 + roll(6) }, () => one(roll, pieces).slice(roll(4) === 0 ? roll(5) : 0)).join('')
      const bytes = joined([one(roll, FILES)]).subarray(0, 200)
      const type = roll(2) === 0 ? undefined : typeOf(bytes)
      const safe = safeName(name, type)
      expect(safe, `seed ${seed}`).toMatch(/^(?![. ])[^<>:"/\\|?*\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]*[^. ]$/u)
      expect(safe, `seed ${seed}`).not.toMatch(/^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)/i)
      expect(safeName(safe, type), `seed ${seed}`).toBe(safe)
    }
  })
})
