# The notebook of steps: what a person writes for themselves, and what of it they share.
who-reads-me = может читать: только я
who-reads-me-more = Школьный компьютер показывает это только Вам, не показывает ни директору, ни коллегам и не отправляет в другие школы. То, чем Вы поделились, — отдельная копия.
notebook-private = Это читаете только Вы: ни директор, ни ведущий группы, ни другие школы этого не видят. Если захотите чем-то поделиться, будет сделана копия этой части, а сама тетрадь останется здесь.
notebook-kind = тетрадь шагов
notebook-facts = О тетради
notebook-focus = Вопрос
notebook-focus-hint-project = Что хочется изменить?
notebook-focus-hint-coaching = На что смотрим вместе?
notebook-focus-hint-enquiry = Что исследуем?
notebook-focus-hint-self_review = Моя цель как руководителя
notebook-focus-hint-own = О чём эта тетрадь?
notebook-partners = Вместе с кем
notebook-partners-hint-project = Кто помогает?
notebook-partners-hint-coaching = Наша пара или тройка
notebook-partners-hint-enquiry = Кто наблюдает?
notebook-partners-hint-self_review = Критический друг
notebook-partners-hint-own = Если хотите
notebook-period = Срок
notebook-from = Начало
notebook-to = Окончание
notebook-write = Сделать запись
notebook-journal = Дневник
notebook-journal-empty = После уроков хватит двух-трёх предложений: что сделано, что увидено, какой вопрос появился?
notebook-entry = Запись
notebook-entry-hint = Что было сегодня? Что Вы заметили?
notebook-entry-date = Дата записи
notebook-entry-step = К какому шагу относится запись
notebook-entry-done = Готово
notebook-entry-empty = В этой записи нет слов.
notebook-edit = Править
notebook-earlier = Показать { $count ->
        [one] ещё { $count } прежнюю запись
        [few] ещё { $count } прежние записи
       *[other] ещё { $count } прежних записей
    }
notebook-no-step = шаг не указан
notebook-steps = Шаги
notebook-steps-done = Выполнено: { $done } из { $of }
notebook-steps-empty = Шагов пока нет. Добавьте первый и назовите его своими словами.
notebook-add-step = Добавить шаг
notebook-step-title = Название шага { $number }
notebook-step-title-hint = Название шага
notebook-step-done = Выполнено: { $name }
notebook-step-text = Что записано на этом шаге
notebook-step-text-hint = Пишите здесь
notebook-step-entries = { $count ->
        [one] { $count } запись
        [few] { $count } записи
       *[other] { $count } записей
    }
notebook-step-evidence = { $count ->
        [one] { $count } подтверждение
        [few] { $count } подтверждения
       *[other] { $count } подтверждений
    }
notebook-guidance = Показывать подсказки
notebook-evidence = Подтверждения
notebook-evidence-empty = По чему видно, что что-то изменилось? Ответ ученика, лист наблюдения, мероприятие плана. Имён учеников не пишите.
notebook-add-evidence = Добавить подтверждение
notebook-evidence-number = Подтверждение { $number }
notebook-evidence-title = Название подтверждения
notebook-evidence-title-hint = Что это?
notebook-evidence-note = Пояснение
notebook-evidence-note-hint = Что это показывает?
notebook-evidence-step = К какому шагу относится подтверждение
notebook-observations = Лист наблюдения
notebook-observations-what = Пишите отдельно критерий, увиденное и вопрос. Без оценок и без имён учеников.
notebook-add-observation = Добавить наблюдение
notebook-observation-date = Дата наблюдения { $number }
notebook-observation-step = К какому шагу относится наблюдение { $number }
notebook-observation-criterion = Критерий
notebook-observation-criterion-hint = На что смотрим?
notebook-observation-seen = Что увидено
notebook-observation-seen-hint = Что ученик сделал, что сказал?
notebook-observation-question = Вопрос
notebook-observation-question-hint = О чём это заставляет спросить?
notebook-closing = Заключительный рассказ
notebook-closing-hint = С чего Вы начали, что изменилось, в чём убедились, что ещё непонятно?
notebook-share = Поделиться этой частью
notebook-share-title = Поделиться частью тетради
notebook-share-what = Будет сделана копия выбранных частей. Саму тетрадь по-прежнему читаете только Вы.
notebook-share-parts = Выбрано частей: { $count }
notebook-share-nothing = Делиться пока нечем: сначала напишите несколько предложений к шагу или в дневнике.
notebook-share-where = В какой сети
notebook-share-readers = Копию смогут читать люди { $count ->
        [one] { $count } школы:
       *[other] { $count } школ:
    }
notebook-share-home = Остаётся только у Вас: все невыбранные части, вопрос, с кем Вы работаете и название тетради.
notebook-share-for-ever = Копию, которая дошла до школ, вернуть нельзя.
notebook-share-name = Под каким именем
notebook-share-own = Под своим: { $name }
notebook-share-pseudonym = Под псевдонимом
notebook-pseudonym = Псевдоним
notebook-pseudonym-hint = Например: Степной учитель
notebook-share-signed = Имя, под которым вышла копия: { $name }
notebook-share-school-seen = Из какой она школы, видно в любом случае: { $school }. В маленькой школе Вас могут узнать и по самой истории.
notebook-name-nowhere = В выбранных частях Ваше имя не найдено. Перечитайте их ещё раз: прозвище и другие приметы, по которым Вас узнают, программа не замечает.
notebook-name-places = Ваше имя стоит здесь { $count ->
        [one] в { $count } месте
       *[other] в { $count } местах
    }
notebook-name-replace = Заменить: { $name }
notebook-name-leave = Оставить
notebook-name-endings = Окончания рядом с заменой могут не совпасть: просмотрите копию. Ласковых и сокращённых имён программа не узнаёт.
notebook-share-links = Ссылок останется у Вас: { $count }. Документы, куда они ведут, другие школы читать не могут.
notebook-share-its-title = Название копии
notebook-share-title-hint = Понятное тому, кто будет читать
notebook-share-name-in-title = Похоже, в названии или в псевдониме стоит Ваше имя.
notebook-consent = Согласие
notebook-consent-me = Здесь написано только обо мне.
notebook-consent-only-me = В этих частях написано только обо мне
notebook-consent-others = Есть и другие люди, они согласны
notebook-consent-who = Кто и когда согласился
notebook-consent-given = Дано: { $when }. Школ, которые тогда могли читать копию: { $count }.
notebook-consent-kept = Это хранится только в Вашей тетради и в копию не попадает.
notebook-share-go = Опубликовать
notebook-share-done = Опубликовано. Копию читает сеть: { $space }, { $count ->
        [one] { $count } школа
        [few] { $count } школы
       *[other] { $count } школ
    }.
notebook-share-see = Посмотреть копию
notebook-share-no-network = Ваша школа пока не состоит ни в одной сети, поэтому делиться негде. К сети школу присоединяет директор.
notebook-share-parts-go = Выбрать части и поделиться
notebook-shared = Чем я делюсь
notebook-shared-empty = Из этой тетради пока ничего не опубликовано. Когда будете готовы, можете показать один шаг или одну запись учителям других школ: под своим именем или под псевдонимом.
notebook-shared-as = Под именем: { $name }, { $when }
notebook-shared-parts = Частей: { $count }
notebook-shared-consent = Согласие: { $words }
notebook-shared-newer = В тетради текст новее, чем в копии.
notebook-shared-withdrawn = Отозвано: копия пуста. То, что дошло раньше, осталось там, куда дошло.
notebook-renew = Опубликовать новый текст
notebook-withdraw = Отозвать
notebook-withdraw-what = Если отозвать, копия опустеет. Но слова, которые уже дошли до школ, останутся на их компьютерах.
notebook-withdrawn-title = Отозвано автором
notebook-ask = Попросить обратную связь
notebook-ask-shows-name = Просьба об обратной связи показала бы Ваше имя, поэтому для части под псевдонимом она не предлагается.
notebook-copy-by = Автор:
notebook-copy-what = Это часть чьей-то личной тетради, которой автор поделился. Остальное читает только автор.
notebook-copy-withdrawn = Автор отозвал эту часть. Дошедшее раньше могло остаться в истории.
error-nothing-chosen = Выберите хотя бы одну часть.
