# The list of documents and the making of a new one.
plans-title = Development plans
meetings-title = Meetings
meetings-past = Past meetings
untitled = No title yet
new-waits = The school computer does not answer: a new document can be made when it does.
read-only = read only
changed-at = changed { $when }
reached-some = reached { $reached } of { $of ->
        [one] { $of } school
       *[other] { $of } schools
    }
reached-all = reached all schools
safety-schools-last-known = as last known, reached { $reached } of { $of ->
        [one] { $of } school
       *[other] { $of } schools
    }
reach-unsent = waits to be sent
coming = { $kind }, on its way
coming-reach = has not reached us yet
readers-school = can be read by our school
readers-network = can be read by { $count ->
        [one] { $count } school of the network
       *[other] { $count } schools of the network
    }
standing-stopped = This computer sends nothing in this network any more: other schools hold more of its writing than it holds itself, as happens when an old copy of its disk is put back. Everything can be read here. To go on writing, add the computer again with the school’s recovery sheet. What was written here and not sent is on this computer alone: copy it before you add the computer again.
standing-retired = The school has retired this computer. What was written earlier can be read here; what is written here now would reach nobody, so write on another computer of the school.
standing-out = The other schools no longer count our school in: the computer that let it in has itself been retired. What is here can be read; to write together again, ask the convenor for a new invitation.
documents-title = Documents
projects-title = Projects
talk-title = Talk
kind-plan = school development plan
kind-meeting = meeting
kind-year = year plan
kind-notebook = notebook of steps
kind-portfolio = portfolio
kind-feedback = request for feedback
kind-thread = discussion
kind-companion = remarks on a document
new-plan = New plan
new-meeting = New meeting
new-year = New year plan
new-notebook = New notebook
new-portfolio = New portfolio
new-feedback = Ask for feedback
new-thread = New discussion
documents-empty-title = Nothing here yet
documents-empty = All documents of your school and its networks gather here. Begin with a development plan.
plans-empty = Begin with a development plan: goals, actions, who is responsible and by when, on one page, and your colleagues can write with you at once.
meetings-empty = Make a meeting: you write the agenda together, and the minutes and action items stay with it. The year plan shows the network’s whole year.
projects-empty = Open a notebook: a teacher’s project, coaching or an enquiry is written step by step. Nobody but you reads it; which parts to share is yours to decide.
talk-empty = Ask a colleague of another school for feedback, or begin a discussion: the answers gather here even if you are never online at the same time.
find-title = Find by title
find-none = No document has such a title. Try only the beginning of a word.
find-count = found: { $count ->
        [one] { $count } document
       *[other] { $count } documents
    }
rows-more = Show { $count ->
        [one] { $count } more document
       *[other] { $count } more documents
    }
templates-title = Our own templates
template-use = Begin from this template
library-title = Library
library-empty = Open a library: guides, forms and lesson materials stand in one place, described in each language, and the whole network finds them.
library-find = Find by title or by words of the materials
kind-library = library
new-library = New library
