# First start and signing in.
sign-in-title = Вход
sign-in-lead = Войдите под именем и паролем, которые Вам дали в школе.
sign-in-enter = Войти
sign-in-forgot = Если Вы забыли пароль, спросите директора школы.
account-name = Ваше имя
account-login = Имя для входа
account-login-hint = Латинские буквы и цифры без пробелов. Например: aigul
account-password = Пароль
account-password-hint =
    { $length ->
        [one] Не менее { $length } знака. Надёжнее всего фраза из нескольких слов.
       *[other] Не менее { $length } знаков. Надёжнее всего фраза из нескольких слов.
    }
first-start-title = Первый запуск
first-start-lead = Первая учётная запись принадлежит директору школы. Остальных людей Вы добавите потом сами.
first-start-code = Одноразовый код
first-start-code-hint = Код показан на экране этого школьного компьютера, в окне, где запущена программа.
first-start-begin = Начать
sign-in-unsaved = Ваши последние изменения ждут в этой вкладке. Войдите снова, и они отправятся на школьный компьютер.
