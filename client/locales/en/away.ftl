# Away from school: the page without the school computer, and what this device keeps.
device-name = jeli: schools write together
device-short-name = jeli
device-description = Plans and meetings of a network of schools, also without a connection.
away-title = Away from school
away-lead = How to work on a journey, at home, or when there is no connection.
away-more = Work away from school
keep-title = Keep documents on this device
keep-what = Documents that you have opened, and plans and meetings that changed lately, are kept in this browser too. You can open them and write in them while the school computer does not answer; when the connection is back, what you wrote is merged by itself.
keep-shared = Leave this off on a device that others use too: whoever can open this browser can read what is kept. When you sign out or switch it off, everything kept here is deleted.
keep-turn-on = Keep on this device
keep-turn-off = Stop keeping and delete
keep-is-on = Your documents are kept on this device.
keep-is-off = No documents are kept here so far.
keep-how-many = { $count ->
        [one] { $count } document kept, { $size }
       *[other] { $count } documents kept, { $size }
    }
keep-as-of = Last time: { $when }
keep-nothing-yet = The first documents are being kept now.
keep-full = This browser has no room left: some documents are not kept. Free some space on the device.
keep-insecure = Keeping is not possible at this address: the browser cannot open the page without the school computer. The reason is given below.
size-kb = { $size } KB
size-mb = { $size } MB
install-title = Put jeli on this device
install-what = It then opens from an icon of its own, in a window of its own.
install-do = Put it on this device
install-done = It is on this device.
install-by-menu = Open the menu of the browser and choose “Install app” or “Add to home screen”.
install-by-share = Press “Share” and choose “Add to Home Screen”.
where-title = What works where
where-here-works = At this address the page opens also without the school computer.
where-here-soon = The page is being copied to this device. Please wait a little.
where-here-not = The page is open at { $address }. At such an address a browser cannot open it without the school computer, so on this device jeli works only at school. What you write is not lost all the same: it stays in this browser until the school computer has confirmed it.
where-laptop-title = A laptop of your own
where-laptop = The surest way: install the jeli program on the laptop and add it as another computer of the school. All documents are then on the laptop itself, and the page opens at localhost wherever you are. It exchanges with the school and the network by itself whenever there is a connection.
where-phone-title = Phones and tablets
where-phone = A phone works away from school only where it trusts the certificate of the school computer. Installing the certificate from this page will come later; until then a phone works on the school’s Wi-Fi.
where-words-title = What you write is not lost
where-words = On every device, words that the school computer has not confirmed stay in this browser. Also when the tab is closed: sign in again on this device, and they go into the document by themselves.
waiting-title = Words that wait to be sent to the school
waiting-what = In these documents there are words of yours that are on this device only. They are sent by themselves when the school computer answers.
waiting-since = written: { $when }
waiting-open = Open: { $name }
waiting-open-short = Open
waiting-drop = Delete these words: { $name }
waiting-drop-short = Delete
waiting-dropped = Deleted from this device: { $name }
away-as-of = The school computer does not answer. You see what is kept on this device, as of { $when }. Go on writing: everything is merged by itself when the connection is back.
away-held = The school computer does not answer. What you wrote last is saved on this device and is sent by itself once the computer answers.
away-returned = The connection is back. { $count ->
        [one] What you wrote on this device has reached the school: { $count } document.
       *[other] What you wrote on this device has reached the school: { $count } documents.
    }
away-clocks = The clock of this device and that of the school computer disagree: here { $here }, there { $there }. Dates are shown by the school computer. Please set the wrong one right.
safety-here-kept = saved on this device
safety-held-kept = The connection to the school computer is lost. What you write is saved on this device: go on writing, and you may close the page. Everything is sent by itself when the page is open on this device and the computer answers.
safety-held-full = This browser has no room left. Your latest words are only in this tab: do not close it. Free some space on the device, or copy the words to another place.
safety-more-kept = There is no connection. Your latest words are saved on this device and have not reached the school yet.
safety-slow-kept = The school computer has not confirmed the latest changes yet. They are saved on this device.
error-unsent-words = There are words of yours on this device that have not reached the school yet. Please stay until the school computer has them, or look at them on the page “Away from school”.
error-not-kept = The school computer does not answer, and this document is not kept on this device. It opens here when the computer answers.
unreachable-words = Words written on this device that have not reached the school are saved: they are sent by themselves when you sign in again.
unreachable-choice = Whoever has chosen to keep documents on this device can work without a connection too: see “People”.
