// The document in which a long text was not written to its end, until the person has seen it: they may have left its page meanwhile.
class Unwritten {
  title = $state<string>()
}

export const unwritten = new Unwritten()
