# Threads: talk among people who are seldom online at the same time.
talk-is-about = О документе:
talk-about-unknown = здесь он Вам недоступен
talk-who-reads = Кто это прочитает
talk-readers-school = Прочитают только люди нашей школы.
talk-readers-network = Прочитать смогут люди каждой школы этой сети: { $space }, { $count ->
        [one] { $count } школа
        [few] { $count } школы
       *[other] { $count } школ
    }. То, что дошло, отозвать нельзя.
thread-begin = Начать обсуждение
thread-title = О чём оно
thread-title-example = Как Вы проводите первые десять минут урока?
thread-first-words = Первые слова
thread-posts = Что сказано
thread-empty = Пока никто ничего не сказал. Напишите первые слова: коллеги прочитают их, когда выйдут на связь, и ответят, когда будет время.
thread-your-words = Ваши слова
thread-answer-to = Ваш ответ. Пишет: { $name }
thread-to = В ответ на слова: { $name }
thread-new = новое
thread-fresh = { $count ->
        [one] { $count } новая запись
        [few] { $count } новые записи
       *[other] { $count } новых записей
    } с тех пор, как Вы были здесь ({ $when })
thread-last-here = Последними писали:
thread-close = Закрыть обсуждение
thread-reopen = Открыть обсуждение снова
thread-closed = Обсуждение закрыто. Его можно читать; чтобы писать, откройте его снова.
