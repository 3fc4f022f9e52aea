# Remarks and suggestions beside a document.
remarks-title = Remarks
remarks-count = Remarks: { $count }
remarks-here = { $count ->
        [one] { $count } remark here
       *[other] { $count } remarks here
    }
remarks-next = Next remark (Ctrl+Alt+J)
remarks-previous = Previous remark (Ctrl+Alt+K)
remarks-close = Close the remarks
remarks-settled-show = Settled: { $count }
remarks-settled-hide = Hide settled: { $count }
remarks-empty = No remarks yet. Select some words and write what you think of them, or suggest others. This changes nothing in the document.
remarks-empty-reader = No remarks yet. Your role lets you read remarks, not write them.
remark-begin = Remark
remark-key = Remark on the selected words or the field (Ctrl+Alt+M)
remark-whole = The document as a whole
remark-words = Your remark
remark-send = Send
remark-answer = Answer
remark-answers = { $count ->
        [one] { $count } answer
       *[other] { $count } answers
    }
remark-resolve = Resolved
remark-reopen = Open again
remark-gone = About words that are no longer there: { $words }
said-by-nobody = No name
said-send = Send
said-done = Done
said-edit = Edit
said-take-back = Take back
said-taken-back = Taken back by its author
said-taken-back-undo = Taken back: { $name }
mention-whom = Whom to mention
suggestion-begin = Suggest other words
suggestion-instead = Other words
suggestion-why = Why (if you like)
suggestion-send = Suggest
suggestion-instead-of = instead of:
suggestion-says = suggested:
suggestion-nothing = (leave it out)
suggestion-accept = Accept
suggestion-accept-all-the-same = Replace all the same
suggestion-accept-again = Accept again
suggestion-decline = Decline
suggestion-accepted = Accepted: { $name }
suggestion-declined = Declined: { $name }
suggestion-back = Accepted: { $name }. The change has been taken back since.
suggestion-accepted-now = Accepted
suggestion-declined-now = Declined
suggestion-was = When it was suggested:
suggestion-changed = The words have changed since. Now they say:
suggestion-gone = These words are no longer in the document, so there is nothing to replace.
suggestion-twice = It was accepted at two schools at the same time, so the words stand twice.
suggestion-once = Take the second out
suggestion-leave-twice = Leave it so
suggestion-who-accepts = Accepted by whoever writes the document: { $school }
talks-count = Discussions: { $count }
talks-empty = No discussion and no request for feedback about this document yet.
talk-about = Discuss it
ask-for = Ask for feedback
companion-about = These are remarks on a document. They are read beside it.
companion-open = Open the document
