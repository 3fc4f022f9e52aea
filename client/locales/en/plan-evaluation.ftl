# Step 1 of a plan: self-evaluation and short questionnaires.
evaluation = School’s self-evaluation
lenses-pick = From which angle will you look? Take only the few questions that matter to you.
lens-factors = Ten factors of school change
lens-organisation = Nine questions on the organisation
lens-engagement = Families, staff, community: what hinders, what helps
lens-picked = { $count } of { $of } picked
lens-take = Take
lens-taken = Taken
asks-factors-purpose = Moral purpose
asks-factors-purpose-more = Does the child come first in everyday decisions?
asks-factors-teaching = Quality of teaching
asks-factors-teaching-more = Do pupils think for themselves in lessons, and where do they struggle?
asks-factors-culture = Positive culture
asks-factors-culture-more = Is it safe here to ask for help, to make mistakes, to share?
asks-factors-development = Continuous professional development
asks-factors-development-more = Do teachers learn from each other, and is there time for it?
asks-factors-enquiry = Enquiry-based practice
asks-factors-enquiry-more = Do we ourselves look at what something new has brought?
asks-factors-data = Use of school data
asks-factors-data-more = Do data help to choose the next step, or are they gathered for reports only?
asks-factors-learning = Every pupil’s learning
asks-factors-learning-more = Which children go unseen, and how do we find out?
asks-factors-expectations = High expectations
asks-factors-expectations-more = Do we expect much of everybody, and help them to get there?
asks-factors-opportunity = Equal opportunity
asks-factors-opportunity-more = Is the door equally open to children of another language, place or income?
asks-factors-accountability = Intelligent accountability
asks-factors-accountability-more = Does accountability serve to improve, and rest on trust?
asks-organisation-external = External conditions
asks-organisation-external-more = What is changing around us, and what does it mean for us?
asks-organisation-strategy = Mission and strategy
asks-organisation-strategy-more = Can everybody say in their own words where we are going?
asks-organisation-leadership = Leadership
asks-organisation-leadership-more = Who takes the initiative, and is there room for it?
asks-organisation-culture = Culture
asks-organisation-culture-more = What do we do “because we always have”, and does it help?
asks-organisation-structure = Structure
asks-organisation-structure-more = Is it clear who decides what and whom they tell?
asks-organisation-climate = Climate
asks-organisation-climate-more = How do people treat each other, and in what mood do they arrive in the morning?
asks-organisation-tasks = Task requirements and skills
asks-organisation-tasks-more = Do people have the skills and the time for what they are asked to do?
asks-organisation-needs = Individual needs and values
asks-organisation-needs-more = Does the work agree with what matters to each person?
asks-organisation-motivation = Motivation
asks-organisation-motivation-more = What gives people strength, and what tires them?
asks-engagement-families = Engagement of families
asks-engagement-families-more = How do parents take part in the school and in their child’s learning?
asks-engagement-staff = Engagement of staff
asks-engagement-staff-more = How do teachers and staff take part in decisions?
asks-engagement-community = Engagement of the community
asks-engagement-community-more = How are the village, the district and partners connected with the school?
judgement-own = Add a question of our own
judgement-asked = A question of our own
judgement-asked-hint = What do we want to know?
judgement-apart = { $count ->
        [one] There is { $count } judgement on this question.
       *[other] Several people picked this question: { $count } judgements stand side by side.
    }
judgement-focus = our focus of change
judgement-strengths = Strengths
judgement-gaps = Gaps
judgement-engaged-strengths = What helps
judgement-engaged-gaps = What hinders
judgement-evidence = Evidence
judgement-evidence-hint = What shows it?
rating-label = Rating: { $name }
rating-none = No rating
rating-1 = just beginning
rating-2 = taking shape
rating-3 = works well
rating-4 = a strength of ours
surveys = Short questionnaires
surveys-empty = Ask staff, parents or pupils up to ten questions. Who said what is not kept: only totals remain.
surveys-add = Add a questionnaire
survey-title = Title of the questionnaire
survey-title-hint = What do we ask about?
survey-audience = Whom we ask:
survey-until = Until:
audience-staff = staff
audience-parents = parents
audience-pupils = pupils
survey-question = Question { $number } of the questionnaire
survey-question-short = Question
survey-question-hint = One thought to which people can say yes or no
survey-add-question = Add a question
survey-full = { $count ->
        [one] A questionnaire has { $count } question at most.
       *[other] A questionnaire has { $count } questions at most.
    }
survey-print = Print the paper form
survey-open = take answers by link
survey-link = Link for answers
survey-copy = Copy
survey-copied = The link is copied.
survey-link-more = Whoever is on the school’s Wi-Fi can open the link; no account is needed.
survey-totals = Totals of answers: { $name }
survey-few = { $count ->
        [one] { $count } person has answered by link so far.
       *[other] { $count } people have answered by link so far.
    } What they said is shown once there are { $from } answers: of fewer one could tell who said what.
survey-answered =
    { $count ->
        [one] { $count } person answered
       *[other] { $count } people answered
    }
survey-share = { $answer }: { $count }
survey-table = Table of answers, and counting from paper
survey-paper = paper, { $day }
survey-by-link = by link, { $day }
survey-count = Count answers from paper
survey-paper-words = Tick one box in each line. Do not write your name.
survey-paper-until = Please return it by { $day }.
survey-thanks = Thank you for your time!
answer-1 = No
answer-2 = Mostly no
answer-3 = Mostly yes
answer-4 = Yes
rests-on = Rests on:
rests-on-add = Link to a judgement…
rests-on-add-label = Which judgement it rests on: { $name }
rests-on-remove = Remove the link: { $name }
rests-on-gone = a removed judgement
questionnaire-send = Send the answers
questionnaire-left =
    { $count ->
        [one] { $count } question still without an answer
       *[other] { $count } questions still without an answer
    }
questionnaire-sent = Your answers have arrived. Thank you!
questionnaire-nobody = Who you are is not kept: only the answers are counted.
questionnaire-from = Asked by: { $school }
questionnaire-asking = The questionnaire is opening…
questionnaire-closed = This questionnaire is closed, or a part of its link is missing. Ask whoever gave it to you.
