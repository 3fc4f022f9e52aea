# Remarks and suggestions beside a document.
remarks-title = Комментарии
remarks-count = Комментарии: { $count }
remarks-here = { $count ->
        [one] Здесь { $count } комментарий
        [few] Здесь { $count } комментария
       *[other] Здесь { $count } комментариев
    }
remarks-next = Следующий комментарий (Ctrl+Alt+J)
remarks-previous = Предыдущий комментарий (Ctrl+Alt+K)
remarks-close = Закрыть комментарии
remarks-settled-show = Решённые: { $count }
remarks-settled-hide = Скрыть решённые: { $count }
remarks-empty = Комментариев пока нет. Выделите слова и напишите, что Вы о них думаете, или предложите другие. В самом документе это ничего не меняет.
remarks-empty-reader = Комментариев пока нет. Ваша роль позволяет читать комментарии, но не писать их.
remark-begin = Комментарий
remark-key = Комментарий к выделенным словам или к полю (Ctrl+Alt+M)
remark-whole = Документ в целом
remark-words = Ваш комментарий
remark-send = Отправить
remark-answer = Ответить
remark-answers = { $count ->
        [one] { $count } ответ
        [few] { $count } ответа
       *[other] { $count } ответов
    }
remark-resolve = Решено
remark-reopen = Открыть снова
remark-gone = О словах, которых в тексте больше нет: { $words }
said-by-nobody = Без имени
said-send = Отправить
said-done = Готово
said-edit = Изменить
said-take-back = Отозвать
said-taken-back = Автор отозвал эти слова
said-taken-back-undo = Отозвано: { $name }
mention-whom = Кого упомянуть
suggestion-begin = Предложить другие слова
suggestion-instead = Другие слова
suggestion-why = Почему (если хотите)
suggestion-send = Предложить
suggestion-instead-of = вместо:
suggestion-says = предлагается:
suggestion-nothing = (убрать)
suggestion-accept = Принять
suggestion-accept-all-the-same = Всё равно заменить
suggestion-accept-again = Принять ещё раз
suggestion-decline = Отклонить
suggestion-accepted = Принято: { $name }
suggestion-declined = Отклонено: { $name }
suggestion-back = Принято: { $name }. Потом это изменение отменили.
suggestion-accepted-now = Принято
suggestion-declined-now = Отклонено
suggestion-was = Когда это предложили:
suggestion-changed = С тех пор слова изменились. Сейчас там:
suggestion-gone = Этих слов в документе больше нет, заменять нечего.
suggestion-twice = Принято в двух школах одновременно, поэтому слова стоят дважды.
suggestion-once = Убрать повтор
suggestion-leave-twice = Оставить так
suggestion-who-accepts = Принимает тот, кто пишет документ: { $school }
talks-count = Обсуждения: { $count }
talks-empty = Об этом документе ещё не говорили и не просили обратной связи.
talk-about = Обсудить
ask-for = Попросить обратную связь
companion-about = Это комментарии к документу. Их читают рядом с ним.
companion-open = Открыть документ
