# The patterns of a notebook: their names, the titles of their steps (written into a document in its language), and the guidance beside the steps.
pattern-choose = Which pattern will you write by?
pattern-choose-what = A pattern gives you steps and a short piece of guidance for each. Later you can add and rename steps, and hide the guidance.
pattern-project = teacher’s development project
pattern-project-what = Over a year, together with colleagues, you change one thing in your lessons.
pattern-coaching = coaching and mentoring plan
pattern-coaching-what = In a pair or a trio you visit each other’s lessons, talk, and agree on the next step.
pattern-enquiry = enquiry cycle
pattern-enquiry-what = Lesson study or action research: plan, act, observe, reflect, and round again. With an observation sheet.
pattern-self_review = head’s self-review
pattern-self_review-what = A head sets goals for themselves and looks at their own work from outside, for nobody else to read.
pattern-own = steps of one’s own
pattern-own-what = You begin with an empty notebook and name the steps yourself.

step-project-values = My values
guide-project-values = Say in your own words what you work for with children. Recall two moments of the last month: in one you acted by it, in the other you could not. No need to write much: two or three thoughts that you can lean on when you choose what to change.
step-project-concern = What concerns me in my work
guide-project-concern = What would you like to change in your lessons? Describe it through pupils’ learning: who cannot yet do what, when, and how do you notice? Choose something within your power that fits into one year. Leave the causes for later; for now write only what you have noticed.
step-project-talk = A talk with colleagues
guide-project-talk = Tell two or three colleagues; it helps if one teaches your subject and another something quite different. What did they ask, what surprised them, where did they disagree? Put your concern into words again after the talk. Note who is ready to help.
step-project-plan = Action plan
guide-project-plan = Write the first three or four steps: what, with which class, when. Decide beforehand how you will know that something has changed: pupils’ notebooks, a short question at the end of a lesson, a colleague’s observation. Look at your timetable: how much time a week can you give? The plan will change on the way, and that is as it should be.
step-project-lead = Leading the project over the year
guide-project-lead = One entry a week is enough: what did I do, what did I see, what do I ask now? Write down the lessons that failed as well; they often teach more. Once a month read your entries again and adjust the steps. Whom else could you invite, and who needs support?
step-project-share = Sharing and building knowledge
guide-project-share = What would you tell another teacher: what helped, what did not, under which conditions? Evidence and an honest question are worth more than ready advice. You can publish a part of this notebook in the network, under your own name or a pseudonym. If it holds other people’s words, ask them first.

step-coaching-agreement = Who works with whom, and what we agreed
guide-coaching-agreement = Write down your pair or trio and the roles: who teaches, who observes, who asks. It is good if the roles change in turn. Taking part is voluntary: agree beforehand whom you tell what you saw, and whom you do not. This is not grading.
step-coaching-focus = What we look at
guide-coaching-focus = Write one question that the teacher has chosen. Keep it narrow: not “participation”, but “who stays silent after I ask”. Which signs do you look for, and how do you note them?
step-coaching-sessions = Sessions
guide-coaching-sessions = After each session write three or four lines: what I saw, what I heard, which question I asked. Do not hurry to advise: first ask what the teacher noticed. Instead of words of judgement, give what a pupil said or did.
step-coaching-next = Agreed next steps
guide-coaching-next = Until the next session try to change one thing. Write what will be done, in which lesson, and how it will show. The next session begins with this.
step-coaching-changed = What changed in lessons
guide-coaching-changed = Go back to the first question. What do pupils do differently now, and what is the evidence? Where has the teacher grown surer, and what did the observer take home for their own lessons? Write down what did not change, too.

step-enquiry-plan = Plan
guide-enquiry-plan = Begin with one question: what in pupils’ learning do you want to understand better? Choose two or three pupils and predict what they will do in the lesson; write no names, “pupil A” will do. What will you try to change, and what will you watch?
step-enquiry-act = Act
guide-enquiry-act = Teach the lesson as planned, and note on the same day what came out differently. One change at a time is enough: when much changes at once, it is hard to tell what worked.
step-enquiry-observe = Observe
guide-enquiry-observe = The observer looks at the pupil, not at the teacher. In the observation sheet below write the criterion, what was seen, and the question apart. “Did not understand” is already a conclusion; “read the task twice and turned to a neighbour” is what anybody would have seen.
step-enquiry-reflect = Reflect
guide-enquiry-reflect = Put what you predicted beside what you saw: what agreed, what surprised you? Write several explanations and check what evidence each has. Ask the pupils themselves what helped them.
step-enquiry-again = And again
guide-enquiry-again = What will you keep for the next round, and what will you change? Write the new question in one sentence. If what you learnt is of use to other teachers, you can share that part.

step-review-act = Plan and act
guide-review-act = Apart from the school’s plan write one or two goals for yourself as a head: to visit lessons more often, say, or to speak less and listen more in meetings. Which one step will you take this week? Write briefly: what did I do, and how did people take it?
step-review-critical = Critical review
guide-review-critical = Look at what you wrote from outside: where did words and deeds part? Which decisions do you take yourself, and which could you entrust to colleagues? Ask somebody you trust, a critical friend, what they see: they do not judge, they say what they see.
step-review-respond = Respond to change
guide-review-respond = What has changed in the school, and how will you respond: what will you stop, what go on with, what begin? Who needs support now, and which? Name a day two months from now to look again.
