# Measuring, the evaluation of the process, the monitoring report and the next cycle of a plan.
measuring = Evaluation plan
measuring-empty = How will you know that a goal is reached? Add an indicator to it: baseline, target, who measures and when.
measuring-for = For which goal?
measuring-add = Add an indicator
measuring-no-goal = Indicators without a goal
measuring-success = Success criteria: { $words }
indicator-what = Indicator
indicator-what-hint = What do we measure?
indicator-unit = Unit
indicator-unit-hint = %, people, points
indicator-baseline = Baseline
indicator-now = Now
indicator-target = Target
indicator-due = Due
indicator-method = Method
indicator-method-hint = How do we measure?
indicator-source = Source of data
indicator-source-hint = Where do we get it?
indicator-measured_by = Who measures
indicator-measured_by-hint = Name
indicator-when = When
indicator-when-hint = Every term, at the end of the year
indicator-reached = target reached
indicator-under-way = target not reached yet
measures-of = Measured values: { $name }
measure-date = Date
measure-value = Value
measure-note = Note
measure-add = Write down a measured value
curve-words = { $name }: baseline { $baseline }, now { $now }, target { $target }
curve-target = target { $value }
process = What worked and what did not
process-worked = What worked
process-worked-hint = What helped? What do we go on with?
process-not-worked = What did not work
process-not-worked-hint = What stood in the way? What will we do differently?
impacts = What has changed
impacts-empty = Write down what has changed: practice, understanding or skills? Skills show late, so set a day to look again.
impacts-add = Add a change
impact-kind = Kind
impact-goal = Goal
impact-no-goal = without a goal
impact-instrumental = Practice changed
impact-instrumental-more = People now do things differently.
impact-conceptual = Understanding changed
impact-conceptual-more = People now think differently.
impact-capacity = Capacity grew
impact-capacity-more = People are able to do more now. It often shows only later.
impact-what = What has changed
impact-what-hint = For whom, and how?
impact-again = Look again on
impact-due = It is time to look again.
impact-seen = What was seen then
impact-seen-hint = Has the change lasted?
report = Monitoring report
report-print = Print the report
report-opening = Opening words
report-opening-hint = What mattered most in this time?
report-goal = Goal
report-general = General findings
report-actions =
    { $late ->
        [0] Actions done: { $done } of { $of }
       *[other] Actions done: { $done } of { $of }, overdue: { $late }
    }
findings = Findings
finding = Finding
finding-hint = What does this tell us?
finding-carry = carry into the next cycle
finding-add = Add a finding
signed-agreed = Agreed
signed-approved = Approved
signed-by = By
signed-by-hint = Position, name
signed-protocol = Protocol
signed-protocol-hint = № …
signed-on = Date
summary = One page for parents
summary-print = Print this page
summary-words = A word to parents
summary-hint = What did we set out to do, what did we do, what has changed for the children? Keep it to one page.
summary-goals = goals
summary-actions = actions done
summary-indicators = indicators at their target
next-cycle = The next cycle
next-cycle-more =
    { $count ->
        [0] The next plan will point back to this one, which stays as it is. Mark the findings that are to go along.
        [one] { $count } finding goes into the next plan. It will point back to this one, which stays as it is.
       *[other] { $count } findings go into the next plan. It will point back to this one, which stays as it is.
    }
next-prepare = Prepare the next plan
next-takes = Mission, vision and values go along; marked findings become judgements of the self-evaluation. The same people read and write it as this plan.
next-period-undated = This plan has no beginning or no end, so the period of the new plan stays empty.
next-period-backwards = This plan ends before it begins, so the period of the new plan stays empty.
next-goals = Which goals go on?
next-from-report = From the last monitoring report

# Giving a copy of the plan to a network.
plan-share = Sharing with the network
plan-share-what = This plan is only our school’s. A copy of it can be given to a network; what you leave at home is not in the copy.
plan-share-open = Share a copy with a network
plan-share-renew = Bring the copy up to date
plan-share-where = Network
plan-share-readers = { $count ->
        [one] { $count } school will read the copy:
       *[other] { $count } schools will read the copy:
    }
plan-share-for-ever = What has been delivered cannot be called back.
plan-share-home = What stays at home
plan-home-money = money
plan-home-names = names of the people responsible
plan-home-questionnaires = questionnaires and their answers
plan-share-names-in-text = Names that stand in the texts themselves go with them. Please look through the texts.
plan-share-files = Photos and other files stay at our school.
plan-share-before = What earlier copies said stays readable to the schools that have them.
plan-share-consent = I have looked the plan through and share it for our school.
plan-share-consent-names = I have looked the plan through and share it for our school; those who are named in it agree.
plan-share-go = Share the copy
plan-share-done = { $count ->
        [one] The copy is on its way to { $count } school.
       *[other] The copy is on its way to { $count } schools.
    }
plan-share-see = See the copy
plan-share-no-network = Our school is in no network in which it may share documents.
plan-share-given = { $count ->
        [one] Given { $when }, { $count } school could read it.
       *[other] Given { $when }, { $count } schools could read it.
    }
plan-share-stayed = At home stayed:
