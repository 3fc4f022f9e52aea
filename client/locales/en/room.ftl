# The files that are kept at our school: the room that they take, whose they are, who else has them, what is kept in any case.
room-title = Files at our school
room-lead = Documents are small and are always kept. Files take room: photos, films, presentations. Here is what our school computer keeps of them, and which other schools have them too.
room-open-what = How much room files take, what is kept here, and who else has it.
room-used = Files take { $used } of the { $limit } set aside for them.
room-used-none = No file is kept yet. { $limit } are set aside for files.
room-unfinished = Of that, { $size } are not whole yet: they are on their way here or being sent in.
room-left = There is room for { $left } more.
room-disk = The disk has { $free } free; { $reserve } of that always stay free for what people write.
room-left-disk = The disk has { $free } free. { $reserve } of that stay free for what people write, so there is room for { $left } more.
room-full = There is no room for more files. What people write is saved as before. Remove files that are not needed, or give files more room.
room-bar = Room for files: { $used } taken, { $left } free
room-choose = Change
room-choose-title = Room for files
room-choose-limit = All files together may take
room-choose-limit-hint = Whatever is chosen here, { $reserve } of the disk stay free for what people write. { $free } are free now.
room-choose-small = A file comes by itself up to
room-choose-small-none = no file comes by itself
room-choose-small-hint = Larger ones come when somebody asks for them. Over a line that costs money none comes by itself.
room-choose-portion = The files of any other school may take
room-percent = { $percent }% of the room
room-choose-portion-hint = Beyond that, files of that school come only when somebody asks for them. So no school can fill our computer.
room-chosen = Saved.
room-schools-title = Whose files these are
room-schools-what = A file belongs to the school that added it to a document. Files of any other school come by themselves until they take { $portion } together; after that, when somebody asks for them.
room-school-unknown = of no school that we know
room-school-full = its portion is used up: more comes only when somebody asks
room-kept-title = What is kept
room-kept-none = No file is kept here yet. What is added to a document shows here.
room-filter = Show
room-filter-all = All
room-filter-only-here = Only at our school
room-filter-kept = Kept in any case
room-order = Order
room-order-size = Largest first
room-order-used = Longest unused first
room-order-name = By name
room-find = Find by the name of the file or the document
room-find-none = No file fits.
room-find-count = found: { $count ->
        [one] { $count } file
       *[other] { $count } files
    }
room-count = { $count ->
        [one] { $count } file
       *[other] { $count } files
    }, { $size }
room-in-document = In the document:
room-in-history = In an earlier version of the document:
room-used-at = last used { $when }
room-last = Only here, as far as we know
room-elsewhere = Also at: { $schools }
room-elsewhere-heard = As last heard, also at: { $schools }
room-holder = { $school } ({ $when })
room-pinned-file = kept in any case
room-pinned-document = kept in any case, with all of its document
room-pinned-kind = kept in any case, with all documents of its kind
room-pictures = Small pictures of files: { $count ->
        [one] { $count } takes { $size }
       *[other] { $count } take { $size }
    }.
room-others = { $count ->
        [one] { $count } more file takes { $size }: it is in somebody else’s document, or in none any more.
       *[other] { $count } more files take { $size }: they are in other people’s documents, or in none any more.
    }
room-sweep = Clear away what nobody needs
room-sweep-what = Removes what no document names, now or in its history, and what is left of files that were not fetched to the end.
room-swept = Cleared away: { $size } are free again.
room-swept-none = There was nothing to clear away.
room-pins-title = Kept in any case
room-pins-what = What is chosen here comes to our school computer whatever its size, and stays.
room-pinned-now = Kept in any case from now on: { $name }
room-unpinned-now = No longer kept in any case: { $name }
room-pins-kinds = All files of
room-pins-one = And these
room-kind-plan = development plans
room-kind-meeting = meetings
room-kind-year = year plans
room-kind-notebook = notebooks
room-kind-portfolio = portfolios
room-kind-feedback = requests for feedback
room-kind-thread = discussions
room-kind-library = the library
room-pin = Keep at our school
room-unpin = No longer keep in any case
room-unpin-it = No longer keep in any case: { $name }
room-pin-document = Keep all files at our school
room-pinned-all = All files are kept at our school
room-let-go = Delete our school’s copy
room-let-go-title = Delete our school’s copy: { $name }
room-let-go-what = The file ({ $size }) is deleted from our school computer. Documents still name it, and it can be fetched again from a school that has it.
room-let-go-last-title = This may be the last copy
room-let-go-last = No other school that can be asked now has this file. If our school deletes it, it may be gone for everybody, and nobody can bring it back.
room-let-go-save = To be safe, save it first on a disk of your own.
room-let-go-do = Delete
room-let-go-asking = Asking the other schools…
room-let-go-even = Delete it all the same
room-let-go-done = Our school’s copy is deleted: { $name }
error-file-pinned = This file is kept at our school in any case. Take that back first: for the file, its document or all documents of its kind.
