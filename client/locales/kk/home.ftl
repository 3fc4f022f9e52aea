# The first page: what waits for the person, what comes next, what has changed.
home-title = Бүгін
home-tasks = Сізге жүктелген істер
home-tasks-none = Сізге жүктелген, орындалмаған іс жоқ.
home-late = мерзімі өтті: { $day }
home-soon = мерзімі жақын: { $day }
home-due = мерзімі: { $day }
home-tasks-all = Бәрін көрсету: { $count } іс
home-next = Келесі жиналыс
home-next-none = Алдағы жиналыстың күні белгіленбеген.
home-day-today = бүгін
home-day-tomorrow = ертең
home-days = Жылдық жоспарда
home-asked = Сізден кері байланыс сұрайды
home-asked-by = сұраған: { $name }
home-asked-ago = { $days ->
        [0] бүгін сұрады
       *[other] күткеніне { $days } күн болды
    }
home-asked-until = жауап керек: { $day }
home-changed = Сіз соңғы болғалы өзгергендер
home-changed-since = соңғы рет: { $when }
home-changed-none = Сіз соңғы болғалы ештеңе өзгерген жоқ.
home-recent = Соңғы құжаттар
home-all = Барлық құжат
home-new = Жаңа құжат
home-first-title = Үш қадамнан бастаңыз
home-first-plan = Даму жоспарын жазыңыз
home-first-plan-what = Мақсаттар, іс-шаралар, жауаптылар мен мерзімдер бір бетте тұрады. Жазғаныңыз өзі сақталады.
home-first-people = Әріптестеріңізді қосыңыз
home-first-people-what = Әр адамға кіру атауы мен құпиясөз бересіз, содан кейін бір құжатта бірге жаза аласыздар.
home-first-people-do = Адам қосу
home-first-network = Басқа мектептермен желіге бірігіңіз
home-first-network-what = Желі құрып, мектептерді шақырыңыз немесе келген шақыруды енгізіңіз. Бөліспегеніңіз мектепте қалады.
home-first-network-do = Желіге өту
home-first-notebook = Өз дәптеріңізді ашыңыз
home-first-notebook-what = Жобаңызды, коучингті немесе зерттеуді қадам-қадаммен жазасыз. Оны Сізден басқа ешкім оқымайды.
home-first-ask = Кері байланыс сұраңыз
home-first-ask-what = Бір-екі сұрақ қойыңыз: басқа мектептегі әріптестеріңіз уақыты болғанда жауап береді.
home-reader = Сіз құжаттарды оқи аласыз. Мектебіңіз жазғанда, олар осында шығады.
