// Files that are two things at once, or not what they are called; and archives that become more than a disk holds.
import { crc32, deflateRawSync } from 'node:zlib'
import { bytesOf, joined, viewOf } from '../../src/files/bytes'
import type { Hostile } from './case'

const SCRIPT = '<script>fetch("/api/v1/me").then(alert)</script>'

/** One part of a ZIP, and its line in the list at the end. */
function part(name: string, data: Uint8Array, at: number): [Uint8Array, Uint8Array] {
  const packed = deflateRawSync(data, { level: 9 })
  const head = new Uint8Array(26)
  const view = viewOf(head)
  view.setUint16(0, 20, true)
  view.setUint16(4, 8, true)
  view.setUint32(10, crc32(data), true)
  view.setUint32(14, packed.length, true)
  view.setUint32(18, data.length, true)
  view.setUint16(22, name.length, true)
  const listed = joined([bytesOf('PK\x01\x02\x14\0'), head, new Uint8Array(14), bytesOf(name)])
  viewOf(listed).setUint32(42, at, true)
  return [joined([bytesOf('PK\x03\x04'), head, bytesOf(name), packed]), listed]
}

function zip(parts: readonly [name: string, data: Uint8Array][]): Uint8Array<ArrayBuffer> {
  let at = 0
  const made = parts.map(([name, data]) => {
    const [whole, listed] = part(name, data, at)
    at += whole.length
    return [whole, listed] as const
  })
  const list = joined(made.map(([, listed]) => listed))
  const end = new Uint8Array(18)
  const view = viewOf(end)
  view.setUint16(4, parts.length, true)
  view.setUint16(6, parts.length, true)
  view.setUint32(8, list.length, true)
  view.setUint32(12, at, true)
  return joined([...made.map(([whole]) => whole), list, bytesOf('PK\x05\x06'), end])
}

/** A million bytes of nothing in a thousand, and that a hundred times in a thousand more. */
const bomb = (): Uint8Array<ArrayBuffer> => zip([['bomb.zip', zip(Array.from({ length: 100 }, (_, index) => [`${index}.bin`, new Uint8Array(1 << 20)]))]])

export function polyglots(): Hostile[] {
  const it = (name: string, bytes: string | Uint8Array<ArrayBuffer>, outcome: Hostile['outcome'] = 'unsupported'): Hostile => ({ name, bytes: typeof bytes === 'string' ? bytesOf(bytes) : bytes, outcome })
  return [
    it('page.jpg', `<!DOCTYPE html><title>x</title>${SCRIPT}`),
    it('page-after-spaces.png', `\n\n \t<html>${SCRIPT}`),
    it('page-after-mark.gif', `\xef\xbb\xbf<html>${SCRIPT}`),
    it('page-after-comment.jpg', `<!-- a photo --><body onload="alert(1)">`),
    it('page-in-utf16.jpg', joined([bytesOf('\xff\xfe'), new Uint8Array(Buffer.from(`<html>${SCRIPT}`, 'utf16le'))])),
    it('page-after-zero.jpg', `\0<html>${SCRIPT}`),
    it('page-late.txt', `${'words '.repeat(1_500)}<html>${SCRIPT}`),
    it('drawing.svg', `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${SCRIPT}</svg>`),
    it('drawing-behind-entities.svg', `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><svg onload="alert(1)">&b;</svg>`),
    it('sheet.xml', `<?xml version="1.0"?><?xml-stylesheet href="javascript:alert(1)"?><html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`),
    it('script.gif', `GIF89a=1;alert(1)//`, 'not_understood'),
    it('script-in-gif.gif', `GIF89a/*\0\0\0\0\0\0*/=1;alert(1);//;`, 'not_understood'),
    it('script.jpg', `\xff\xd8\xff\xe0/*JFIF*/=1;alert(1)//`, 'damaged'),
    it('letter.pdf', `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction 2 0 R>>endobj 2 0 obj<</S/JavaScript/JS(app.alert\\(1\\))>>endobj trailer<</Root 1 0 R>>\n%%EOF`),
    it('letter-that-is-a-page.pdf', `%PDF-1.7\n<html>${SCRIPT}`),
    it('letter-late.pdf', `${' '.repeat(600)}%PDF-1.7\n<html>${SCRIPT}`),
    it('letter-that-starts-a-program.pdf', `%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>>>endobj trailer<</Root 1 0 R>>`),
    it('message.jpg', `MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=a\r\n\r\n--a\r\nContent-Type: text/html\r\n\r\n${SCRIPT}\r\n--a--`),
    it('program.jpg', `MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0${'\0'.repeat(200)}PE\0\0`),
    it('program.png', `\x7fELF\x02\x01\x01${'\0'.repeat(60)}`),
    it('program.pdf', `#!/bin/sh\nrm -rf ~\n`),
    it('application.hta', `<HTA:APPLICATION>${SCRIPT}`),
    { ...it('archive.jpg', zip([['../../etc/cron.d/x', bytesOf('x')], ['C:\\Windows\\x.exe', bytesOf('MZ')]])), packed: true },
    { ...it('bomb.zip', bomb()), packed: true },
    { ...it('bomb.docx', zip([['[Content_Types].xml', bytesOf('<Types/>')], ['word/document.xml', new Uint8Array(4 << 20)]])), packed: true },
    it('film.jpg', `\0\0\0\x18ftypmp42\0\0\0\0mp42isom`),
    it('film-without-brand.jpg', `\0\0\0\x08ftyp`),
    it('nothing.jpg', ''),
    it('one-byte.jpg', '\xff'),
    it('signature-alone.jpg', '\xff\xd8\xff', 'damaged'),
    it('signature-alone.png', '\x89PNG\r\n\x1a\n', 'damaged'),
    it('signature-alone.gif', 'GIF89a', 'damaged'),
    it('signature-alone.webp', 'RIFF\0\0\0\0WEBP', 'damaged'),
  ]
}
