# The frame of the page: rail, languages, words used in many rooms.
app-name = jeli
skip-to-content = Перейти к содержанию
rail-label = Разделы
rail-home = Главная
rail-plans = Планы
rail-meetings = Встречи
rail-network = Сеть
rail-people = Люди
language-choice = Язык
language-kk = Қазақша
language-ru = Русский
language-en = English
language-short-kk = Қаз
language-short-ru = Рус
language-short-en = Eng
loading = Открывается…
close = Закрыть
create = Создать
cancel = Отмена
save = Сохранить
copy = Скопировать
copied = Скопировано
too-long = { $count ->
        [one] { $count } лишний знак.
        [few] { $count } лишних знака.
       *[other] { $count } лишних знаков.
    } Ничего не обрезано: сократите текст, чтобы продолжить.
nowhere-title = Такой страницы нет
nowhere-home = Вернуться на главную
when-today = сегодня в { $time }
when-yesterday = вчера в { $time }
when-weekday = { $day }, { $time }
unreachable-title = Школьный компьютер не отвечает
unreachable-what = Проверьте, включён ли он и подключено ли это устройство к школьному Wi-Fi. Как только компьютер ответит, страница откроется сама.
rail-projects = Проекты
rail-talk = Обсуждение
rail-find = Найти
rail-find-key = Найти документ, раздел или действие (Ctrl+K)
rail-more = Ещё
rail-library = Библиотека
