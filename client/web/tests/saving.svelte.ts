// Words that the node has confirmed or not, as the page follows them.
export class Saving {
  unsaved = $state(false)
}
