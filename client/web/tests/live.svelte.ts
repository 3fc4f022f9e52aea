// A copy as the parts of a page see a document: without a node, without access rules.
import type { LiveDocument } from '../src/live/document.svelte'
import { Others } from '../src/live/others.svelte'
import type { Common } from '../src/edit/kinds'
import type { Copy } from './people'

export class LiveCopy {
  doc: unknown = $state.raw()
  readonly writable = true
  readonly long = undefined
  readonly others = new Others()
  readonly #copy: Copy

  constructor(copy: Copy) {
    this.#copy = copy
    this.doc = copy.doc()
    copy.on('change', (change) => {
      this.doc = change.doc
    })
  }

  get calm(): unknown {
    return this.doc
  }

  change(edit: (draft: object) => void): void {
    this.#copy.change(edit)
  }

  wroteLong(): void {}

  type(edit: (draft: object) => void): void {
    this.#copy.change(edit)
  }

  asDocument(): LiveDocument<Common> {
    return this as unknown as LiveDocument<Common>
  }
}
