// "Talk about this": a thread on any document or part of one, or about none.
import { mount, unmount } from 'svelte'
import { locale } from '../../locale/locale.svelte'

/** `about` as in a request for feedback. */
export function talkAbout(about: string): void {
  void Promise.all([import('./thread/Begin.svelte'), locale.rooms()]).then(([{ default: Begin }]) => {
    const form = mount(Begin, { target: document.body, props: { about, onclose: () => void unmount(form) } })
  })
}
