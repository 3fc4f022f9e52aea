# Threads: talk among people who are seldom online at the same time.
talk-is-about = Құжат:
talk-about-unknown = бұл жерде Сізге ашық емес
talk-who-reads = Мұны кім оқиды
talk-readers-school = Мұны тек өз мектебіміздің адамдары оқиды.
talk-readers-network = Мұны осы желінің әр мектебіндегі адамдар оқи алады: { $space }, { $count } мектеп. Жеткенді кері қайтарып алу мүмкін емес.
thread-begin = Талқылау бастау
thread-title = Не туралы
thread-title-example = Сабақтың алғашқы он минутын қалай өткізесіз?
thread-first-words = Алғашқы сөз
thread-posts = Айтылғаны
thread-empty = Әзірге ешкім ештеңе жазған жоқ. Алғашқы сөзді жазыңыз: әріптестеріңіз байланысқа шыққанда оқып, уақыты болғанда жауап береді.
thread-your-words = Сіздің сөзіңіз
thread-answer-to = Жауабыңыз. Кімге: { $name }
thread-to = кімге: { $name }
thread-new = жаңа
thread-fresh = Сіз соңғы келгеннен бері жаңа жазба: { $count } ({ $when })
thread-last-here = Соңғы жазғандар:
thread-close = Талқылауды жабу
thread-reopen = Талқылауды қайта ашу
thread-closed = Талқылау жабық. Оны оқуға болады; жазу үшін қайта ашыңыз.

# What a discussion can begin from.
template-thread-question = Әріптестерге сұрақ
thread-question-1 = Білгім келетіні:
thread-question-2 = Осыған дейін байқап көргенім:
thread-question-3 = Күмәнданатыным:
template-thread-story = Тәжірибеден бір оқиға
thread-story-1 = Нені байқап көрдік:
thread-story-2 = Оқушыларда не өзгерді:
thread-story-3 = Нені басқаша жасар едік:
