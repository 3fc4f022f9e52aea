# Requests for feedback.
feedback-ask = Кері байланыс сұрау
feedback-title-about = Кері байланыс: { $title }
feedback-question = { $number }-сұрақ
feedback-question-example = Өз мектебіңізде осы жоспардың несін басқаша жасар едіңіз, неліктен?
feedback-question-removed = Өшірілген сұраққа берілген жауаптар
feedback-add-question = Сұрақ қосу
feedback-words = Алдын ала нені білу керек
feedback-words-hint = Нені байқап көрдіңіз, нені әлі анық білмейсіз?
feedback-whom = Кімнен сұрайсыз
feedback-schools = Желідегі мектептер
feedback-our-people = Мектебіміздің адамдары
feedback-by-name = Басқа біреуден, аты бойынша
feedback-add = Қосу
feedback-private = Бұл өз мектебімізден шықпайды, сондықтан тек мектептің өз адамдарынан сұрауға болады. Басқа мектептерден сұрау үшін желідегі құжатты таңдаңыз.
feedback-by = Жауап беру мерзімі
feedback-send = Сұрау
feedback-asked-by = Сұраған:
feedback-nobody-asked = Әзірге ешкімнен атап сұралған жоқ. Мұны оқыған кез келген адам жауап бере алады.
feedback-answered = жауап берді
feedback-not-yet = жауап әлі жоқ
feedback-waits = { $days ->
        [0] бүгін сұралды
       *[other] { $days } күн бұрын сұралды
    }
feedback-ask-more = Тағы біреуден сұрау
feedback-close = Жауап жеткілікті
feedback-reopen = Жауапты қайта қабылдау
feedback-closed = Рақмет, жауап жеткілікті. Берілген жауаптарды оқуға болады.
feedback-your-answer = Жауабыңыз
feedback-answer-send = Жауап беру
feedback-no-answer-yet = Жауап әлі жоқ. Әріптестеріңіз байланысқа шыққанда келеді.
feedback-be-first = Әзірге ешкім жауап берген жоқ. Бірнеше сөйлем жеткілікті.

# What a request for feedback can begin from.
talk-from-empty = Өз сөзіммен
template-feedback-lesson = Сабақ туралы
feedback-lesson-1 = Оқушылар не істеді және сіз олардың нені үйренгенін көрдіңіз?
feedback-lesson-2 = Олар қай жерде шатасып қалды?
feedback-lesson-3 = Менің орнымда болсаңыз, нені байқап көрер едіңіз?
template-feedback-plan = Жоспар туралы
feedback-plan-1 = Сізге қай мақсат түсінікті, қайсысы түсініксіз?
feedback-plan-2 = Қандай маңызды нәрсені ұмыт қалдырып отырмыз?
feedback-plan-3 = Мектептеріміз нені бірге жасай алар еді?
