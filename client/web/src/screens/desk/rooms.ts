// The rooms of the page, as the rail and the command list show them.

/** On a phone the bar has room for four, and for "more", which stands for the others. */
export const ROOMS = [
  { path: '/', icon: 'home', name: 'rail-home', phone: 'bar' },
  { path: '/plans', icon: 'plan', name: 'rail-plans', phone: 'bar' },
  { path: '/meetings', icon: 'meeting', name: 'rail-meetings', phone: 'bar' },
  { path: '/projects', icon: 'notebook', name: 'rail-projects', phone: 'bar' },
  { path: '/library', icon: 'library', name: 'rail-library', phone: 'more' },
  { path: '/talk', icon: 'thread', name: 'rail-talk', phone: 'more' },
  { path: '/network', icon: 'network', name: 'rail-network', phone: 'more' },
  { path: '/people', icon: 'people', name: 'rail-people', phone: 'more' },
] as const
