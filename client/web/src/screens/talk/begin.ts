// "Talk about this": a thread on any document or part of one, or about none.
import { mount, unmount } from 'svelte'

/** `about` as in a request for feedback. */
export function talkAbout(about: string): void {
  void import('./thread/Begin.svelte').then(({ default: Begin }) => {
    const form = mount(Begin, { target: document.body, props: { about, onclose: () => void unmount(form) } })
  })
}
