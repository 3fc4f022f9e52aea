# The notebook of steps: what a person writes for themselves, and what of it they share.
who-reads-me = can be read by: only I
who-reads-me-more = The school computer shows this to you alone, not to the head and not to colleagues, and does not send it to other schools. What you share is a copy of its own.
notebook-private = Only you read this: not the head, not the facilitator, not other schools. If you want to share something, a copy of that part is made, and the notebook stays here.
notebook-kind = notebook of steps
notebook-facts = About this notebook
notebook-focus = Focus
notebook-focus-hint-project = What would I like to change?
notebook-focus-hint-coaching = What do we look at together?
notebook-focus-hint-enquiry = What do I look into?
notebook-focus-hint-self_review = My goal as a head
notebook-focus-hint-own = What is this notebook about?
notebook-partners = Together with
notebook-partners-hint-project = Who helps?
notebook-partners-hint-coaching = Our pair or trio
notebook-partners-hint-enquiry = Who observes?
notebook-partners-hint-self_review = My critical friend
notebook-partners-hint-own = If you like
notebook-period = Period
notebook-from = From
notebook-to = To
notebook-write = Write an entry
notebook-journal = Journal
notebook-journal-empty = Two or three sentences after lessons are enough: what did I do, what did I see, what do I ask now?
notebook-entry = Entry
notebook-entry-hint = What happened today? What did you notice?
notebook-entry-date = Date of the entry
notebook-entry-step = Step that the entry belongs to
notebook-entry-done = Done
notebook-entry-empty = There are no words in this entry.
notebook-edit = Edit
notebook-earlier = Show { $count ->
        [one] { $count } earlier entry
       *[other] { $count } earlier entries
    }
notebook-no-step = no step given
notebook-steps = Steps
notebook-steps-done = Done: { $done } of { $of }
notebook-steps-empty = No steps yet. Add the first and name it in your own words.
notebook-add-step = Add a step
notebook-step-title = Title of step { $number }
notebook-step-title-hint = Title of the step
notebook-step-done = Done: { $name }
notebook-step-text = What I wrote at this step
notebook-step-text-hint = Write here
notebook-step-entries = { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }
notebook-step-evidence = { $count ->
        [one] { $count } piece of evidence
       *[other] { $count } pieces of evidence
    }
notebook-guidance = Show guidance
notebook-evidence = Evidence
notebook-evidence-empty = What shows that something has changed? A pupil’s answer, an observation sheet, an action of the plan. Write no pupil’s name.
notebook-add-evidence = Add evidence
notebook-evidence-number = Evidence { $number }
notebook-evidence-title = Title of the evidence
notebook-evidence-title-hint = What is it?
notebook-evidence-note = Note
notebook-evidence-note-hint = What does it show?
notebook-evidence-step = Step that the evidence belongs to
notebook-observations = Observation sheet
notebook-observations-what = Write the criterion, what was seen, and the question apart. No grades, no pupil’s name.
notebook-add-observation = Add an observation
notebook-observation-date = Date of observation { $number }
notebook-observation-step = Step that observation { $number } belongs to
notebook-observation-criterion = Criterion
notebook-observation-criterion-hint = What do we look at?
notebook-observation-seen = What was seen
notebook-observation-seen-hint = What did the pupil do or say?
notebook-observation-question = Question
notebook-observation-question-hint = What does it make me ask?
notebook-closing = Closing narrative
notebook-closing-hint = Where did you begin, what changed, what are you sure of now, what is still unclear?
notebook-share = Share this part
notebook-share-title = Share a part of the notebook
notebook-share-what = A copy of the parts that you choose is made. The notebook itself is read by you alone, as before.
notebook-share-parts = Parts chosen: { $count }
notebook-share-nothing = There is nothing to share yet: first write a few sentences at a step or in the journal.
notebook-share-where = In which network
notebook-share-readers = { $count ->
        [one] People of this { $count } school
       *[other] People of these { $count } schools
    } will be able to read the copy:
notebook-share-home = This stays with you: all parts not chosen, the focus, whom you work with, and the title of the notebook.
notebook-share-for-ever = What has been delivered cannot be called back.
notebook-share-name = Under which name
notebook-share-own = Under my own: { $name }
notebook-share-pseudonym = Under a pseudonym
notebook-pseudonym = Pseudonym
notebook-pseudonym-hint = For example: Steppe teacher
notebook-share-signed = Name on the copy: { $name }
notebook-share-school-seen = Which school it comes from is seen in any case: { $school }. In a small school people may know you by the story itself.
notebook-name-nowhere = We have not found your name in the chosen parts. Read them once more: a nickname or a place by which people know you is not recognised.
notebook-name-places = Your name appears here in { $count ->
        [one] { $count } place
       *[other] { $count } places
    }
notebook-name-replace = Replace: { $name }
notebook-name-leave = Leave
notebook-name-endings = Words around a replaced name may need correcting: read the copy through. Short and pet names are not recognised.
notebook-share-links = Links that stay with you: { $count }. Other schools cannot read the documents that they lead to.
notebook-share-its-title = Title of the copy
notebook-share-title-hint = One that its readers understand
notebook-share-name-in-title = Your own name seems to be in the title or in the pseudonym.
notebook-consent = Consent
notebook-consent-me = This is about nobody but me.
notebook-consent-only-me = These parts are about nobody but me
notebook-consent-others = Others appear in them, and have agreed
notebook-consent-who = Who agreed, and when
notebook-consent-given = Given: { $when }. Schools that could read the copy then: { $count }.
notebook-consent-kept = This is kept in your notebook only and does not go into the copy.
notebook-share-go = Publish
notebook-share-done = Published. The copy can be read in { $space }, by { $count ->
        [one] { $count } school
       *[other] { $count } schools
    }.
notebook-share-see = See the copy
notebook-share-no-network = Your school is in no network yet, so there is nowhere to share. The head joins the school to a network.
notebook-share-parts-go = Choose parts and share
notebook-shared = What I have shared
notebook-shared-empty = Nothing of this notebook has been shared. When you are ready, you can show one step or one entry to teachers of other schools, under your own name or a pseudonym.
notebook-shared-as = Under the name: { $name }, { $when }
notebook-shared-parts = Parts: { $count }
notebook-shared-consent = Consent: { $words }
notebook-shared-newer = The notebook has newer words than the copy.
notebook-shared-withdrawn = Withdrawn: the copy is empty. What had been delivered before stays where it was delivered.
notebook-renew = Publish the newer wording
notebook-withdraw = Withdraw
notebook-withdraw-what = If you withdraw it, the copy is emptied. Words that have reached other schools stay on their computers.
notebook-withdrawn-title = Withdrawn by its author
notebook-ask = Ask for feedback
notebook-ask-shows-name = A request for feedback would show your name, so it is not offered for a part under a pseudonym.
notebook-copy-by = By
notebook-copy-what = This is a part of somebody’s own notebook that they shared. The rest of it is read by its author alone.
notebook-copy-withdrawn = Its author has withdrawn this part. What had been delivered before may remain in the history.
error-nothing-chosen = Choose at least one part.
