// A PDF written by hand: what it says, and whatever else a test wants in it.

/** One page for each of `pages`, a line of Latin text each; `more` are further objects by number, `catalog` and `page` go into theirs. */
export function pdf(pages, { catalog = '', page = '', more = {} } = {}) {
  const objects = new Map()
  objects.set(1, `<</Type/Catalog/Pages 2 0 R${catalog}>>`)
  objects.set(2, `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, at) => `${10 + 2 * at} 0 R`).join(' ')}]>>`)
  objects.set(3, '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>')
  pages.forEach((words, at) => {
    const drawing = `BT /F1 28 Tf 60 720 Td (${words}) Tj ET`
    objects.set(10 + 2 * at, `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents ${11 + 2 * at} 0 R${page}>>`)
    objects.set(11 + 2 * at, `<</Length ${drawing.length}>>\nstream\n${drawing}\nendstream`)
  })
  for (const [number, object] of Object.entries(more)) objects.set(Number(number), object)
  let text = '%PDF-1.7\n'
  const places = new Map()
  for (const [number, object] of objects) {
    places.set(number, text.length)
    text += `${number} 0 obj\n${object}\nendobj\n`
  }
  const last = Math.max(...objects.keys())
  const start = text.length
  text += `xref\n0 ${last + 1}\n0000000000 65535 f \n`
  for (let number = 1; number <= last; number += 1) {
    const place = places.get(number)
    text += place === undefined ? '0000000000 00000 f \n' : `${String(place).padStart(10, '0')} 00000 n \n`
  }
  text += `trailer\n<</Size ${last + 1}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}
