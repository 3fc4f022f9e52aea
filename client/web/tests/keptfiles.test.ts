import { afterEach, describe, expect, it, vi } from 'vitest'
import type { KeptFile, KeptFor } from '../src/data/types'
import { chosen, heardOf, isDiskShort, itemOf, keptIn, mayShow, offered, partsOf } from '../src/screens/files/kept'

const stands = (over: Partial<KeptFor> = {}): KeptFor => ({ id: 'd', title: 'Plan', kind: 'plan', part: 'content', named: true, name: 'Survey.pdf', media_type: 'application/pdf', ...over })
const file = (hash: string, over: Partial<KeptFile> = {}): KeptFile => ({ hash, size: 10, added_at: 0, used_at: 0, documents: [stands()], holders: [], last: true, pinned: [], ...over })
const compare = (a: string, b: string) => a.localeCompare(b)
const all = () => true

describe('what our school keeps of files', () => {
  it('is a row for each content, with small pictures and what others read counted apart', () => {
    const kept = keptIn([
      file('a'),
      file('b', { size: 3, documents: [stands({ part: 'thumbnail', name: '' })] }),
      file('c', { size: 4, documents: [stands({ part: 'thumbnail', name: '' })] }),
      file('d', { size: 5, documents: [] }),
      // A picture of one file that is another file's content is a file.
      file('e', { documents: [stands({ part: 'thumbnail', name: '' }), stands({ name: 'Photo.jpg', media_type: 'image/jpeg' })] }),
    ])
    expect(kept.rows.map(({ hash, name }) => [hash, name])).toEqual([['a', 'Survey.pdf'], ['e', 'Photo.jpg']])
    expect([kept.pictures, kept.others]).toEqual([{ count: 2, bytes: 7 }, { count: 1, bytes: 5 }])
  })

  it('is called as the document says that names it now, and by nothing that its type belies', () => {
    const [once, lies, unnamed] = keptIn([
      file('a', { documents: [stands({ id: 'old', named: false, name: 'Old.pdf' }), stands({ id: 'new', name: ' New.pdf ' })] }),
      file('b', { documents: [stands({ name: '../photo.jpg', media_type: 'text/html' })] }),
      file('c', { documents: [stands({ name: '  ' })] }),
    ]).rows
    expect([once?.name, once?.documents.map(({ id }) => id)]).toEqual(['New.pdf', ['new', 'old']])
    expect([lies?.name, unnamed?.name]).toEqual(['_photo.jpg.txt', ''])
  })

  it('is found by the name of the file or of a document, filtered, and in the order that is asked for', () => {
    const { rows } = keptIn([
      file('a', { size: 1, used_at: 3, last: false, documents: [stands({ name: 'B.pdf', title: 'Plan' })] }),
      file('b', { size: 3, used_at: 1, pinned: ['kind'], documents: [stands({ name: 'A.pdf', title: 'Meeting' })] }),
      file('c', { size: 3, used_at: 2, documents: [stands({ name: 'C.pdf', title: 'Meeting' })] }),
    ])
    const hashes = (...[filter, order, fits]: [Parameters<typeof chosen>[1], Parameters<typeof chosen>[2], (words: string) => boolean]) => chosen(rows, filter, order, compare, fits).map(({ hash }) => hash)
    expect(hashes('all', 'size', all)).toEqual(['b', 'c', 'a'])
    expect(hashes('all', 'used', all)).toEqual(['b', 'c', 'a'])
    expect(hashes('all', 'name', all)).toEqual(['b', 'a', 'c'])
    expect([hashes('only_here', 'size', all), hashes('kept', 'size', all)]).toEqual([['b', 'c'], ['b']])
    expect([hashes('all', 'size', (words) => words === 'Meeting'), hashes('all', 'size', (words) => words === 'B.pdf')]).toEqual([['b', 'c'], ['a']])
    expect(rows.map(({ hash }) => hash), 'the list itself stays').toEqual(['a', 'b', 'c'])
  })
})

describe('who else has a file', () => {
  const NOW = 1_800_000_000_000
  const holder = (school: string, minutesAgo: number) => ({ school, whole: true, at: NOW - minutesAgo * 60_000 })
  const told = (...[holders, reached]: [ReturnType<typeof holder>[], string[]]) => {
    const { just, once } = heardOf(holders, new Set(reached), NOW)
    return [just, once].map((each) => each.map(({ school }) => school))
  }

  it('has said so now only where it is reached and was heard of a short while ago', () => {
    const holders = [holder('Rodnik', 1), holder('Tulpar', 1), holder('Zhuldyz', 600)]
    expect(told(holders, ['Rodnik', 'Zhuldyz'])).toEqual([['Rodnik'], ['Tulpar', 'Zhuldyz']])
    expect(told(holders, []), 'nobody is reached').toEqual([[], ['Rodnik', 'Tulpar', 'Zhuldyz']])
    expect(told([], ['Rodnik'])).toEqual([[], []])
  })
})

describe('a kept file', () => {
  afterEach(() => vi.unstubAllGlobals())

  it('is shown by what its type allows, and a picture only where a document still says how large it is', () => {
    vi.stubGlobal('OffscreenCanvas', class {})
    const may = (name: string, media_type: string, named = true) => keptIn([file('a', { documents: [stands({ name, media_type, named })] })]).rows.map(mayShow)[0]
    expect([may('Survey.pdf', 'application/pdf'), may('Survey.pdf', 'application/pdf', false), may('Old.txt', 'application/octet-stream')]).toEqual([true, true, true])
    expect([may('Photo.jpg', 'image/jpeg'), may('Photo.jpg', 'image/jpeg', false)]).toEqual([true, false])
    expect([may('Archive.zip', 'application/zip'), may('Page', 'text/html')]).toEqual([false, false])
  })

  it('is known by the list alone where no document can be asked', () => {
    const [row] = keptIn([file('a')]).rows
    expect(row && itemOf(row)).toMatchObject({ name: 'Survey.pdf', hash: 'a', media_type: 'application/pdf', size: 10, width: 0 })
  })
})

describe('the room for files', () => {
  it('is drawn as taken, still to come, and what the disk has not', () => {
    expect(partsOf({ used: 25, left: 75, limit: 100 })).toEqual({ used: 25, left: 75 })
    expect(partsOf({ used: 25, left: 25, limit: 100 })).toEqual({ used: 25, left: 25 })
    expect(partsOf({ used: 200, left: 0, limit: 100 }), 'less was chosen since').toEqual({ used: 100, left: 0 })
    expect(partsOf({ used: 0, left: 0, limit: 0 })).toEqual({ used: 0, left: 0 })
    expect([isDiskShort({ used: 25, left: 75, limit: 100 }), isDiskShort({ used: 25, left: 25, limit: 100 }), isDiskShort({ used: 200, left: 0, limit: 100 })]).toEqual([false, true, false])
  })

  it('is chosen among usual sizes and the one that it has', () => {
    expect(offered([1, 5], 3)).toEqual([1, 3, 5])
    expect(offered([1, 5], 5)).toEqual([1, 5])
  })
})
