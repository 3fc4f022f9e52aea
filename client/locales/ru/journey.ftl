# How far news has come, school by school: what waits, since when, by which road, what keeps it, what helps. And the map of it.
journey-missing = Последняя версия ещё не дошла: { $schools }.
journey-all = Последние изменения есть у всех школ этой сети.
journey-has = есть всё последнее
journey-waits = { $count ->
        [one] Ждёт { $count } изменение, около { $size }.
        [few] Ждут { $count } изменения, около { $size }.
       *[other] Ждут { $count } изменений, около { $size }.
    }
journey-waits-short = { $count ->
        [one] ждёт { $count } изменение
        [few] ждут { $count } изменения
       *[other] ждут { $count } изменений
    }
journey-since = Самое раннее: { $when }.
journey-never = От этой школы пока ничего не приходило.
journey-going-lan = Отправляется сейчас, по локальной сети.
journey-going-direct = Отправляется сейчас, через интернет.
journey-going-relay = Отправляется сейчас, через другую школу.
journey-going-via = Отправляется сейчас. Передаёт школа: { $school }.
journey-going-others = Отправляется сейчас, через другие школы.
journey-going-some = Отправляется сейчас.
journey-last-some = Последняя связь: { $when }.
journey-last-lan = Последняя связь: { $when }, по локальной сети.
journey-last-direct = Последняя связь: { $when }, через интернет.
journey-last-relay = Последняя связь: { $when }, через другую школу.
journey-last-parcel = Последние новости оттуда: { $when }, их привезли посылкой.
journey-last-none = Прямой связи с этой школой ещё не было.
journey-next = Следующая попытка: { $when }.
journey-why-own_stopped = Школьный компьютер больше ничего не отправляет в эту сеть.
journey-why-own_retired = Школьный компьютер выведен из сети и больше ничего не отправляет.
journey-why-own_out = Эта сеть больше не числит нашу школу своей участницей.
journey-why-disk_full = На диске школьного компьютера нет места.
journey-why-line_cut = Наша школа работает отдельно: в сеть ничего не отправляется.
journey-why-by_hand = По связи ничего не отправляется само: так решила наша школа.
journey-why-used_up = Лимит связи на этот месяц израсходован.
journey-why-no_network = Школьный компьютер сейчас не подключён ни к какой сети.
journey-why-no_computers = У этой школы больше нет компьютера в сети.
journey-why-no_address = Пока неизвестно, как связаться с её компьютером.
journey-why-resting = Компьютеры не поняли друг друга; новая попытка: { $when }.
journey-why-unreachable = Её компьютер сейчас не отвечает.
journey-do-see_standing = Что можно сделать, сказано на странице сети.
journey-do-free_disk = Освободите на нём место — дальше всё пойдёт само.
journey-do-open_line = Подключиться к сети
journey-do-send_now = Оно уйдёт, когда Вы нажмёте «Отправить сейчас» на странице сети.
journey-do-raise_limit = На странице сети можно всё же отправить сейчас или увеличить лимит.
journey-do-join_network = Подключите кабель или Wi-Fi.
journey-do-check_line = Отсюда не видно ни одной школы: проверьте, работает ли интернет.
journey-do-carry = Передать на флешке или телефоне
journey-do-call = Если это срочно, позвоните и попросите включить компьютер.
journey-do-add_computer = Школа может добавить компьютер по своему листу восстановления.
journey-do-wait = Всё отправится само, когда школа выйдет на связь.
journey-passed-on = Школы, у которых это уже есть, передадут остальным, когда свяжутся с ними.
journey-clock-ahead = Часы её компьютера спешат относительно наших на { $far }; время в её записях может быть неверным.
journey-clock-behind = Часы её компьютера отстают от наших на { $far }; время в её записях может быть неверным.
span-minutes = { $count ->
        [one] { $count } минуту
        [few] { $count } минуты
       *[other] { $count } минут
    }
span-hours = { $count ->
        [one] { $count } час
        [few] { $count } часа
       *[other] { $count } часов
    }
span-days = { $count ->
        [one] { $count } день
        [few] { $count } дня
       *[other] { $count } дней
    }
map-title = Какими путями идут новости
map-picture = Карта путей от нашей школы к другим. То же самое сказано в таблице под ней.
map-road-lan = локальная сеть
map-road-direct = интернет
map-road-relay = через другую школу
map-road-parcel = посылка
map-road-none = в последнее время связи нет
map-now = цветом: на связи сейчас
map-seen = связь: { $when }
map-seen-never = связи ещё не было
map-school = Школа
map-state = Что у неё есть
map-road = Путь
map-last = Последняя связь
