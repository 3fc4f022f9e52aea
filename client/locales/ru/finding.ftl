# The command list (Ctrl+K) and the choice of light or dark.
finding-title = Найти и перейти
finding-what = Документ, раздел или действие
finding-documents = Документы
finding-rooms = Разделы
finding-actions = Действия
finding-none = Ничего не нашлось. Попробуйте написать только начало слова.
finding-language = Язык: { $name }
finding-theme = Оформление: { $name }
theme-choice = Оформление
theme-system = Как на устройстве
theme-light = Светлое
theme-dark = Тёмное
