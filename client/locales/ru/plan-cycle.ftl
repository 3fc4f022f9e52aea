# The cycle of a development plan, the pictures, and what its parts share.
cycle = Пять шагов плана
cycle-stands = План сейчас на шаге:
cycle-here = мы здесь
cycle-whole = Показать план целиком
cycle-on = Дальше по шагам
cycle-judgements = суждений: { $count }, в фокусе: { $focus }
cycle-priorities =
    { $count ->
        [one] { $count } приоритет
        [few] { $count } приоритета
       *[other] { $count } приоритетов
    }
cycle-actions = выполнено { $done } из { $of }
cycle-impacts = изменений: { $count }
cycle-findings =
    { $count ->
        [one] { $count } вывод
        [few] { $count } вывода
       *[other] { $count } выводов
    }
step-of = Шаг { $number } из { $of }: { $name }
step-self_evaluation = Самооценка
step-priorities = Стратегические приоритеты
step-plan = План реализации и эвалюации
step-process = Оценка процесса
step-report = Отчёт о мониторинге
teach-self_evaluation = Начните с честного взгляда: где сейчас школа? Выберите несколько вопросов и ответьте на них с подтверждением; заполнять всё не нужно.
teach-priorities = Напишите, куда Вы идёте и почему именно туда. Пусть каждый приоритет опирается на суждение из самооценки.
teach-plan = Поставьте под каждым приоритетом цель, к ней мероприятия и ответственных. Показатели скажут, по чему Вы узнаете, что цель достигнута.
teach-process = Запишите открыто, что за год получилось и что нет. Отметьте, что изменилось, и поставьте день, когда стоит посмотреть ещё раз.
teach-report = Основа отчёта складывается сама из того, что записано выше: Вам остаются выводы. Отмеченные выводы перейдут в самооценку следующего цикла.
plan-previous = Предыдущий план:
plan-previous-away = документ до этого плана
field-of = { $field }: { $name }
share = { $part } из { $of }
count-wrong = Число слишком велико или не целое.
decimal-wrong = Напишите число так: 12,5
person-choose = Сотрудники школы
person-found =
    { $count ->
        [one] Найдено { $count } имя
        [few] Найдено { $count } имени
       *[other] Найдено { $count } имён
    }
picture-timeline = Мероприятия на шкале времени
picture-progress = Выполнение по целям и приоритетам
picture-table = То же в таблице
picture-coming = Рисуется…
picture-undated = Когда у мероприятий появятся даты, они будут видны здесь.
picture-first = Показаны первые строки: { $count } из { $of }.
action-resources-hint = Что нужно?
action-money = Деньги
action-time = Бюджет времени
action-money-hint = Деньги
action-time-hint = Время
actions-more =
    { $count ->
        [one] Показать ещё { $count } мероприятие (всего { $of })
        [few] Показать ещё { $count } мероприятия (всего { $of })
       *[other] Показать ещё { $count } мероприятий (всего { $of })
    }
goals-more =
    { $count ->
        [one] Показать ещё { $count } цель (всего { $of })
        [few] Показать ещё { $count } цели (всего { $of })
       *[other] Показать ещё { $count } целей (всего { $of })
    }
goal-unfold =
    { $count ->
        [one] Развернуть: { $count } мероприятие
        [few] Развернуть: { $count } мероприятия
       *[other] Развернуть: { $count } мероприятий
    }
goal-fold =
    { $count ->
        [one] Свернуть: { $count } мероприятие
        [few] Свернуть: { $count } мероприятия
       *[other] Свернуть: { $count } мероприятий
    }
smart = Как хорошо сформулировать цель
smart-specific = Конкретно: что изменится и для кого?
smart-measurable = Измеримо: по чему мы это увидим?
smart-attainable = Достижимо: хватит ли людей и времени?
smart-relevant = Важно: какому приоритету это служит?
smart-timed = Со сроком: к какому дню?
answering-asked = ответа ещё нет
answering-accepted = согласие получено
answering-was_accepted = согласие дано раньше; на этот срок ответа ещё нет
answer-was-accepted = согласие было на срок { $day }; на новый ответа ещё нет
answer-asked-you = Подходит ли Вам этот срок?
answer-accept = Принять
answer-offer = Предложить другой день
answer-which = Какой день подойдёт?
answer-note = Почему (если хотите)
answer-send = Предложить
answer-not = Не нужно
answer-offers = предложен день: { $day }
answer-other = просит другой день
answer-take = Принять этот день
answer-leave = Оставить прежний
