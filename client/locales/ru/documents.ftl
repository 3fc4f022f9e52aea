# The list of documents and the making of a new one.
home-title = Документы
plans-title = Планы развития
meetings-title = Встречи
kind-plan = план развития школы
kind-meeting = встреча
untitled = Пока без названия
read-only = только чтение
changed-at = изменения: { $when }
reached-some = дошло: { $reached } из { $of ->
        [one] { $of } школы
       *[other] { $of } школ
    }
reached-all = дошло до всех школ
coming = { $kind }, в пути
coming-reach = до нас ещё не дошло
readers-school = могут читать: наша школа
readers-network = могут читать: { $count ->
        [one] { $count } школа сети
        [few] { $count } школы сети
       *[other] { $count } школ сети
    }
documents-empty-title = Здесь пока ничего нет
plans-empty = Начните с плана развития: цели, мероприятия, ответственные и сроки на одной странице, и коллеги сразу могут писать вместе с Вами.
meetings-empty = Создайте встречу: повестку дня Вы пишете вместе, а протокол и поручения остаются здесь же.
new-plan = Новый план
new-meeting = Новая встреча
new-title = Название
new-title-example-plan = План развития на 2026–2027 учебный год
new-title-example-meeting = Декабрьская встреча сети
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
