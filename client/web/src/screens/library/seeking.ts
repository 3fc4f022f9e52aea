// Looking among materials: by what they are for, and by words in whatever language they were written.
import { CATEGORIES, WRITTEN_IN, oneOf, said, toldIn, type Category, type SomeMaterial } from '../../edit/kinds'
import { finder } from '../../locale/fold'

export interface Sought {
  words: string
  /** None: of all. */
  category: Category | undefined
}

/** What a material says in all its languages, where it is from, and `files`, what its files are called. */
function saidBy(material: SomeMaterial, files: readonly string[]): string[] {
  const told = WRITTEN_IN.flatMap((language) => [toldIn(material, 'title', language), toldIn(material, 'about', language)])
  return [...told, said(material.source), ...files]
}

/** Whether a material is what is looked for. */
export function seeker({ words, category }: Sought): (material: SomeMaterial, files: readonly string[]) => boolean {
  const has = words.trim() === '' ? () => true : finder(words)
  return (material, files) => (category === undefined || oneOf(CATEGORIES, material.category) === category) && has(...saidBy(material, files))
}

interface PlainFile {
  at?: unknown
  name?: unknown
  note?: unknown
}

/** What the files of a document are called and what is seen in them, by what they stand at. */
export function filesBy(files: Readonly<Record<string, PlainFile | undefined>> | undefined): ReadonlyMap<string, readonly string[]> {
  const by = new Map<string, string[]>()
  for (const file of Object.values(files ?? {})) {
    const at = said(file?.at)
    by.set(at, [...(by.get(at) ?? []), said(file?.name), said(file?.note)])
  }
  return by
}
