// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '../src/data/api'
import { session } from '../src/data/session.svelte'
import type { Me } from '../src/data/types'
import { said } from '../src/edit/kinds'
import { Sum } from '../src/files/sum'
import { NOTHING_SENT, UnfinishedFiles, markOf, type How, type Unfinished } from '../src/files/unfinished'
import { Upload } from '../src/files/upload'
import { unfinished } from '../src/parts/files/unfinished.svelte'
import { filesIn, forgetSent, inBrowser, only, photo, sent, start, unknown } from './adds'
import { sample } from './samples'

inBrowser()

describe('a file that was not sent to the end', () => {
  const WORDS = 'words of a long report'
  const report = (words = WORDS) => new File([words], 'report.txt', { lastModified: 5 })
  /** Half of it has come, and the page was loaded anew. */
  async function broken(content: Blob, how: How, over: Partial<Unfinished> = {}): Promise<void> {
    session.me = { person: { id: 'p', name: 'Olga' }, school: { id: 's', name: 'School' }, reference: 's/p' } as unknown as Me
    sent.push({ length: content.size, bytes: new Uint8Array(await content.slice(0, content.size / 2).arrayBuffer()) })
    const chosen = { name: 'report.txt', size: WORDS.length, lastModified: 5 }
    const come = new Sum()
    come.add(sent.at(-1)?.bytes ?? new Uint8Array())
    new UnfinishedFiles(localStorage, 'p').note({ ...chosen, upload: '0', document: 'd', at: '', how, content: await markOf(content), sent: come.part, tab: unfinished.tab, seen: Date.now(), ...over })
    unfinished.look()
  }
  afterEach(() => {
    localStorage.clear()
    session.me = undefined
    unfinished.look()
  })
  const kept = () => new UnfinishedFiles(localStorage, 'p').all(unfinished.tab, Date.now())

  it('goes on where it stood when it is chosen again, and is remembered no longer', async () => {
    const { live, addings } = start()
    await broken(report(), 'as_it_is')
    expect(unfinished.list.map(({ upload }) => upload)).toEqual(['0'])
    addings.add('', [report()])
    await addings.settled()
    expect(sent.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([WORDS])
    expect([filesIn(live).map(({ name, size }) => [name, size]), kept(), unfinished.list]).toEqual([[['report.txt', WORDS.length]], [], []])
  })

  it('is sent as its person chose before, without another question', async () => {
    const { live, addings } = start()
    const small = new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0])], { type: 'image/jpeg' })
    const { name, size, lastModified } = photo()
    await broken(small, 'smaller', { name, size, lastModified })
    addings.add('', [new File([sample('turned.jpg')], name, { lastModified })])
    await addings.settled()
    expect(filesIn(live)).toHaveLength(1)
    expect(sent.map(({ bytes }) => bytes.length), 'it went on').toEqual([4])
  })

  it('may say where it was taken only if just that was agreed to of these very bytes', async () => {
    vi.stubGlobal('createImageBitmap', () => Promise.reject(new DOMException('no', 'InvalidStateError')))
    const again = () => unknown()
    const { name, size, lastModified } = again()
    const cases: [How, Blob, string[]][] = [
      ['smaller', new Blob(['what was made of it']), ['choosing']],
      ['as_it_is', new Blob(['another one of the same name']), ['choosing']],
      ['as_it_is', again(), []],
    ]
    for (const [how, content, steps] of cases) {
      const { addings } = start()
      forgetSent()
      await broken(content, how, { name, size, lastModified })
      addings.add('', [again()])
      await addings.settled()
      expect(addings.all.map(({ step }) => step), how).toEqual(steps)
      unfinished.forget('0')
    }
  })

  it('never becomes half of one and half of another', async () => {
    const { live, addings } = start()
    const asked: string[] = []
    await broken(report(), 'as_it_is')
    const { fetch } = globalThis
    vi.stubGlobal('fetch', (address: string, given: { method: string }) => {
      asked.push(`${given.method} ${address.split('/').at(-1)}`)
      return fetch(address, given)
    })
    addings.add('', [report('sdrow of a long report')])
    await addings.settled()
    expect(new TextDecoder().decode(sent[1]?.bytes)).toBe('sdrow of a long report')
    expect(said(filesIn(live)[0]?.hash)).toBe('1'.padStart(64, '0'))
    expect(asked).toContain('DELETE 0')
  })

  it('that the device can no longer read says so, and nothing of it is thrown away', async () => {
    const { addings } = start()
    await broken(report(), 'as_it_is')
    const file = report()
    const whole = file.slice.bind(file)
    let looks = 0
    file.slice = (...args) => ((looks += 1) > 1 ? ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) } as Blob) : whole(...args))
    addings.add('', [file])
    await addings.settled()
    expect(only(addings).error).toMatchObject({ code: 'file_unreadable' })
    expect(kept()).toHaveLength(1)
  })

  it('is remembered from its first byte, as long as it is neither whole nor given up', async () => {
    const { addings } = start()
    await broken(report(), 'as_it_is')
    unfinished.forget('0')
    const send = vi.spyOn(Upload.prototype, 'send').mockRejectedValue(new ApiError('node_unreachable', 0))
    const note = vi.spyOn(unfinished, 'note')
    addings.add('agenda/x', [report()])
    await addings.settled()
    send.mockRestore()
    addings.again(only(addings))
    await addings.settled()
    expect(note).toHaveBeenCalledWith({ upload: '1', document: 'd', at: 'agenda/x', how: 'as_it_is', content: await markOf(report()), sent: NOTHING_SENT, name: 'report.txt', size: WORDS.length, lastModified: 5 })
    expect(only(addings).error, 'whole, and with no place to stand at').toMatchObject({ code: 'place_gone' })
    expect(kept().map(({ upload }) => upload)).toEqual(['1'])
    expect(unfinished.list, 'it is under way in this tab').toEqual([])
    addings.cancel(only(addings))
    expect(kept()).toEqual([])
    vi.restoreAllMocks()
  })
})
