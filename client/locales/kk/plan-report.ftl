# Measuring, the evaluation of the process, the monitoring report and the next cycle of a plan.
measuring = Эвалюация жоспары
measuring-empty = Мақсатқа жеткенді неден білесіз? Оған көрсеткіш қосыңыз: бастапқы мәні, нысаналы мәні, кім және қашан өлшейді.
measuring-for = Көрсеткіш қай мақсатқа?
measuring-add = Көрсеткіш қосу
measuring-no-goal = Мақсаты көрсетілмеген көрсеткіштер
measuring-success = Жетістік критерийі: { $words }
indicator-what = Көрсеткіш
indicator-what-hint = Нені өлшейміз?
indicator-unit = Өлшем бірлігі
indicator-unit-hint = %, адам, балл
indicator-baseline = Бастапқы мәні
indicator-now = Қазір
indicator-target = Нысаналы мәні
indicator-due = Мерзімі
indicator-method = Әдісі
indicator-method-hint = Қалай өлшейміз?
indicator-source = Дерек көзі
indicator-source-hint = Қайдан аламыз?
indicator-measured_by = Кім өлшейді
indicator-measured_by-hint = Аты-жөні
indicator-when = Қашан
indicator-when-hint = Тоқсан сайын, жыл соңында
indicator-reached = нысаналы мәнге жетті
indicator-under-way = нысаналы мәнге әлі жеткен жоқ
measures-of = Өлшенген мәндер: { $name }
measure-date = Күні
measure-value = Мәні
measure-note = Ескертпе
measure-add = Өлшенген мәнді жазу
curve-words = { $name }: бастапқы мәні { $baseline }, қазір { $now }, нысаналы мәні { $target }
curve-target = нысаналы мәні { $value }
process = Не нәтиже берді, не бермеді
process-worked = Не нәтиже берді
process-worked-hint = Не көмектесті? Нені жалғастырамыз?
process-not-worked = Не нәтиже бермеді
process-not-worked-hint = Не кедергі болды? Нені басқаша істейміз?
impacts = Не өзгерді
impacts-empty = Өзгерісті жазыңыз: тәжірибе, түсінік немесе әлеует өзгерді ме? Әлеует кеш көрінеді, сондықтан қайта қарайтын күн қойыңыз.
impacts-add = Өзгеріс қосу
impact-kind = Түрі
impact-goal = Мақсаты
impact-no-goal = мақсат көрсетілмеген
impact-instrumental = Тәжірибе өзгерді
impact-instrumental-more = Адамдар енді басқаша істейді.
impact-conceptual = Түсінік өзгерді
impact-conceptual-more = Адамдар енді басқаша ойлайды.
impact-capacity = Әлеует артты
impact-capacity-more = Адамдардың қолынан көп нәрсе келеді. Бұл көбіне кейін көрінеді.
impact-what = Не өзгерді
impact-what-hint = Кімде не өзгерді?
impact-again = Қайта қарау күні
impact-due = Қайта қарайтын уақыт келді.
impact-seen = Сонда не байқалды
impact-seen-hint = Өзгеріс сақталды ма?
report = Мониторинг есебі
report-print = Есепті басып шығару
report-opening = Кіріспе сөз
report-opening-hint = Осы кезеңде ең бастысы не болды?
report-goal = Мақсат
report-general = Жалпы қорытындылар
report-actions =
    { $late ->
        [0] Орындалған іс-шара: { $done }/{ $of }
       *[other] Орындалған іс-шара: { $done }/{ $of }, мерзімі өткені: { $late }
    }
findings = Қорытындылар
finding = Қорытынды
finding-hint = Бұл бізге не айтады?
finding-carry = келесі циклге алу
finding-add = Қорытынды қосу
signed-agreed = Келісілді
signed-approved = Бекітілді
signed-by = Кім
signed-by-hint = Лауазымы, аты-жөні
signed-protocol = Хаттама
signed-protocol-hint = № …
signed-on = Күні
summary = Ата-аналарға бір бет
summary-print = Осы бетті басып шығару
summary-words = Ата-аналарға сөз
summary-hint = Не ойладық, не істедік, балаларға не өзгерді? Бір бетке сыйсын.
summary-goals = мақсат
summary-actions = іс-шара орындалды
summary-indicators = көрсеткіш нысаналы мәнге жетті
next-cycle = Келесі цикл
next-cycle-more =
    { $count ->
        [0] Келесі жоспар осыған сілтеп тұрады, бұл жоспардың өзі өзгермейді. Келесі циклге көшетін қорытындыларды белгілеңіз.
       *[other] Келесі жоспарға көшетін қорытынды: { $count }. Келесі жоспар осыған сілтеп тұрады, бұл жоспардың өзі өзгермейді.
    }
next-prepare = Келесі жоспарды дайындау
next-takes = Миссия, пайым, құндылықтар көшеді; белгіленген қорытындылар өзін-өзі бағалаудың тұжырымдары болады. Оны кім оқып, кім жаза алатыны осы жоспардағыдай.
next-goals = Қай мақсаттар жалғасады?
next-from-report = Алдыңғы мониторинг есебінен

# Giving a copy of the plan to a network.
plan-share = Желімен бөлісу
plan-share-what = Бұл жоспар тек мектебіміздің өзінде. Желіге оның көшірмесін беруге болады; мектепте қалдырғаныңыз көшірмеге кірмейді.
plan-share-open = Желіге көшірме беру
plan-share-renew = Көшірмені жаңарту
plan-share-where = Желі
plan-share-readers = Көшірмені оқитын мектептер саны – { $count }:
plan-share-for-ever = Жеткізілген нәрсені қайтарып алу мүмкін емес.
plan-share-home = Мектепте не қалады
plan-home-money = ақша
plan-home-names = жауапты адамдардың аты-жөні
plan-home-questionnaires = сауалнамалар мен олардың жауаптары
plan-share-names-in-text = Мәтіннің ішінде тұрған аты-жөндер мәтінмен бірге кетеді. Мәтіндерді қарап шығыңыз.
plan-share-before = Бұрынғы көшірмелерде жазылғаны оны алған мектептерде қалады.
plan-share-consent = Жоспарды қарап шықтым және мектеп атынан бөлісемін.
plan-share-consent-names = Жоспарды қарап шықтым және мектеп атынан бөлісемін; онда аты аталғандар келісті.
plan-share-go = Көшірмені беру
plan-share-done = Көшірме жіберілді. Оны алатын мектептер саны – { $count }.
plan-share-see = Көшірмені көру
plan-share-no-network = Мектебіміз құжат бөлісе алатын ешбір желіде жоқ.
plan-share-given = Берілген уақыты: { $when }. Оқи алған мектептер саны – { $count }.
plan-share-stayed = Мектепте қалғаны:
