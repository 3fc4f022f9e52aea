# Requests for feedback.
feedback-ask = Ask for feedback
feedback-title-about = Feedback: { $title }
feedback-question = Question { $number }
feedback-question-example = What in this plan would you do differently at your school, and why?
feedback-question-removed = Answers to a question that was removed
feedback-add-question = Add a question
feedback-words = What they should know first
feedback-words-hint = What have you tried, and what are you unsure of?
feedback-whom = Whom you are asking
feedback-schools = Schools of the network
feedback-our-people = People of our school
feedback-by-name = Somebody else, by name
feedback-add = Add
feedback-private = This stays in our own school, so only its people can be asked. To ask other schools, ask about a document that is in the network.
feedback-by = Answer by
feedback-send = Ask
feedback-asked-by = Asked by
feedback-nobody-asked = Nobody has been asked by name yet. Whoever reads this may answer.
feedback-answered = has answered
feedback-not-yet = no answer yet
feedback-waits = { $days ->
        [0] asked today
        [one] asked { $days } day ago
       *[other] asked { $days } days ago
    }
feedback-ask-more = Ask somebody else too
feedback-close = No more answers needed
feedback-reopen = Take answers again
feedback-closed = Thank you: no more answers are needed. What was answered can be read.
feedback-your-answer = Your answer
feedback-answer-send = Answer
feedback-no-answer-yet = No answer yet. It comes when your colleagues are online.
feedback-be-first = Nobody has answered yet. A few sentences are enough.

# What a request for feedback can begin from.
talk-from-empty = My own words
template-feedback-lesson = About a lesson
feedback-lesson-1 = What did the pupils do, and what did you see them learn?
feedback-lesson-2 = Where did they lose the thread?
feedback-lesson-3 = What would you try in my place?
template-feedback-plan = About a plan
feedback-plan-1 = Which goal is clear to you, and which is not?
feedback-plan-2 = What that matters do we leave out?
feedback-plan-3 = Where could our schools do something together?
