# Step 1 of a plan: self-evaluation and short questionnaires.
evaluation = Самооценка школы
lenses-pick = С какой стороны Вы посмотрите? Возьмите лишь несколько вопросов, которые для Вас важны.
lens-factors = Десять факторов изменения школы
lens-organisation = Девять вопросов об организации
lens-engagement = Семьи, сотрудники, сообщество: что мешает, что помогает
lens-picked = выбрано: { $count } из { $of }
lens-take = Взять
lens-taken = Взят
asks-factors-purpose = Нравственная цель
asks-factors-purpose-more = Стоит ли в ежедневных решениях на первом месте ребёнок?
asks-factors-teaching = Качество преподавания
asks-factors-teaching-more = Думает ли ребёнок на уроке сам и где ему трудно?
asks-factors-culture = Позитивная культура
asks-factors-culture-more = Безопасно ли здесь просить о помощи, ошибаться, делиться?
asks-factors-development = Непрерывное профессиональное развитие
asks-factors-development-more = Учатся ли учителя друг у друга и есть ли на это время?
asks-factors-enquiry = Практика, основанная на исследовании
asks-factors-enquiry-more = Проверяем ли мы сами, что дало нововведение?
asks-factors-data = Использование данных школы
asks-factors-data-more = Помогают ли данные выбрать следующий шаг или собираются лишь для отчёта?
asks-factors-learning = Учение каждого ученика
asks-factors-learning-more = Кто из детей остаётся без внимания и как мы об этом узнаём?
asks-factors-expectations = Высокие ожидания
asks-factors-expectations-more = Ждём ли мы многого от каждого и помогаем ли этого достичь?
asks-factors-opportunity = Равные возможности
asks-factors-opportunity-more = Одинаково ли открыта дверь детям с разным языком, местом и достатком?
asks-factors-accountability = Разумный контроль и учёт
asks-factors-accountability-more = Служит ли контроль улучшению и строится ли он на доверии?
asks-organisation-external = Внешние условия
asks-organisation-external-more = Что меняется вокруг и как это касается нас?
asks-organisation-strategy = Миссия и стратегия
asks-organisation-strategy-more = Может ли каждый своими словами сказать, куда мы идём?
asks-organisation-leadership = Лидерство
asks-organisation-leadership-more = Кто берёт инициативу и есть ли для неё место?
asks-organisation-culture = Культура
asks-organisation-culture-more = Что у нас «так принято» и помогает ли это?
asks-organisation-structure = Структура
asks-organisation-structure-more = Понятно ли, кто что решает и кому об этом говорит?
asks-organisation-climate = Климат в коллективе
asks-organisation-climate-more = Как люди относятся друг к другу, с каким чувством приходят утром?
asks-organisation-tasks = Требования работы и умения
asks-organisation-tasks-more = Хватает ли людям умения и времени на то, что им поручено?
asks-organisation-needs = Личные потребности и ценности
asks-organisation-needs-more = Созвучна ли эта работа тому, что важно самому человеку?
asks-organisation-motivation = Мотивация
asks-organisation-motivation-more = Что придаёт людям сил и что их утомляет?
asks-engagement-families = Участие семей
asks-engagement-families-more = Как родители участвуют в жизни школы и в учении своего ребёнка?
asks-engagement-staff = Участие сотрудников
asks-engagement-staff-more = Как учителя и сотрудники участвуют в решениях?
asks-engagement-community = Участие сообщества
asks-engagement-community-more = Как со школой связаны село, район, партнёры?
judgement-own = Добавить свой вопрос
judgement-asked = Свой вопрос
judgement-asked-hint = Что мы хотим узнать?
judgement-apart =
    { $count ->
        [one] На этот вопрос есть { $count } суждение.
        [few] Этот вопрос взяли порознь, поэтому { $count } суждения стоят рядом.
       *[other] Этот вопрос взяли порознь, поэтому { $count } суждений стоят рядом.
    }
judgement-focus = фокус изменений
judgement-strengths = Сильные стороны
judgement-gaps = Пробелы
judgement-engaged-strengths = Что помогает
judgement-engaged-gaps = Что мешает
judgement-evidence = Подтверждение
judgement-evidence-hint = По чему мы это видим?
rating-label = Оценка: { $name }
rating-none = Без оценки
rating-1 = только начинаем
rating-2 = складывается
rating-3 = хорошо налажено
rating-4 = наша сильная сторона
surveys = Короткие анкеты
surveys-empty = Задайте сотрудникам, родителям или ученикам до десяти вопросов. Кто что ответил, не хранится: остаются только итоги.
surveys-add = Добавить анкету
survey-title = Название анкеты
survey-title-hint = О чём спрашиваем?
survey-audience = Кого спрашиваем:
survey-until = Срок:
audience-staff = сотрудников
audience-parents = родителей
audience-pupils = учеников
survey-question = Вопрос анкеты { $number }
survey-question-short = Вопрос
survey-question-hint = Одна мысль, на которую можно ответить «да» или «нет»
survey-add-question = Добавить вопрос
survey-full = { $count ->
        [one] В анкете не больше { $count } вопроса.
       *[other] В анкете не больше { $count } вопросов.
    }
survey-print = Распечатать бланк
survey-open = принимать ответы по ссылке
survey-link = Ссылка для ответов
survey-copy = Скопировать
survey-copied = Ссылка скопирована.
survey-link-more = Ссылку откроет любой, кто подключён к школьной сети Wi-Fi; учётная запись не нужна.
survey-totals = Итоги ответов: { $name }
survey-few = { $count ->
        [one] По ссылке пока ответил { $count } человек.
        [few] По ссылке пока ответили { $count } человека.
       *[many] По ссылке пока ответили { $count } человек.
    } Ответы появятся, когда их будет { $from }: при меньшем числе можно догадаться, кто что ответил.
survey-answered =
    { $count ->
        [one] Ответил { $count } человек
        [few] Ответили { $count } человека
       *[other] Ответили { $count } человек
    }
survey-share = { $answer }: { $count }
survey-table = Таблица ответов и подсчёт с бумаги
survey-paper = бумага, { $day }
survey-by-link = по ссылке, { $day }
survey-count = Подсчитать ответы с бумаги
survey-paper-words = Отметьте в каждой строке один квадрат. Имя писать не нужно.
survey-paper-until = Вернуть до: { $day }.
survey-thanks = Спасибо за Ваше время!
answer-1 = Нет
answer-2 = Скорее нет
answer-3 = Скорее да
answer-4 = Да
rests-on = Опирается на:
rests-on-add = Связать с суждением…
rests-on-add-label = На какое суждение опирается: { $name }
rests-on-remove = Убрать связь: { $name }
rests-on-gone = удалённое суждение
questionnaire-send = Отправить ответы
questionnaire-left =
    { $count ->
        [one] Ещё { $count } вопрос без ответа
        [few] Ещё { $count } вопроса без ответа
       *[other] Ещё { $count } вопросов без ответа
    }
questionnaire-sent = Ваши ответы получены. Спасибо!
questionnaire-nobody = Кто Вы, не сохраняется: учитываются только сами ответы.
questionnaire-from = Спрашивает: { $school }
questionnaire-asking = Анкета открывается…
questionnaire-closed = Эта анкета закрыта, или ссылка скопирована не полностью. Спросите того, кто Вам её дал.
