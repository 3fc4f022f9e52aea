# While the school computer is away, and when it is back: on any page.
away-as-of = The school computer does not answer. You see what is kept on this device, as of { $when }. Go on writing: everything is merged by itself when the connection is back.
away-held = The school computer does not answer. What you wrote last is saved on this device and is sent by itself once the computer answers.
away-lost = The school computer does not answer. You see what was known last; everything is brought up to date by itself when the computer answers.
away-returned = The connection is back. { $count ->
        [one] What you wrote on this device has reached the school: { $count } document.
       *[other] What you wrote on this device has reached the school: { $count } documents.
    }
away-clocks = The clock of this device and that of the school computer disagree: here { $here }, there { $there }. Dates are shown by the school computer. Please set the wrong one right.
unreachable-words = What was written on this device and has not reached the school is saved: it is sent by itself when you sign in again.
unreachable-choice = Whoever has chosen to keep documents on this device can work without a connection too: see “People”.
