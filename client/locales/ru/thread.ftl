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
thread-title = О чём обсуждение
thread-title-example = Как Вы проводите первые десять минут урока?
thread-first-words = Первое сообщение
thread-posts = Что сказано
thread-empty = Пока никто ничего не написал. Напишите первое сообщение: коллеги прочитают его, когда выйдут на связь, и ответят, когда будет время.
thread-your-words = Ваше сообщение
thread-answer-to = Ваш ответ. Кому: { $name }
thread-to = кому: { $name }
thread-new = новое
thread-fresh = { $count ->
        [one] { $count } новое сообщение
        [few] { $count } новых сообщения
       *[other] { $count } новых сообщений
    } с тех пор, как Вы были здесь ({ $when })
thread-last-here = Последними писали:
thread-close = Закрыть обсуждение
thread-reopen = Открыть обсуждение снова
thread-closed = Обсуждение закрыто. Его можно читать; чтобы писать, откройте его снова.

# What a discussion can begin from.
template-thread-question = Вопрос коллегам
thread-question-1 = Что хочется узнать:
thread-question-2 = Что уже испробовано:
thread-question-3 = Что вызывает сомнения:
template-thread-story = История из практики
thread-story-1 = Что мы попробовали:
thread-story-2 = Что произошло с учениками:
thread-story-3 = Что мы сделали бы иначе:
