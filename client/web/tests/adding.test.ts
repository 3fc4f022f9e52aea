// @vitest-environment jsdom
import * as A from '@automerge/automerge/slim'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError, api } from '../src/data/api'
import { keeping } from '../src/away/keeping.svelte'
import { session } from '../src/data/session.svelte'
import { events } from '../src/data/events.svelte'
import { undo } from '../src/data/undo.svelte'
import { said, type Common } from '../src/edit/kinds'
import { bytesOf } from '../src/files/bytes'
import { word } from '../src/edit/paths'
import { SENDING_LIMIT, TYPE_BYTES, UPLOAD_PIECE_BYTES, UPLOAD_STANDS_MS } from '../src/files/limits'
import { Upload } from '../src/files/upload'
import { addingsTo, nameFor } from '../src/parts/files/adding.svelte'
import type { Adding } from '../src/parts/files/onitsway.svelte'
import * as shelf from '../src/live/shelf'
import type { LiveDocument } from '../src/live/document.svelte'
import * as smallpicture from '../src/files/smallpicture'
import { Live, filesIn, hasRoom, inBrowser, isHeld, only, photo, sent, start, unknown } from './adds'
import { filmOf, PLACE } from './films'
import { lettersOf, privateIn, sample } from './samples'

inBrowser()

describe('a photo that is added', () => {
  it('waits for a word how it is sent, smaller or with its own pixels, and neither says where it was taken', async () => {
    const { live, addings } = start()
    addings.add('judgements/j', [photo()])
    await addings.settled()
    const adding = only(addings)
    expect(adding.step).toBe('choosing')
    expect([adding.ways?.smaller?.width, adding.ways?.original !== undefined]).toEqual([2048, true])
    expect(sent).toEqual([])
    addings.choose(addings.all, 'original')
    await addings.settled()
    expect(addings.all).toEqual([])
    const [file] = filesIn(live)
    expect(file).toMatchObject({ name: 'IMG_1.JPG', note: '', width: 40, height: 60 })
    expect(said(file?.at)).toBe('judgements/j')
    expect(privateIn(sent.at(-1)?.bytes ?? new Uint8Array())).toEqual([])
    expect(privateIn(sample('turned.jpg')), 'and there was something').not.toEqual([])
  })

  it('is sent after its thumbnail, and named with one change', async () => {
    const { live, addings } = start()
    addings.add('', [photo()])
    await addings.settled()
    addings.choose(addings.all, 'original')
    await addings.settled()
    expect(sent).toHaveLength(2)
    expect((sent[0]?.bytes.length ?? 0) < (sent[1]?.bytes.length ?? 0)).toBe(true)
    const [file] = filesIn(live)
    expect([said(file?.thumbnail), said(file?.hash)]).toEqual(['0'.padStart(64, '0'), '1'.padStart(64, '0')])
    expect(said(file?.media_type)).toBe('image/jpeg')
    expect(file?.size).toBe(sent[1]?.length)
    expect([live.changes, isHeld]).toEqual([1, 0])
    expect(addings.added).toEqual({ at: '', name: 'IMG_1.JPG' })
  })

  it('that this browser cannot show is sent as it is only when a person says so', async () => {
    const { live, addings } = start()
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new DOMException('no', 'InvalidStateError')))
    addings.add('', [unknown(), unknown('two.heic')])
    await addings.settled()
    expect(addings.all.map(({ step, whyNot }) => [step, whyNot])).toEqual([['choosing', 'undecodable'], ['choosing', 'undecodable']])
    addings.cancel(addings.all[1] as Adding)
    addings.choose(addings.all, 'as_it_is')
    await addings.settled()
    expect(filesIn(live).map(({ name, width, thumbnail }) => [name, width, said(thumbnail)])).toEqual([['IMG_1.HEIC', 0, '']])
    expect(sent).toHaveLength(1)
  })

  it('as a camera keeps it, which no page shows, is asked about: it says where it was taken', async () => {
    const { live, addings } = start()
    const raw = [['a.dng', 'II*\0'], ['b.nef', 'MM\0*'], ['c.raf', 'FUJIFILMCCD-RAW'], ['d.cr3', '\0\0\0\x18ftypcrx '], ['e.jxl', '\xff\x0a']] as const
    addings.add('', raw.map(([name, first]) => new File([bytesOf(first), new Uint8Array(40)], name)))
    await addings.settled()
    expect(addings.all.map(({ step, whyNot }) => [step, whyNot])).toEqual(raw.map(() => ['choosing', 'not_understood']))
    expect(sent).toEqual([])
    addings.choose(addings.all, 'as_it_is')
    await addings.settled()
    expect(filesIn(live).map(({ name }) => name)).toEqual(raw.map(([name]) => name))
  })

  it('goes as is said once of all that were chosen with it, also of those that are looked at later', async () => {
    const { live, addings } = start()
    let hold: (() => void) | undefined
    const decode = globalThis.createImageBitmap
    let looked = 0
    vi.stubGlobal('createImageBitmap', async (blob: Blob) => {
      looked += 1
      if (looked === 2) await new Promise<void>((resolve) => (hold = resolve))
      return decode(blob)
    })
    addings.add('', [photo('a.jpg'), photo('b.jpg'), photo('c.jpg')])
    await vi.waitFor(() => expect(hold).toBeDefined())
    addings.choose(addings.all, 'original')
    hold?.()
    await addings.settled()
    await addings.settled()
    expect(filesIn(live).map(({ name, width }) => [name, width])).toEqual([['a.jpg', 40], ['b.jpg', 40], ['c.jpg', 40]])
    addings.add('', [photo('d.jpg')])
    await addings.settled()
    expect(only(addings).step, 'those that are chosen next are asked about anew').toBe('choosing')
  })
})

describe('a film that is added', () => {
  const film = (bytes: BlobPart) => new File([bytes], 'Сабақ.mp4', { type: 'video/mp4' })
  const placesIn = (bytes: Uint8Array) => PLACE.filter((place) => lettersOf(bytes).includes(place))
  beforeEach(() => void vi.spyOn(smallpicture, 'smallPictureOf').mockResolvedValue(undefined))
  afterEach(() => vi.restoreAllMocks())

  it('goes without the place where it was taken, and nothing is asked', async () => {
    const { live, addings } = start()
    expect(placesIn(filmOf()), 'and it was there').toEqual(PLACE)
    addings.add('', [film(filmOf())])
    expect(only(addings).carries).toBe(false)
    await addings.settled()
    expect(filesIn(live).map(({ name, media_type }) => [name, said(media_type)])).toEqual([['Сабақ.mp4', 'video/mp4']])
    expect([placesIn(sent[0]?.bytes ?? new Uint8Array()), sent[0]?.length]).toEqual([[], filmOf().length])
  })

  it('that cannot be cleared goes as it is only when a person says so', async () => {
    const { live, addings } = start()
    addings.add('', [film(filmOf().slice(0, -9))])
    await addings.settled()
    expect([only(addings).step, only(addings).whyNot, sent]).toEqual(['choosing', 'film_damaged', []])
    addings.choose(addings.all, 'as_it_is')
    await addings.settled()
    expect(filesIn(live)).toHaveLength(1)
  })

  it('that the device no longer has says so', async () => {
    const { addings } = start()
    const gone = Object.assign(film(filmOf()), { slice: (from: number) => ({ arrayBuffer: () => (from === 0 ? Promise.resolve(filmOf().buffer) : Promise.reject(new DOMException('gone', 'NotReadableError'))) }) })
    addings.add('', [gone])
    await addings.settled()
    expect(only(addings).error).toMatchObject({ code: 'file_unreadable' })
  })
})

describe('a photo of which the page makes a smaller one', () => {
  it('is told of when nobody has chosen that, until the next are chosen', async () => {
    const { addings } = start()
    addings.add('', [new File([sample('photo.avif')], 'a.avif')])
    await addings.settled()
    expect(addings.onlySmaller).toEqual([{ at: '', name: 'a.jpg' }])
    addings.add('', [photo()])
    await addings.settled()
    expect(addings.onlySmaller).toEqual([])
    addings.choose(addings.all, 'smaller')
    await addings.settled()
    expect(addings.onlySmaller, 'that one was chosen').toEqual([])
  })
})

describe('a photo that waits for a word', () => {
  const asDocument = (live: Live) => live as unknown as LiveDocument<Common>
  /** Whether the browser asks before the page is left. */
  const asks = () => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))

  it('waits on when its document has been let go of, and goes into that which is opened anew', async () => {
    const before = new Live()
    const addings = addingsTo(asDocument(before))
    addings.add('judgements/j', [photo()])
    await addings.settled()
    for (const id of ['e', 'f', 'g', 'h', 'i']) addingsTo(asDocument(Object.assign(new Live(), { id })))
    const anew = new Live()
    const [waiting] = addingsTo(asDocument(anew)).of('judgements/j')
    expect([waiting?.step, waiting?.file.name]).toEqual(['choosing', 'IMG_1.JPG'])
    vi.spyOn(shelf, 'take').mockResolvedValue(anew as never)
    addingsTo(asDocument(anew)).choose([waiting as Adding], 'original')
    await addings.settled()
    expect([filesIn(before), filesIn(anew).map(({ name }) => name)]).toEqual([[], ['IMG_1.JPG']])
    vi.restoreAllMocks()
  })

  it('is asked about before the page is left, and not once it is answered', async () => {
    const addings = addingsTo(asDocument(new Live()))
    expect(asks()).toBe(false)
    addings.add('', [photo()])
    await addings.settled()
    expect(asks()).toBe(true)
    addings.cancel(only(addings))
    expect(asks()).toBe(false)
  })

  it('is one of a bounded number in all documents together', () => {
    const [one, two] = [addingsTo(asDocument(new Live())), addingsTo(asDocument(Object.assign(new Live(), { id: 'e' })))]
    one.add('', Array.from({ length: SENDING_LIMIT - 1 }, () => photo()))
    two.add('', [photo(), photo()])
    expect([one.all.length, two.all.length, two.rest.length]).toEqual([SENDING_LIMIT - 1, 1, 1])
    one.cancel(only(one))
    expect([one.all.length, two.all.length, two.rest.length], 'and the next one follows').toEqual([SENDING_LIMIT - 2, 2, 0])
  })

  it('is gone when its person signs out', async () => {
    const addings = addingsTo(asDocument(new Live()))
    addings.add('', [photo()])
    await addings.settled()
    vi.spyOn(api, 'signOut').mockResolvedValue(undefined)
    vi.spyOn(session, 'confirmed').mockResolvedValue(true)
    vi.spyOn(keeping, 'lookUnsent').mockResolvedValue(undefined)
    await expect(session.signOut('#'), 'its person is told first').rejects.toMatchObject({ code: 'unsent_files', args: { count: 1 } })
    expect(asks()).toBe(true)
    await session.signOut('#', 'forget')
    expect([addings.all, addingsTo(asDocument(new Live())).all, asks()]).toEqual([[], [], false])
    vi.restoreAllMocks()
  })
})

describe('another file that is added', () => {
  it('goes as it is, one after the other, and it is told that what is in it goes along', async () => {
    const { live, addings } = start()
    addings.add('', [new File(['%PDF-1.7 words'], 'Есеп.pdf'), new File(['words'], '../notes.txt')])
    const [pdf, text] = addings.all as [Adding, Adding]
    await addings.settled()
    expect([pdf.carries, text.carries]).toEqual([true, false])
    addings.add('', [new File([new Uint8Array(4)], 'b.dat')])
    await addings.settled()
    expect(filesIn(live).map(({ name, media_type }) => [name, said(media_type)])).toEqual([['Есеп.pdf', 'application/pdf'], ['_notes.txt', 'text/plain'], ['b.dat', 'application/x-bytes']])
  })

  it('is words also where a letter ends behind what is looked at', async () => {
    const { live, addings } = start()
    addings.add('', [new File(['а'.repeat(TYPE_BYTES)], 'Хат.txt'), new File([`x${'а'.repeat(TYPE_BYTES)}`], 'Есеп.txt')])
    await addings.settled()
    expect(filesIn(live).map(({ name, media_type }) => [name, said(media_type)])).toEqual([['Хат.txt', 'text/plain'], ['Есеп.txt', 'text/plain']])
  })

  it('that is refused keeps its place, and goes when it is tried again', async () => {
    const { live, addings } = start()
    hasRoom(false)
    addings.add('', [new File(['words'], 'a.txt'), new File(['more'], 'b.txt')])
    await addings.settled()
    expect(addings.all.map(({ step, error }) => [step, error])).toEqual([
      ['failed', expect.objectContaining({ code: 'no_room_for_files' })],
      ['failed', expect.objectContaining({ code: 'no_room_for_files' })],
    ])
    hasRoom(true)
    addings.again(only(addings))
    addings.cancel(addings.all[1] as Adding)
    await addings.settled()
    expect(filesIn(live).map(({ name }) => name)).toEqual(['a.txt'])
    expect([addings.all, isHeld]).toEqual([[], 0])
  })

  it('goes by itself when the node answers again, unless it was given up', async () => {
    const { live, addings } = start()
    const opened: (() => void)[] = []
    const stopped = vi.fn()
    vi.spyOn(events, 'onOpen').mockImplementation((ask) => {
      opened.push(ask)
      return stopped
    })
    const away = new ApiError('node_unreachable', 0)
    const send = vi.spyOn(Upload.prototype, 'send').mockRejectedValue(away)
    addings.add('', [new File(['words'], 'a.txt'), new File(['more'], 'b.txt')])
    await addings.settled()
    expect(addings.all.map(({ error }) => error)).toEqual([away, away])
    send.mockRestore()
    addings.cancel(addings.all[1] as Adding)
    for (const ask of opened) ask()
    await addings.settled()
    expect(filesIn(live).map(({ name }) => name)).toEqual(['a.txt'])
    expect(stopped).toHaveBeenCalledTimes(2)
    vi.restoreAllMocks()
  })

  it('that the device no longer has says so', async () => {
    const { addings } = start()
    const gone = Object.assign(new File(['x'], 'x.txt'), { slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) })
    addings.add('', [gone])
    await addings.settled()
    expect([only(addings).step, only(addings).error]).toEqual(['failed', expect.objectContaining({ code: 'file_unreadable' })])
  })

  it('is named in no document that may not be written any more', async () => {
    const { live, addings } = start()
    live.writable = false
    addings.add('', [new File(['words'], 'a.txt')])
    await addings.settled()
    expect([only(addings).step, filesIn(live)]).toEqual(['failed', []])
  })

  it('waits where what it was to stand at has been removed meanwhile', async () => {
    const { live, addings } = start()
    addings.add('judgements/gone', [new File(['words'], 'a.txt')])
    await addings.settled()
    expect([only(addings).error, filesIn(live)]).toEqual([expect.objectContaining({ code: 'place_gone' }), []])
    live.doc = A.change(live.doc as never, (draft: { judgements: object }) => void (draft.judgements = { gone: { asked: '' } })) as unknown as Common
    addings.again(only(addings))
    await addings.settled()
    expect(filesIn(live).map(({ name }) => name)).toEqual(['a.txt'])
  })

  it('that is left out comes back to its place where that is taken back', async () => {
    const { live, addings } = start()
    addings.add('judgements/j', [photo('a.jpg'), photo('b.jpg')])
    await addings.settled()
    addings.leave([only(addings)])
    addings.leave([only(addings)])
    expect([addings.all, undo.offer?.words]).toEqual([[], expect.stringMatching(/a\.jpg.*b\.jpg/)])
    undo.take()
    await addings.settled()
    expect(addings.all.map(({ at, step }) => [at, step])).toEqual([['judgements/j', 'choosing'], ['judgements/j', 'choosing']])
    addings.choose(addings.all, 'original')
    await addings.settled()
    expect(filesIn(live).map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg'])
    addings.add('', [photo()])
    addings.leave(addings.all)
    session.forgetsFiles()
    expect(undo.offer, 'nobody else takes it back').toBeUndefined()
  })

  it('that is cancelled is not named', async () => {
    const { live, addings } = start()
    addings.add('', [new File(['words'], 'a.txt')])
    addings.cancel(only(addings))
    await addings.settled()
    expect([addings.all, filesIn(live), sent]).toEqual([[], [], []])
  })

  it('goes elsewhere where what it was to stand at has been removed for good', async () => {
    const { live, addings } = start()
    addings.add('judgements/gone', [new File(['words'], 'a.txt'), photo()])
    await addings.settled()
    expect(addings.all.map(({ step }) => step)).toEqual(['failed', 'choosing'])
    addings.move(addings.all, '')
    await addings.settled()
    addings.choose(addings.all, 'original')
    await addings.settled()
    expect(filesIn(live).map(({ name, at }) => [name, said(at)])).toEqual([['a.txt', ''], ['IMG_1.JPG', '']])
    expect(sent, 'nothing is sent twice').toHaveLength(3)
  })

  it('goes on when its person, who was signed out, has signed in again', async () => {
    const { live, addings } = start()
    const opened: (() => void)[] = []
    vi.spyOn(events, 'onOpen').mockImplementation((ask) => {
      opened.push(ask)
      return () => {}
    })
    const send = vi.spyOn(Upload.prototype, 'send').mockRejectedValue(new ApiError('signed_out', 401))
    addings.add('', [new File(['words'], 'a.txt')])
    await addings.settled()
    expect(only(addings).error).toMatchObject({ code: 'signed_out' })
    send.mockRestore()
    for (const ask of opened) ask()
    await addings.settled()
    expect(filesIn(live).map(({ name }) => name)).toEqual(['a.txt'])
    vi.restoreAllMocks()
  })

  it('is one of a bounded number', () => {
    const { addings } = start()
    addings.add('', Array.from({ length: SENDING_LIMIT + 3 }, () => photo()))
    expect([addings.all.length, addings.rest.length]).toEqual([SENDING_LIMIT, 3])
  })
})

describe('the name of what was made anew', () => {
  it('says what it is now, and else stays', () => {
    expect(nameFor('IMG_1.heic', 'image/jpeg', 'anew')).toBe('IMG_1.jpg')
    expect(nameFor('IMG_1.heic', 'image/heic', 'as_it_was')).toBe('IMG_1.heic')
    expect(nameFor('Doc. Serik', 'image/jpeg', 'anew')).toBe('Doc. Serik.jpg')
  })
})

describe('a file that stands there already', () => {
  it('does not stand there twice, whether it is sent again or put there, and that is told', async () => {
    const { live, addings } = start()
    const hash = '0'.padStart(64, '0')
    addings.reuse('', { name: 'Guide.txt', note: '', hash: word(hash), media_type: word('text/plain'), size: 5, thumbnail: word(''), width: 0, height: 0 })
    expect([filesIn(live).length, addings.already]).toEqual([1, []])
    // The node says by its hash what it has become.
    addings.add('', [new File(['words'], 'The same.txt')])
    await addings.settled()
    expect([filesIn(live).length, addings.all, addings.already]).toEqual([1, [], [{ at: '', name: 'Guide.txt' }]])
    addings.reuse('judgements/j', { name: 'Guide.txt', note: '', hash: word(hash), media_type: word('text/plain'), size: 5, thumbnail: word(''), width: 0, height: 0 })
    expect([filesIn(live).length, addings.already], 'elsewhere it does').toEqual([2, [{ at: '', name: 'Guide.txt' }]])
  })
})

describe('a file on its way', () => {
  it('says that the line stands when nothing moves any more, and no rate of before', async () => {
    vi.useFakeTimers()
    const { addings } = start()
    const answer = fetch
    let isLost = false
    vi.stubGlobal('fetch', (address: string, options: RequestInit) => {
      if (options.method === 'PATCH' && isLost) return new Promise(() => {})
      isLost = options.method === 'PATCH'
      return answer(address, options)
    })
    addings.add('', [new File([new Uint8Array(UPLOAD_PIECE_BYTES * 3)], 'Film.bin')])
    await vi.advanceTimersByTimeAsync(3_000)
    const adding = only(addings)
    expect([adding.step, adding.sent, adding.stands]).toEqual(['sending', UPLOAD_PIECE_BYTES, false])
    await vi.advanceTimersByTimeAsync(UPLOAD_STANDS_MS + 2_000)
    expect([adding.stands, adding.rate, adding.secondsLeft]).toEqual([true, 0, undefined])
    addings.cancel(adding)
    vi.useRealTimers()
  })
})

describe('a file of another document', () => {
  const known = { name: 'Guide.pdf', note: 'three questions', hash: word('a'.repeat(64)), media_type: word('application/pdf'), size: 20, thumbnail: word(''), width: 0, height: 0 }

  it('stands here with one change, and nothing is sent', () => {
    const { live, addings } = start()
    addings.reuse('judgements/j', known)
    const [file] = filesIn(live)
    expect(file).toMatchObject({ name: 'Guide.pdf', note: 'three questions', size: 20 })
    expect([said(file?.at), said(file?.hash), said(file?.media_type)]).toEqual(['judgements/j', 'a'.repeat(64), 'application/pdf'])
    expect([live.changes, sent]).toEqual([1, []])
    expect(addings.added).toEqual({ at: 'judgements/j', name: 'Guide.pdf' })
  })

  it('is taken for no more than it may say, whatever a program wrote there', () => {
    const { live, addings } = start()
    addings.reuse('', { ...known, name: '../run.exe', media_type: 'application/pdf', size: 'many', width: -4, note: undefined } as never)
    expect(filesIn(live)[0]).toMatchObject({ name: '_run.exe.pdf', note: '', size: 0, width: 0 })
  })

  it('does not stand at what is gone', () => {
    const { live, addings } = start()
    expect(() => addings.reuse('judgements/gone', known)).toThrow(expect.objectContaining({ code: 'place_gone' }))
    expect(live.changes).toBe(0)
  })
})
