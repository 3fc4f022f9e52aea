# The first page: what waits for the person, what comes next, what has changed.
home-title = Сегодня
home-tasks = Ваши мероприятия и поручения
home-tasks-none = Невыполненных мероприятий и поручений у Вас нет.
home-late = срок истёк: { $day }
home-soon = скоро срок: { $day }
home-due = срок: { $day }
home-tasks-all = Показать все: { $count }
home-next = Ближайшая встреча
home-next-none = Дата следующей встречи не назначена.
home-day-today = сегодня
home-day-tomorrow = завтра
home-days = В годовом плане
home-asked = У Вас просят обратную связь
home-asked-by = просит: { $name }
home-asked-ago = { $days ->
        [0] просьба сегодняшняя
        [one] ждёт { $days } день
        [few] ждёт { $days } дня
       *[other] ждёт { $days } дней
    }
home-asked-until = ответ нужен к: { $day }
home-changed = Изменилось, пока Вас не было
home-changed-since = последний раз: { $when }
home-changed-none = С Вашего последнего визита ничего не изменилось.
home-recent = Недавние документы
home-all = Все документы
home-new = Новый документ
home-first-title = Начните с трёх шагов
home-first-plan = Напишите план развития
home-first-plan-what = Цели, мероприятия, ответственные и сроки стоят на одной странице. Всё написанное сохраняется само.
home-first-people = Добавьте коллег
home-first-people-what = Каждый получает имя для входа и пароль, и Вы пишете в одном документе вместе.
home-first-people-do = Добавить человека
home-first-network = Объединитесь в сеть с другими школами
home-first-network-what = Создайте сеть и пригласите школы или введите полученное приглашение. Чем Вы не поделились, остаётся в школе.
home-first-network-do = Перейти к сети
home-first-notebook = Откройте свою тетрадь
home-first-notebook-what = Вы ведёте проект, коучинг или исследование шаг за шагом. Кроме Вас, тетрадь никто не читает.
home-first-ask = Попросите обратную связь
home-first-ask-what = Задайте один-два вопроса: коллеги из другой школы ответят, когда у них будет время.
home-reader = Вы можете читать документы. Они появятся здесь, когда Ваша школа начнёт их писать.
