import { describe, expect, it } from 'vitest'
import { bytesOf, joined } from '../src/files/bytes'
import { TYPE_BYTES } from '../src/files/limits'
import { typeOf } from '../src/files/type'
import { damaged, dice, sample, SAMPLES } from './samples'

const text = (words: string) => new TextEncoder().encode(words)
const ftyp = (major: string, ...others: string[]) => bytesOf(`\0\0\0${String.fromCharCode(16 + others.length * 4)}ftyp${major}\0\0\0\0${others.join('')}`)
/** A part of a ZIP as its heading names it. */
const part = (name: string, content = '') => `PK\x03\x04${'\0'.repeat(22)}${String.fromCharCode(name.length)}\0\0\0${name}${content}`
const OFFICE = 'application/vnd.openxmlformats-officedocument.'
const ODF = 'application/vnd.oasis.opendocument.'
const frames = (head: string, length: number) => bytesOf(`${head.padEnd(length, '\0')}${head}`)

describe('what a file is', () => {
  it.each(SAMPLES)('is read from its bytes, not its name: %s', (name) => {
    const kinds: Record<string, string> = { jpg: 'image/jpeg', png: 'image/png', gif: 'image/gif', webp: 'image/webp', avif: 'image/avif' }
    expect(typeOf(sample(name))).toBe(kinds[name.split('.')[1] ?? ''])
  })

  it.each([
    ['image/heic', ftyp('heic', 'mif1', 'heic')],
    ['image/heic', ftyp('mif1', 'mif1', 'heic')],
    ['image/heif', ftyp('mif1', 'miaf')],
    ['image/avif', ftyp('mif1', 'miaf', 'avif')],
    ['video/mp4', ftyp('isom', 'iso2', 'avc1')],
    ['video/mp4', ftyp('mp42')],
    ['video/quicktime', ftyp('qt  ')],
    ['video/3gpp', ftyp('3gp5')],
    ['audio/mp4', ftyp('M4A ')],
    ['application/octet-stream', ftyp('crx ')],
    ['video/webm', bytesOf('\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm')],
    ['application/octet-stream', bytesOf('\x1a\x45\xdf\xa3\xa3\x42\x82\x88matroska')],
    ['audio/mpeg', bytesOf('ID3\x04\0\0')],
    ['audio/mpeg', frames('\xff\xfb\x90\x00', 417)],
    ['audio/mpeg', frames('\xff\xf3\x40\xc0', 104)],
    ['application/octet-stream', frames('\xff\xfb\x90\x00', 400)],
    ['application/octet-stream', bytesOf('\xff\xfeA\0B\0')],
    ['application/pdf', bytesOf('%PDF-1.7\n')],
    ['application/rtf', bytesOf('{\\rtf1\\ansi')],
    ['application/x-ole-storage', bytesOf('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0')],
    ['application/zip', bytesOf(part('notes.txt', 'hello'))],
    ['application/zip', bytesOf('PK\x05\x06')],
    ['application/zip', bytesOf(part('notes.txt', part('word/document.xml')))],
    [`${OFFICE}wordprocessingml.document`, bytesOf(part('[Content_Types].xml', 'x'.repeat(900)) + part('_rels/.rels') + part('word/document.xml'))],
    [`${OFFICE}spreadsheetml.sheet`, bytesOf(part('_rels/.rels') + part('xl/workbook.xml'))],
    [`${OFFICE}presentationml.presentation`, bytesOf(part('[Content_Types].xml') + part('ppt/presentation.xml'))],
    [`${ODF}text`, bytesOf(part('mimetype', `${ODF}text`) + part('content.xml'))],
    [`${ODF}spreadsheet`, bytesOf(part('mimetype', `${ODF}spreadsheet`))],
    ['application/zip', bytesOf(part('mimetype', `${ODF}text-template`) + part('content.xml'))],
  ])('%s', (type, bytes) => {
    expect(typeOf(bytes)).toBe(type)
  })

  it.each([
    ['text/plain', 'Сабақ жоспары: 1 < 2\n'],
    ['text/plain', '\ufeffҚазақша'],
    ['text/plain', 'if a <b: print(a)'],
    ['text/html', '<!DOCTYPE html><svg></svg>'],
    ['text/html', '\ufeff \n<html><body>'],
    ['text/html', '<script>alert(1)</script>'],
    ['text/html', '<!-- <svg> --><p>x'],
    ['text/html', '<img src=x onerror=alert(1)>'],
    ['text/html', '<?php echo 1 ?>'],
    ['text/html', '<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'],
    ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">'],
    ['image/svg+xml', '<?xml version="1.0"?>\n<!-- drawn --><!DOCTYPE svg [ <!ENTITY a "<html>"> ]>\n<s:svg xmlns:s="http://www.w3.org/2000/svg">'],
    ['application/xml', '<?xml version="1.0"?><FictionBook>'],
  ])('%s that is text', (type, words) => {
    expect(typeOf(text(words))).toBe(type)
  })

  it('is nothing known where there is nothing, or what no text has', () => {
    expect(typeOf(new Uint8Array())).toBe('application/octet-stream')
    expect(typeOf(bytesOf('MZ\x90\0\x03'))).toBe('application/octet-stream')
    expect(typeOf(bytesOf('\xcf\xf0\xe8\xe2\xe5\xf2')), 'Windows-1251').toBe('application/octet-stream')
  })

  it('is text also where a letter is cut by the end of what is read, but not by that of the file', () => {
    const long = text(`${'a'.repeat(TYPE_BYTES - 1)}ң and more`)
    expect(typeOf(long)).toBe('text/plain')
    expect(typeOf(long.slice(0, TYPE_BYTES))).toBe('application/octet-stream')
  })

  it('is said of anything', () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const roll = dice(seed)
      const name = SAMPLES[roll(SAMPLES.length)] ?? ''
      expect(typeOf(damaged(joined([bytesOf(part('mimetype')), sample(name)]).subarray(roll(60)), roll))).toMatch(/^[a-z]+\/[a-z0-9.+-]+$/)
    }
  })

  it('is said soon of text made to be looked at for long', () => {
    const begun = Date.now()
    for (const words of ['<!--', '<?', '<!doctype [', '<!doctype a[]', '<a', ' ']) typeOf(text(`<a:${words.repeat(200_000)}`))
    for (const words of ['<!--', '<?', '<!doctype [', '<!doctype x[]']) typeOf(text(words.repeat(200_000)))
    expect(Date.now() - begun).toBeLessThan(5_000)
  })
})
