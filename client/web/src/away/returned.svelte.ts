// Of how many documents words that were on this device alone have come to the node, until the person has seen it.
class Returned {
  count = $state(0)
}

export const returned = new Returned()
