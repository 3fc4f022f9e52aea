# First start and signing in.
sign-in-title = Sign in
sign-in-lead = Use the sign-in name and password that your school gave you.
sign-in-enter = Sign in
sign-in-forgot = If you have forgotten your password, ask the head of the school.
account-name = Your name
account-login = Sign-in name
account-login-hint = Latin letters and digits, no spaces. For example: aigul
account-password = Password
account-password-hint =
    { $length ->
        [one] At least { $length } character. A phrase of several words is safest.
       *[other] At least { $length } characters. A phrase of several words is safest.
    }
first-start-title = First start
first-start-lead = The first account belongs to the head of the school. You add everybody else afterwards.
first-start-code = One-time code
first-start-code-hint = The code is on the screen of this school computer, in the window where the program was started.
first-start-begin = Begin
sign-in-unsaved = What you wrote last waits in this tab. Sign in again and it is sent to the school computer.
sign-in-interrupted = You were signed out: the session has ended, or the password was changed.
sign-in-files = Files that were on their way wait in this tab and go on when you have signed in.
sign-in-safe = Everything you wrote is safe on the school computer. Sign in again and go on where you were.
account-file-have = I already have an account on another computer of our school
account-file = Account file
account-file-how = On that computer press “Account for another computer” on the page “People”, and bring the file here, for example on a USB stick.
account-file-of = This will be the account of { $name }: what is for them alone will be here too.
