# Files that stand at something in a document: photos, films, papers.
files-at = Files: { $name }
files-add = Add files
files-add-to = Add files: { $name }
files-camera = Take a photo
files-camera-to = Take a photo: { $name }
files-drop = Drop here to add
files-rest = { $count ->
        [one] { $count } more file waits its turn.
       *[other] { $count } more files wait their turn.
    }
files-all = Show all { $count } files
files-show = Show: { $name }
files-save = Save: { $name }
files-save-short = Save
files-remove = Remove from this document
files-fetch = Fetch
files-fetch-it = Fetch: { $name }
files-pause = Pause: { $name }
files-go-on = Go on
files-go-on-with = Go on: { $name }
files-cancel = Cancel: { $name }
files-rename = Rename
files-name = Name of the file
files-write-note = Describe it
files-note = Description: { $name }
files-note-hint = What does it show?
files-by = added by { $name }
files-progress = On its way: { $name }
files-rate = { $size } a second
files-left-seconds = { $count ->
        [one] { $count } second left
       *[other] { $count } seconds left
    }
files-left-minutes = { $count ->
        [one] about { $count } minute left
       *[other] about { $count } minutes left
    }
files-left-hours = { $count ->
        [one] about { $count } hour left
       *[other] about { $count } hours left
    }
files-coming = { $percent }% has come
files-from = from: { $schools }
files-wanted = Asked for. It comes once a school that has it is reached.
files-paused = Paused at { $percent }%
files-away = Not on our school computer.
files-had = Had it last: { $school }, { $when }
files-had-part = A part of it was last at: { $school }, { $when }
files-had-nobody = No school is known to have it.
files-held-nobody-has-it = No school that can be reached now has this file. It comes by itself when one does.
files-held-no-room = Our school computer has no room left for it. The head can give files more room.
files-held-too-large = The file is larger than our school computer takes.
files-held-spared = The connection costs money, so this file does not come by itself. “Fetch” brings it now.
files-held-failed = Our school computer could not write the file to its disk. We keep trying; if it stays so, have the disk checked.
files-picture-failed = This picture cannot be shown here. Save it to open it with another program.
files-previous = Previous file
files-next = Next file
files-number = { $number } of { $of }
files-added = Added: { $name }
files-away-node = The school computer does not answer. The sending goes on when it does: keep this tab open.
files-stands = Nothing is moving just now: it waits for the line, and goes on by itself.
files-already = { $count ->
        [one] This file is here already: { $names }
       *[other] These files are here already: { $names }
    }
files-waits = waits its turn
files-looking = is being checked
files-sent = { $percent }% sent
files-carries = Sent as it is: what is noted in it, such as the author or the place, goes along.
files-choose = { $count ->
        [one] How shall the photo be sent?
       *[other] How shall { $count } photos be sent?
    }
files-smaller = smaller ({ $size })
files-original = as it is ({ $size }, without place)
files-place = Where and with what it was taken is removed either way.
files-original-large = As it is, a photo this large is shown in the page only small: whoever wants to see it whole saves it.
files-only-smaller = Sent smaller: { $names }. The place could be taken out in no other way.
files-send = Send
files-send-as-it-is = Send as it is
files-send-as-it-is-name = Send as it is: { $name }
files-not = Leave out
files-not-name = Leave out: { $name }
files-left-out = Left out: { $names }
files-why-undecodable = This browser cannot open the photo, so it can be neither made smaller nor cleared of its place data. As it is, whoever gets it can see where it was taken.
files-why-damaged = The photo is damaged, or this device cannot read it now. It cannot be cleared of its place data.
files-why-not-understood = There is something in the photo that we do not know, so it cannot be cleared of its place data for certain. As it is, whoever gets it may see where it was taken.
files-why-too-many-pixels = The photo has more pixels than this page can make smaller, and its place data stays in it. As it is, whoever gets it may see where it was taken, and it is not shown in the page.
files-why-too-many-bytes = The photo is too large to be made smaller here, and its place data stays in it. As it is, whoever gets it may see where it was taken.
files-why-film-damaged = The film is damaged or cut off, so it cannot be cleared of its place data. As it is, whoever gets it may see where it was taken.
files-why-film-not-understood = There is something in the film that we do not know, so it cannot be cleared of its place data for certain. As it is, whoever gets it may see where it was taken.
error-file-unreadable = This device can no longer read the file. Check that it is still there, then try again or choose it anew.
error-place-gone = What the file was being added to has been removed. Put it back, then try again.
strays-title = { $count ->
        [one] A file has lost its place
       *[other] { $count } files have lost their place
    }
strays-what = What they were being added to has been removed. They are in this tab alone: put back what was removed, or add them elsewhere.
strays-what-back = What they were being added to has been removed. They are in this tab alone: put back what was removed, then try again.
strays-whole = Add to the document as a whole
