// What the list says of a document of which there is nothing to say.
import type { Facts } from '../src/data/types'

export const NO_FACTS: Facts = {
  title: '', template: false, person: '', about: '', previous: '', date: '', time: '', place: '', until: '', stage: '', duties: [], carried: [], days: [], asking: null,
}
