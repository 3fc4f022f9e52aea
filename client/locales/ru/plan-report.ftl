# Measuring, the evaluation of the process, the monitoring report and the next cycle of a plan.
measuring = План эвалюации
measuring-empty = По чему Вы узнаете, что цель достигнута? Добавьте к ней показатель: исходное значение, целевое значение, кто и когда измеряет.
measuring-for = К какой цели показатель?
measuring-add = Добавить показатель
measuring-no-goal = Показатели без цели
measuring-success = Критерий успеха: { $words }
indicator-what = Показатель
indicator-what-hint = Что измеряем?
indicator-unit = Единица
indicator-unit-hint = %, чел., балл
indicator-baseline = Исходное значение
indicator-now = Сейчас
indicator-target = Целевое значение
indicator-due = Срок
indicator-method = Метод
indicator-method-hint = Как измеряем?
indicator-source = Источник данных
indicator-source-hint = Откуда берём?
indicator-measured_by = Кто измеряет
indicator-measured_by-hint = Имя
indicator-when = Когда
indicator-when-hint = Каждую четверть, в конце года
indicator-reached = целевое значение достигнуто
indicator-under-way = целевое значение ещё впереди
measures-of = Измеренные значения: { $name }
measure-date = Дата
measure-value = Значение
measure-note = Примечание
measure-add = Записать измерение
curve-words = { $name }: исходное значение { $baseline }, сейчас { $now }, целевое значение { $target }
curve-target = цель { $value }
process = Что получилось и что нет
process-worked = Что получилось
process-worked-hint = Что помогло? Что продолжим?
process-not-worked = Что не получилось
process-not-worked-hint = Что помешало? Что сделаем иначе?
impacts = Что изменилось
impacts-empty = Запишите, что изменилось: практика, понимание или возможности людей? Возможности видны не сразу, поэтому поставьте день, когда посмотреть ещё раз.
impacts-add = Добавить изменение
impact-kind = Вид
impact-goal = Цель
impact-no-goal = без цели
impact-instrumental = Изменилась практика
impact-instrumental-more = Люди теперь делают иначе.
impact-conceptual = Изменилось понимание
impact-conceptual-more = Люди теперь думают иначе.
impact-capacity = Вырос потенциал
impact-capacity-more = Люди теперь больше умеют. Часто это видно лишь позже.
impact-what = Что изменилось
impact-what-hint = У кого и что изменилось?
impact-again = Посмотреть ещё раз
impact-due = Пора посмотреть ещё раз.
impact-seen = Что тогда увидели
impact-seen-hint = Сохранилось ли изменение?
report = Отчёт о мониторинге
report-print = Распечатать отчёт
report-opening = Вступительное слово
report-opening-hint = Что было главным за это время?
report-goal = Цель
report-general = Общие выводы
report-actions =
    { $late ->
        [0] Мероприятий выполнено: { $done } из { $of }
       *[other] Мероприятий выполнено: { $done } из { $of }, срок истёк: { $late }
    }
findings = Выводы
finding = Вывод
finding-hint = Что это нам говорит?
finding-carry = взять в следующий цикл
finding-add = Добавить вывод
signed-agreed = Согласовано
signed-approved = Утверждено
signed-by = Кем
signed-by-hint = Должность, имя
signed-protocol = Протокол
signed-protocol-hint = № …
signed-on = Дата
summary = Одна страница для родителей
summary-print = Распечатать эту страницу
summary-words = Слово родителям
summary-hint = Что мы задумали, что сделали, что изменилось для детей? На одну страницу.
summary-goals = цели
summary-actions = мероприятия выполнены
summary-indicators = показатели достигли цели
next-cycle = Следующий цикл
next-cycle-more =
    { $count ->
        [0] Новый план сошлётся на этот, а этот не изменится. Отметьте выводы, которые пойдут в следующий цикл.
        [one] В следующий план перейдёт { $count } вывод. Новый план сошлётся на этот, а этот не изменится.
        [few] В следующий план перейдут { $count } вывода. Новый план сошлётся на этот, а этот не изменится.
       *[other] В следующий план перейдут { $count } выводов. Новый план сошлётся на этот, а этот не изменится.
    }
next-prepare = Подготовить следующий план
next-takes = Миссия, видение и ценности перейдут; отмеченные выводы станут суждениями самооценки. Читать и писать его смогут те же, что и этот план.
next-period-undated = У этого плана не указано начало или конец, поэтому период нового плана останется пустым.
next-period-backwards = Этот план заканчивается раньше, чем начинается, поэтому период нового плана останется пустым.
next-goals = Какие цели продолжаются?
next-from-report = Из предыдущего отчёта о мониторинге

# Giving a copy of the plan to a network.
plan-share = Поделиться с сетью
plan-share-what = Этот план есть только у нашей школы. Сети можно отдать его копию; того, что Вы оставите дома, в копии не будет.
plan-share-open = Отдать копию сети
plan-share-renew = Обновить копию
plan-share-where = Сеть
plan-share-readers = { $count ->
        [one] Копию прочитает { $count } школа:
        [few] Копию прочитают { $count } школы:
       *[many] Копию прочитают { $count } школ:
    }
plan-share-for-ever = То, что уже доставлено, отозвать нельзя.
plan-share-home = Что остаётся дома
plan-home-money = деньги
plan-home-names = имена ответственных
plan-home-questionnaires = анкеты и ответы на них
plan-share-names-in-text = Имена, которые стоят в самих текстах, уйдут вместе с ними. Пожалуйста, просмотрите тексты.
plan-share-files = Снимки и другие файлы остаются в нашей школе.
plan-share-before = То, что было в прежних копиях, остаётся у школ, которые их получили.
plan-share-consent = План просмотрен, и я делюсь им от имени школы.
plan-share-consent-names = План просмотрен, и я делюсь им от имени школы; те, кто в нём назван, согласны.
plan-share-go = Отдать копию
plan-share-done = { $count ->
        [one] Копия отправлена, её получит { $count } школа.
        [few] Копия отправлена, её получат { $count } школы.
       *[many] Копия отправлена, её получат { $count } школ.
    }
plan-share-see = Посмотреть копию
plan-share-no-network = Наша школа не состоит в сети, в которой она может делиться документами.
plan-share-given = { $count ->
        [one] Отдано { $when }, прочитать могла { $count } школа.
        [few] Отдано { $when }, прочитать могли { $count } школы.
       *[many] Отдано { $when }, прочитать могли { $count } школ.
    }
plan-share-stayed = Дома остались:
