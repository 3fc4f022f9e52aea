# Files that were not sent to the end, and questions about files that were refused.
files-unanswered = Our school computer did not say where these files are. They stay as they were shown.
files-of-meeting = Files of this meeting
files-of-plan = Files of the plan
files-of-feedback = Files of this request
notebook-share-files = Files that go along with these parts: { $count }.
notebook-share-files-told = What a file itself says of its author, and the same file given under another name, can show who you are.
unfinished-title = { $count ->
        [one] A file was not sent to the end.
       *[other] { $count } files were not sent to the end.
    }
unfinished-what = The page was closed before. Choose the same file again: the sending goes on where it stopped.
unfinished-choose = Choose it again
unfinished-choose-name = Choose it again: { $name }
unfinished-drop = Throw away
unfinished-drop-name = Throw away: { $name }
unfinished-other = That was another file. Choose the one from before: { $name }, { $size }. To add the other one, use “Add files”.
files-had-added = It was added at: { $school }, { $when }
