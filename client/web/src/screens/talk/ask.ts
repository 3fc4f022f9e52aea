// "Ask for feedback", from any document or part of one: the form comes when it is wanted, over whatever stands on the screen.
import { mount, unmount } from 'svelte'
import { locale } from '../../locale/locale.svelte'

/** `about`: a document's id, with "/<collection>/<item id>" for a part of it; empty for a question about no document. */
export function askFor(about: string): void {
  void Promise.all([import('./feedback/Ask.svelte'), locale.rooms()]).then(([{ default: Ask }]) => {
    const form = mount(Ask, { target: document.body, props: { about, onclose: () => void unmount(form) } })
  })
}
