# The library: guides and materials with their words in three languages.
library-about = About this library
library-about-page-hint = For whom is it, what is in it, and who looks after it?
library-materials = Materials
library-add = Add a material
library-empty-page = Add the first material: a guide, a form, a lesson. Say in a sentence what it is for, in whichever language you like, and add its files.
library-seek = Find among the materials, in any of the languages
library-categories = What they are for
library-category = What it is for: { $name }
library-category-all = All
library-category-guide = Guides
library-category-form = Forms
library-category-lesson = For lessons
library-category-research = Research
library-category-rules = Rules
library-category-other = Other
library-languages = Language of the description: { $name }
library-language-empty = { $language }: nothing written yet
library-title-in = Title of material { $number }, { $language }
library-title-hint = What is it called?
library-about-in = What it is for: { $name }, { $language }
library-about-hint = What is it for, and how is it used?
library-source = Source:
library-source-of = Where it is from: { $name }
library-source-hint = Where is it from, whose is it?
library-write-source = Write where it is from
library-write-link = Add a link
library-found = found: { $count ->
        [one] { $count } material
       *[other] { $count } materials
    }
library-found-none = No material says that. Try only the beginning of a word.
library-found-more = And { $count } more. One more word narrows it down.
library-used = Where it is used
library-used-all = Which documents link to this library
library-used-looking = Looking through the documents…
library-used-nowhere = In none of the documents that you can read.
library-used-beyond = { $count ->
        [one] One older document was not looked through for links.
       *[other] { $count } older documents were not looked through for links.
    }
linked-materials = material of a library
linked-address-https = Or a web address that begins with https

# Files shown in the page, and files of a library that stand elsewhere too.
files-preview-failed = This file cannot be shown here. Save it to open it with another program.
files-preview-locked = This file is locked with a password. Save it and open it with another program.
files-preview-beginning = The first { $size } are shown. Save the file to read all of it.
files-preview-pages = { $count } of { $of } pages are shown. Save the file to read all of it.
files-preview-page = Page { $number } of { $of }
files-preview-page-failed = This page cannot be shown here.
files-encoding-windows = The text is in the old Windows encoding and is shown as Cyrillic.
files-encoding-utf-16 = The text is in the UTF-16 encoding.
files-from-library = From the library
files-from-library-to = From the library: { $name }
files-from-library-what = The file will stand here too, and whoever reads this document can open it. Nothing is sent again.
files-from-library-seek = Find in the libraries, in any of the languages
files-from-library-none = No library has such a file.
