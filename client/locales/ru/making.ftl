# Making a new document: where it is kept, who reads and writes it, and what it begins from.
new-title = Название
new-space = Где хранится
space-own = { $name } (только своя школа)
new-readers-school = Прочитать его сможет только наша школа.
new-readers-network = Прочитать его { $count ->
        [one] сможет { $count } школа
        [few] смогут { $count } школы
       *[other] смогут { $count } школ
    } этой сети. То, что дошло до школ, отозвать нельзя.
new-writers = Кто может писать
write-rule-owner = Только наша школа ({ $school })
write-rule-everyone = Все школы сети
new-language = Язык документа
new-title-example-plan = План развития на 2026–2027 учебный год
new-title-example-meeting = Декабрьская встреча сети
new-title-example-year = Год сети: 2026–2027
new-title-example-notebook = Ученики учатся задавать вопросы
new-title-example-portfolio = Моя работа за год
new-title-example-feedback = Об открытом уроке в 5 классе
new-title-example-thread = Что обсудим на следующей встрече?
new-readers-me = Читать это сможете только Вы: ни директор, ни другие школы этого не увидят.
new-from = С чего начать
new-from-empty = С пустого документа
new-from-built-in = Готовые шаблоны
new-from-own = Наши шаблоны
new-from-own-what = Содержание шаблона копируется. Даты, отметки о выполнении и выбранные люди не копируются.
template-make = Сделать из этого шаблон
template-make-what = Копия без дат, выбранных людей и отметок о выполнении хранится как шаблон только в нашей школе. С неё можно начинать новые документы, а этот документ не меняется.
template-making = Шаблон создаётся…
template-made = Шаблон готов:
template-is = Это шаблон школы
template-end = Больше не шаблон
template-copying = Шаблон копируется…
template-not-copied = Шаблон не открылся, документ остался пустым. Когда шаблон дойдёт, создайте документ заново.
new-title-example-library = Пособия и материалы для учителей
