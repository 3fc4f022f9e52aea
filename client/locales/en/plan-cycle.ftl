# The cycle of a development plan, the pictures, and what its parts share.
cycle = The five steps of the plan
cycle-stands = The plan stands at:
cycle-here = we are here
cycle-whole = Show the whole plan
cycle-on = Go on step by step
cycle-judgements =
    { $count ->
        [one] { $count } judgement, { $focus } in focus
       *[other] { $count } judgements, { $focus } in focus
    }
cycle-priorities =
    { $count ->
        [one] { $count } priority
       *[other] { $count } priorities
    }
cycle-actions = { $done } of { $of } done
cycle-impacts =
    { $count ->
        [one] { $count } change seen
       *[other] { $count } changes seen
    }
cycle-findings =
    { $count ->
        [one] { $count } finding
       *[other] { $count } findings
    }
step-of = Step { $number } of { $of }: { $name }
step-self_evaluation = Self-evaluation
step-priorities = Strategic priorities
step-plan = Implementation and evaluation plan
step-process = Evaluation of the process
step-report = Monitoring report
teach-self_evaluation = Begin with an honest look at where the school stands. Pick a few questions and answer them with evidence; there is no need to fill in all of it.
teach-priorities = Say where you are going and why. Let each priority rest on a judgement from the self-evaluation.
teach-plan = Under each priority set a goal, and under it the actions and who is responsible. Indicators say how you will know that you have arrived.
teach-process = Write openly what worked this year and what did not. Note what has changed, and set a day to look again.
teach-report = The report builds itself from what is written above: the findings are yours to write. Those you mark go into the self-evaluation of the next cycle.
plan-previous = Previous plan:
plan-previous-away = the document before this plan
field-of = { $field }: { $name }
share = { $part } of { $of }
count-wrong = This number is too large, or is not a whole number.
decimal-wrong = Write the number like this: 12.5
person-choose = People of the school
person-found =
    { $count ->
        [one] { $count } name found
       *[other] { $count } names found
    }
picture-timeline = Actions along the year
picture-progress = Progress by goal and by priority
picture-table = The same as a table
picture-coming = Being drawn…
picture-undated = Once actions have dates, they are seen here.
picture-first = The first { $count } lines of { $of } are shown.
action-resources-hint = What is needed?
action-money = Money
action-time = Time budget
action-money-hint = Money
action-time-hint = Time
actions-more =
    { $count ->
        [one] Show { $count } more action (of { $of })
       *[other] Show { $count } more actions (of { $of })
    }
goals-more =
    { $count ->
        [one] Show { $count } more goal (of { $of })
       *[other] Show { $count } more goals (of { $of })
    }
goal-unfold =
    { $count ->
        [one] Unfold: { $count } action
       *[other] Unfold: { $count } actions
    }
goal-fold =
    { $count ->
        [one] Fold: { $count } action
       *[other] Fold: { $count } actions
    }
smart = How to word a goal well
smart-specific = Specific: what will change, and for whom?
smart-measurable = Measurable: how will we see it?
smart-attainable = Attainable: do we have the people and the time?
smart-relevant = Relevant: which priority does it serve?
smart-timed = Timed: by when?
answering-asked = no answer yet
answering-accepted = accepted
answering-was_accepted = accepted earlier; no answer yet to this date
answer-was-accepted = accepted for { $day }; no answer yet to the new date
answer-asked-you = Does this date suit you?
answer-accept = Accept
answer-offer = Suggest another date
answer-which = Which day would suit you?
answer-note = Why (if you like)
answer-send = Suggest
answer-not = Not now
answer-offers = suggests { $day }
answer-other = asks for another date
answer-take = Take this date
answer-leave = Keep the old one
