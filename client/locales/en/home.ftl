# The first page: what waits for the person, what comes next, what has changed.
home-title = Today
home-tasks = Yours to do
home-tasks-none = Nothing waits for you.
home-late = overdue: { $day }
home-soon = due soon: { $day }
home-due = due { $day }
home-tasks-all = Show all { $count }
home-next = Next meeting
home-next-none = No meeting has a date yet.
home-day-today = today
home-day-tomorrow = tomorrow
home-days = In the year plan
home-asked = Your feedback is asked for
home-asked-by = asked by { $name }
home-asked-ago = { $days ->
        [0] asked today
        [one] has waited { $days } day
       *[other] has waited { $days } days
    }
home-asked-until = answer wanted by { $day }
home-changed = Changed since you were last here
home-changed-since = last here: { $when }
home-changed-none = Nothing has changed since you were last here.
home-recent = Recent documents
home-all = All documents
home-new = New document
home-first-title = Begin with three steps
home-first-plan = Write the development plan
home-first-plan-what = Goals, actions, who is responsible and by when stand on one page. What you write is saved by itself.
home-first-people = Bring your colleagues in
home-first-people-what = Each gets a sign-in name and a password, and you write in one document together.
home-first-people-do = Add a person
home-first-network = Join a network with other schools
home-first-network-what = Create a network and invite schools, or enter an invitation that you have been sent. What you do not share stays in the school.
home-first-network-do = Go to the network
home-first-notebook = Open a notebook of your own
home-first-notebook-what = You write a project, coaching or an enquiry step by step. Nobody but you reads it.
home-first-ask = Ask for feedback
home-first-ask-what = Ask one or two questions: colleagues of another school answer when they have the time.
home-reader = You can read documents. They appear here once your school has written them.
