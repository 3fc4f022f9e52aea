# First start and signing in.
sign-in-title = Кіру
sign-in-lead = Мектепте Сізге берілген атаумен және құпиясөзбен кіріңіз.
sign-in-enter = Кіру
sign-in-forgot = Құпиясөзді ұмытсаңыз, мектеп директорынан сұраңыз.
account-name = Аты-жөніңіз
account-login = Кіру атауы
account-login-hint = Латын әріптері мен сандар, бос орынсыз. Мысалы: aigul
account-password = Құпиясөз
account-password-hint = Кемінде { $length } таңба. Бірнеше сөзден тұратын сөйлем ең сенімдісі.
first-start-title = Алғашқы іске қосу
first-start-lead = Бірінші тіркелгі – мектеп директорыныкі. Қалған адамдарды содан кейін өзіңіз қосасыз.
first-start-code = Бір реттік код
first-start-code-hint = Код осы мектеп компьютерінің экранына, бағдарлама іске қосылған терезеге шығарылды.
first-start-begin = Бастау
sign-in-unsaved = Соңғы жазғаныңыз осы қойындыда сақтаулы тұр. Қайта кірсеңіз, ол мектеп компьютеріне жіберіледі.
