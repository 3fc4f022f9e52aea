# Requests for feedback.
feedback-ask = Попросить обратную связь
feedback-title-about = Обратная связь: { $title }
feedback-question = Вопрос { $number }
feedback-question-example = Что в этом плане Вы сделали бы в своей школе иначе и почему?
feedback-question-removed = Ответы на вопрос, который удалён
feedback-add-question = Добавить вопрос
feedback-words = Что нужно знать заранее
feedback-words-hint = Что Вы уже пробовали и в чём не уверены?
feedback-whom = Кого Вы спрашиваете
feedback-schools = Школы сети
feedback-our-people = Люди нашей школы
feedback-by-name = Кого-то ещё, по имени
feedback-add = Добавить
feedback-private = Это остаётся в нашей школе, поэтому спросить можно только её людей. Чтобы спросить другие школы, выберите документ, который есть в сети.
feedback-by = Ответить до
feedback-send = Спросить
feedback-asked-by = Спрашивает
feedback-nobody-asked = По имени пока никого не спросили. Ответить может каждый, кто это читает.
feedback-answered = ответ есть
feedback-not-yet = ответа пока нет
feedback-waits = { $days ->
        [0] вопрос задан сегодня
        [one] вопрос задан { $days } день назад
        [few] вопрос задан { $days } дня назад
       *[other] вопрос задан { $days } дней назад
    }
feedback-ask-more = Спросить ещё кого-то
feedback-close = Ответов достаточно
feedback-reopen = Снова принимать ответы
feedback-closed = Спасибо, ответов достаточно. Полученные ответы можно прочитать.
feedback-your-answer = Ваш ответ
feedback-answer-send = Ответить
feedback-no-answer-yet = Ответа пока нет. Он придёт, когда коллеги выйдут на связь.
feedback-be-first = Пока никто не ответил. Достаточно нескольких предложений.

# What a request for feedback can begin from.
talk-from-empty = Своими словами
template-feedback-lesson = Об уроке
feedback-lesson-1 = Что делали ученики и чему, по-вашему, они научились?
feedback-lesson-2 = Где они потеряли нить?
feedback-lesson-3 = Что Вы попробовали бы на моём месте?
template-feedback-plan = О плане
feedback-plan-1 = Какая цель Вам понятна, а какая нет?
feedback-plan-2 = Что важное мы упускаем?
feedback-plan-3 = Где наши школы могли бы сделать что-то вместе?
