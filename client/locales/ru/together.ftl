# Writing together: where others stand, two values set at once, taking back.
together-taken-back = Ваше последнее изменение отменено
together-again = Повторить
together-two = Одновременно поставили два значения. Какое оставить?
together-many = Одновременно поставили несколько значений. Какое оставить?
together-by = { $name }, { $school }
together-somebody = кто-то
together-keep = Оставить: { $value }
together-empty = пусто
together-long = Записывается длинный текст: { $percent } %. Пока не закрывайте эту страницу.
together-unwritten = Длинный текст в документе «{ $title }» записан не до конца. То, что видно, уже в документе; остальное — там, откуда Вы его копировали. Вставьте недостающее ещё раз, частями поменьше.
