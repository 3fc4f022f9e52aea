# Writing together: where others stand, two values set at once, taking back.
together-taken-back = Your last change is taken back
together-again = Redo
together-two = Two values were set at the same time. Which one stays?
together-many = Several values were set at the same time. Which one stays?
together-by = { $name }, { $school }
together-somebody = somebody
together-keep = Keep: { $value }
together-empty = empty
together-long = A long text is being written: { $percent }%. Please keep this page open.
together-unwritten = A long text in “{ $title }” was not written to its end. What you see there is in the document; the rest is where you copied it from. Please put in what is missing once more, in smaller parts.
