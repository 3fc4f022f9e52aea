// The keyboard keeps its place. A browser gives it to nobody when what it stood at goes from the page, and when a link leads to what takes no
// keys: then it goes on at what stands nearest, or where the link leads.

const TAKES_KEYS = ':is(a[href], button, input, select, textarea, summary, [contenteditable="true"], [tabindex]):not([tabindex="-1"])'
/** Fields that one writes in; they take back themselves what is typed in them. */
export const TYPED_IN = 'textarea, [contenteditable="true"], input:not([type="checkbox"], [type="radio"], [type="date"], [type="time"])'
/** What is as wide as the page is no neighbour of what stood in it. */
const PAGE = 'body, main, dialog, [data-testid="sheet"]'
/** An offer to undo stands between a row and its return; further back nobody remembers where they were. */
const REMEMBERED = 3

/** What the keyboard stood at, and what that stood in, inside out: each with the number of the child one came from. */
interface Place {
  at: Element
  path: string
  within: { parent: Element; child: number }[]
}

function placeOf(at: Element): Place {
  const within: Place['within'] = []
  for (let child = at; child.parentElement && !child.matches(PAGE); child = child.parentElement)
    within.push({ parent: child.parentElement, child: [...child.parentElement.children].indexOf(child) })
  return { at, path: location.pathname, within }
}

const isShown = (element: Element) => element.isConnected && !element.closest('[inert]') && (element.checkVisibility?.() ?? element.getClientRects().length > 0)
const takesKeys = (element: Element): element is HTMLElement => element instanceof HTMLElement && !element.matches(':disabled') && isShown(element)

/** What takes keys nearest to the place: what follows it first, then what comes before. */
function neighbour({ within }: Place): HTMLElement | undefined {
  for (const { parent, child } of within) {
    if (!isShown(parent) || parent.matches(PAGE)) continue
    const children = [...parent.children]
    const inside = (each: Element) => [each, ...each.querySelectorAll(TAKES_KEYS)].filter((one) => one.matches(TAKES_KEYS)).filter(takesKeys)
    const found = children.slice(child).flatMap(inside)[0] ?? children.slice(0, child).flatMap(inside).at(-1)
    if (found) return found
  }
  return undefined
}

/** A part of the page that takes no keys itself takes them once, to go on from there. */
function goTo(part: HTMLElement | null) {
  if (!part || !isShown(part)) return
  if (!part.matches(TAKES_KEYS)) part.tabIndex = -1
  part.focus({ preventScroll: true })
}

export function keepPlace(): void {
  let places: Place[] = []
  /** Whoever points needs no place, and on a phone a field with the keyboard covers half the page. */
  let byKeys = true
  let asked = false
  /** A button that sends a form is there again when the form has been sent or refused. */
  let waiting: Element | undefined

  function restore() {
    asked = false
    const [last] = places
    if (!last || !byKeys || document.activeElement !== document.body) return
    if (takesKeys(last.at)) {
      if (last.at === waiting) last.at.focus()
      return
    }
    waiting = last.at.matches('form :disabled') && isShown(last.at) ? last.at : undefined
    if (waiting) return
    const here = last.path === location.pathname ? places.filter(({ path }) => path === last.path) : []
    const found = here.map(neighbour).find((each) => each !== undefined)
    const dialog = [...document.querySelectorAll('dialog[open]')].at(-1)
    if (found && (!dialog || dialog.contains(found))) found.focus()
    else if (dialog) [...dialog.querySelectorAll(TAKES_KEYS)].filter(takesKeys)[0]?.focus()
    else goTo(document.querySelector('main'))
  }

  document.addEventListener('pointerdown', () => (byKeys = false), { capture: true })
  document.addEventListener('keydown', () => (byKeys = true), { capture: true })
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element && target !== document.body) places = [placeOf(target), ...places.filter(({ at }) => at !== target)].slice(0, REMEMBERED)
  })
  document.addEventListener('click', (event) => {
    const link = byKeys && event.target instanceof Element ? event.target.closest('a') : null
    if (link?.hash && link.pathname === location.pathname) requestAnimationFrame(() => goTo(document.getElementById(decodeURIComponent(link.hash.slice(1)))))
  })
  // Whatever brings the keyboard somewhere itself has done so before the next frame, and with that frame the browser takes it from what is
  // disabled or hidden.
  new MutationObserver(() => {
    if (!byKeys || asked) return
    asked = true
    requestAnimationFrame(() => setTimeout(restore))
  }).observe(document.body, { subtree: true, childList: true, attributeFilter: ['disabled', 'hidden', 'inert', 'open'] })
}
