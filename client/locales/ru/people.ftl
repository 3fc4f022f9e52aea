# People of the school.
people-title = Люди школы
people-me = Вы
sign-out = Выйти
person-add = Добавить человека
person-name = Имя и фамилия
person-password = Первый пароль
person-role = Роль
role-director = директор
role-deputy = заместитель директора
role-teacher = учитель
role-reader = только чтение
role-what-director = Говорит от имени школы: вступает в сеть, приглашает школы, добавляет людей.
role-what-deputy = Создаёт документы и пишет в них.
role-what-teacher = Создаёт документы и пишет в них.
role-what-reader = Читает документы, но не меняет их.
error-unsaved-words = Последние слова пока есть только в этой вкладке. Не выходите, пока они не сохранятся на школьном компьютере.
