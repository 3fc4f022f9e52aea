# People of the school.
people-title = Мектептің адамдары
people-me = Сіз
sign-out = Шығу
person-add = Адам қосу
person-name = Аты-жөні
person-password = Бастапқы құпиясөз
person-role = Рөлі
role-director = директор
role-deputy = директордың орынбасары
role-teacher = мұғалім
role-reader = тек оқуға
role-what-director = Мектеп атынан сөйлейді: желіге қосылады, мектептерді шақырады, адам қосады.
role-what-deputy = Құжаттарды құрады және жазады.
role-what-teacher = Құжаттарды құрады және жазады.
role-what-reader = Құжаттарды оқиды, бірақ өзгертпейді.
error-unsaved-words = Соңғы жазғаныңыз әлі тек осы қойындыда тұр. Ол мектеп компьютерінде сақталғанша шықпай тұрыңыз.
