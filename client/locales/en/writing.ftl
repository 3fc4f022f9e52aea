# Any document open for writing: the line of safety, readers, who is here, tools.
document-title = Title of the document
contents = Contents
try-again = Try again
safety-here-yes = saved
safety-here-waiting = saving
safety-here-held = only in this tab
line-too-long = There is no room for this here: a title takes { $limit } letters at most. What you copied is still in the clipboard; put it into a field for long text.
safety-school-yes = at our school
safety-school-host = at this school: { $school }
safety-school-waiting = on its way to the school
safety-school-held = not at the school yet
safety-schools = reached { $reached } of { $of ->
        [one] { $of } school
       *[other] { $of } schools
    }
safety-held = The connection to the school computer is lost. Your latest words are only in this tab until it returns: do not close it. Go on writing; everything is sent by itself as soon as it is there again.
safety-slow = The school computer has not confirmed the latest changes yet. Please keep this tab open and wait a little.
safety-more-saved = Everything you wrote is saved on the school computer. You can close this page.
safety-more-sending = Your latest words are on their way to the school computer. Please keep this tab open until it confirms.
safety-more-held = There is no connection. Your latest words are only in this tab.
safety-more-private = This document does not leave our school.
safety-more-all = All schools have the latest version.
safety-more-waiting = { $count ->
        [one] { $count } school does not have the latest version yet:
       *[other] { $count } schools do not have the latest version yet:
    }
safety-more-cut = Our school is working alone: nothing is sent to the network.
safety-to-line = Connect again
safety-to-stick = Do not wait: send it on a stick
safety-more-unknown = The school computer does not answer now, so it is not known what has reached the other schools. You will see it here when the connection is back.
safety-as-of = Last known: { $when }
safety-by-itself = The changes are sent by themselves when the schools come online.
safety-call = If it is urgent, call and ask to have the computer switched on: { $schools }
changes-waiting = changes waiting to be sent
changes-going = changes being sent
who-reads-school = can be read by our school
who-reads-network = can be read by { $space }, { $count ->
        [one] { $count } school
       *[other] { $count } schools
    }
who-reads-school-more = Only people of our own school read this.
who-reads-network-more = People of every school of this network can read this. What has been delivered cannot be called back.
presence-title = Here now
presence-you = you
presence-nobody = Nobody but you
presence-unknown = Who else is here is not known now
read-only-rule = You can read this document, not change it. It is written by { $school }.
read-only-reader = You can read the documents of our school. To write, ask the head for another role.
read-only-copy = This is a copy that { $school } gave to the network. It is brought up to date from the school’s own plan.
misshapen = Another program wrote something else over a part of this document. Nothing is lost: open the history and bring back a moment before that.
read-only-newer = This document was written with a newer program. You can read it here; to write, update the program on the school computer.
set-aside-title = Your words, set aside
set-aside-what = These words did not go into the document, but they are not lost: they are on the school computer. Keep them as a copy of your own, or discard them.
set-aside-copy = Keep as a copy
set-aside-drop = Discard
item-menu = Actions: { $name }
move-up = Move up: { $name }
move-down = Move down: { $name }
move-up-short = Move up
move-down-short = Move down
remove-item = Remove: { $name }
remove-short = Remove
removed = Removed: { $name }
removed-elsewhere = An item that you had written in was removed: { $name }
removed-above-goals = The goal under which you had written was removed: { $name }
removed-above-priorities = The priority under which you had written was removed: { $name }
put-back = Put it back
words-removed-elsewhere = Somebody put back an item without what you had written in it: { $name }
put-words-back = Put my words back
moved-to = Place { $place } of { $of }: { $name }
undo = Undo
drag = Drag
rich-tools = Format the text
rich-bold = Bold
rich-italic = Italic
rich-heading = Heading
rich-bullets = List
rich-numbers = Numbered list
rich-undo = Undo
rich-redo = Redo
rich-empty = Write here
timing-late = overdue
timing-soon = due soon
minutes-short = min
minutes = { $count } min
read-only-refused = Words from this tab were not taken into the document, so for now you can only read here.
start-anew = Open the document again
set-aside-reason-reader = Your role lets you read documents only.
set-aside-reason-school-may-not-write = Our school may not write in this document.
set-aside-reason-waits-for-another-node = These words came from another school and wait for its confirmation.
set-aside-reason-another-person = These words bear the name of somebody else at our school.
set-aside-reason-no-longer-part = These words rest on something that is no longer part of the document.
set-aside-reason-private-subject = These words would speak of a document that one person alone reads, or that is not here.
set-aside-reason-document-full = This document is as large as it may become. Go on in a new one.
set-aside-reason-untrusted = The school computer could not accept this change as valid.
set-aside-reason-other = The school computer did not take this change.
left-in-tab = The words that were not taken are here in full, in this tab. Copy them if you need them:
