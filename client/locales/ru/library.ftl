# The library: guides and materials with their words in three languages.
library-about = Об этой библиотеке
library-about-page-hint = Для кого она, что в ней собрано и кто за ней следит?
library-materials = Материалы
library-add = Добавить материал
library-empty-page = Добавьте первый материал: пособие, бланк, урок. Скажите одной фразой, зачем он нужен, на том языке, на котором Вам удобно, и добавьте файлы.
library-seek = Поиск по материалам на любом из языков
library-categories = Для чего материалы
library-category = Для чего: { $name }
library-category-all = Все
library-category-guide = Пособия
library-category-form = Бланки
library-category-lesson = К урокам
library-category-research = Исследования
library-category-rules = Правила
library-category-other = Другое
library-languages = Язык описания: { $name }
library-language-empty = { $language }: пока ничего не написано
library-title-in = Название материала { $number }, { $language }
library-title-hint = Как называется?
library-about-in = Для чего: { $name }, { $language }
library-about-hint = Для чего это и как этим пользоваться?
library-source = Источник:
library-source-of = Откуда материал: { $name }
library-source-hint = Откуда материал и чей он?
library-write-source = Написать, откуда материал
library-write-link = Добавить ссылку
library-found = { $count ->
        [one] найден { $count } материал
        [few] найдено { $count } материала
       *[many] найдено { $count } материалов
    }
library-found-none = Таких слов нет ни в одном материале. Попробуйте только начало слова.
library-found-more = И ещё { $count }. Уточните ещё одним словом.
library-used = Где используется
library-used-all = Какие документы ссылаются на эту библиотеку
library-used-looking = Просматриваем документы…
library-used-nowhere = Ни в одном из документов, которые Вам видны.
library-used-beyond = { $count ->
        [one] Ещё { $count } более старый документ на ссылки не просмотрен.
        [few] Ещё { $count } более старых документа на ссылки не просмотрены.
       *[many] Ещё { $count } более старых документов на ссылки не просмотрены.
    }
linked-materials = материал библиотеки
linked-address-https = Или адрес в интернете, который начинается с https

# Files shown in the page, and files of a library that stand elsewhere too.
files-preview-failed = Показать этот файл здесь не получается. Сохраните его и откройте другой программой.
files-preview-locked = Файл закрыт паролем. Сохраните его и откройте другой программой.
files-preview-beginning = Показано начало, { $size }. Чтобы прочитать всё, сохраните файл.
files-preview-pages = Показано страниц: { $count } из { $of }. Чтобы прочитать всё, сохраните файл.
files-preview-page = Страница { $number } из { $of }
files-preview-page-failed = Показать эту страницу здесь не получается.
files-encoding-windows = Текст в старой кодировке Windows, показан как кириллица.
files-encoding-utf-16 = Текст в кодировке UTF-16.
files-from-library = Из библиотеки
files-from-library-to = Из библиотеки: { $name }
files-from-library-what = Файл появится и здесь, и его сможет открыть каждый, кто читает этот документ. Заново ничего не отправляется.
files-from-library-seek = Поиск по библиотекам на любом из языков
files-from-library-none = Такого файла нет ни в одной библиотеке.
