# The command list (Ctrl+K) and the choice of light or dark.
finding-title = Find and go
finding-what = A document, a section or an action
finding-documents = Documents
finding-rooms = Sections
finding-actions = Actions
finding-none = Nothing found. Try only the beginning of a word.
finding-language = Language: { $name }
finding-theme = Appearance: { $name }
theme-choice = Appearance
theme-system = As on the device
theme-light = Light
theme-dark = Dark
