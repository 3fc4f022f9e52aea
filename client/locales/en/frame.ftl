# The frame of the page: rail, languages, words used in many rooms.
app-name = jeli
skip-to-content = Skip to the content
rail-label = Sections
rail-home = Home
rail-plans = Plans
rail-meetings = Meetings
rail-network = Network
rail-people = People
language-choice = Language
language-kk = Қазақша
language-ru = Русский
language-en = English
language-short-kk = Қаз
language-short-ru = Рус
language-short-en = Eng
loading = Opening…
close = Close
create = Create
cancel = Cancel
save = Save
copy = Copy
copied = Copied
too-long = { $count ->
        [one] { $count } letter too many.
       *[other] { $count } letters too many.
    } Nothing has been cut off: make it shorter to go on.
nowhere-title = There is no such page
nowhere-home = Back to the home page
when-today = today at { $time }
when-yesterday = yesterday at { $time }
when-weekday = { $day }, { $time }
unreachable-title = The school computer does not answer
unreachable-what = Check that it is switched on and that this device is on the school’s Wi-Fi. The page opens by itself as soon as the computer answers.
rail-projects = Projects
rail-talk = Talk
rail-find = Find
rail-find-key = Find a document, a section or an action (Ctrl+K)
rail-more = More
rail-library = Library
