# Any document open for writing: the line of safety, readers, who is here, tools.
document-title = Название документа
contents = Содержание
try-again = Попробовать ещё раз
safety-here-yes = сохранено
safety-here-waiting = сохраняется
safety-here-held = только в этой вкладке
line-too-long = Здесь это не поместится: в название входит не больше { $limit } знаков. Скопированное осталось в буфере обмена, вставьте его в поле для длинного текста.
safety-school-yes = в нашей школе
safety-school-host = в школе: { $school }
safety-school-waiting = ждёт отправки в школу
safety-school-held = до школы не дошло
safety-schools = дошло: { $reached } из { $of ->
        [one] { $of } школы
       *[other] { $of } школ
    }
safety-held = Связь со школьным компьютером прервалась. Последние изменения есть только в этой вкладке, пока связь не вернётся: не закрывайте её. Пишите дальше — как только связь появится, всё отправится само.
safety-slow = Школьный компьютер ещё не подтвердил последние изменения. Не закрывайте вкладку и немного подождите.
safety-more-saved = Всё написанное хранится на школьном компьютере. Эту страницу можно закрыть.
safety-more-sending = Последние изменения отправляются на школьный компьютер. Не закрывайте вкладку, пока он не подтвердит.
safety-more-held = Связи нет. Последние изменения есть только в этой вкладке.
safety-more-private = Этот документ не выходит за пределы нашей школы.
safety-more-all = Последняя версия есть у всех школ.
safety-more-waiting = { $count ->
        [one] Последней версии ещё нет у { $count } школы:
       *[other] Последней версии ещё нет у { $count } школ:
    }
safety-more-cut = Наша школа работает отдельно: в сеть ничего не отправляется.
safety-to-line = Подключиться к сети
safety-more-unknown = Школьный компьютер сейчас не отвечает, поэтому неизвестно, что дошло до других школ. Когда связь вернётся, это будет видно здесь.
safety-as-of = Последние данные: { $when }
safety-by-itself = Изменения отправятся сами, когда школы выйдут на связь.
safety-call = Если это срочно, позвоните и попросите включить компьютер: { $schools }
changes-waiting = изменения ждут отправки
changes-going = изменения отправляются
who-reads-school = могут читать: наша школа
who-reads-network = могут читать: { $space }, { $count ->
        [one] { $count } школа
        [few] { $count } школы
       *[other] { $count } школ
    }
who-reads-school-more = Это читают только люди нашей школы.
who-reads-network-more = Читать могут люди каждой школы этой сети. То, что дошло, отозвать нельзя.
presence-title = Сейчас здесь
presence-you = Вы
presence-nobody = Кроме Вас, никого нет
presence-unknown = Кто ещё здесь, сейчас неизвестно
read-only-rule = Этот документ открыт Вам только для чтения. Его пишет: { $school }.
read-only-reader = Документы нашей школы Вы можете только читать. Чтобы писать, попросите директора изменить Вашу роль.
read-only-copy = Это копия для сети. Школа: { $school }. Она обновляется из собственного плана школы.
read-only-newer = Документ записан более новой программой. Здесь его можно читать; чтобы писать, обновите программу на школьном компьютере.
set-aside-title = Ваши отложенные слова
set-aside-what = Эти слова не вошли в документ, но не пропали: они на школьном компьютере. Сохраните их как свою копию или откажитесь от них.
set-aside-copy = Сохранить как копию
set-aside-drop = Отказаться
item-menu = Действия: { $name }
move-up = Переместить выше: { $name }
move-down = Переместить ниже: { $name }
move-up-short = Переместить выше
move-down-short = Переместить ниже
remove-item = Удалить: { $name }
remove-short = Удалить
removed = Удалено: { $name }
removed-elsewhere = Удалён пункт, в котором писали и Вы: { $name }
removed-above-goals = Удалена цель, под которой писали и Вы: { $name }
removed-above-priorities = Удалён приоритет, под которым писали и Вы: { $name }
put-back = Вернуть на место
words-removed-elsewhere = Пункт вернули без того, что в нём писали Вы: { $name }
put-words-back = Вернуть мои слова
moved-to = Место { $place } из { $of }: { $name }
undo = Вернуть
drag = Перетащить
rich-tools = Оформление текста
rich-bold = Жирный
rich-italic = Курсив
rich-heading = Подзаголовок
rich-bullets = Список
rich-numbers = Нумерованный список
rich-undo = Отменить
rich-redo = Повторить
rich-empty = Пишите здесь
timing-late = срок истёк
timing-soon = скоро срок
minutes-short = мин
minutes = { $count } мин
read-only-refused = Слова из этой вкладки не приняты в документ, поэтому здесь пока можно только читать.
start-anew = Открыть документ заново
set-aside-reason-reader = Ваша роль позволяет только читать документы.
set-aside-reason-school-may-not-write = Наша школа не может писать в этот документ.
set-aside-reason-waits-for-another-node = Эти слова пришли из другой школы, ждём её подтверждения.
set-aside-reason-no-longer-part = Эти слова опираются на то, чего в документе больше нет.
set-aside-reason-private-subject = Эти слова относились бы к документу, который читает только один человек или которого здесь нет.
set-aside-reason-untrusted = Школьный компьютер не смог признать это изменение правильным.
set-aside-reason-other = Школьный компьютер не принял это изменение.
left-in-tab = Непринятые слова целиком остались в этой вкладке. Если они нужны, скопируйте их:
