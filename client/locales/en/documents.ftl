# The list of documents and the making of a new one.
home-title = Documents
plans-title = Development plans
meetings-title = Meetings
kind-plan = school development plan
kind-meeting = meeting
untitled = No title yet
read-only = read only
changed-at = changed { $when }
reached-some = reached { $reached } of { $of ->
        [one] { $of } school
       *[other] { $of } schools
    }
reached-all = reached all schools
coming = { $kind }, on its way
coming-reach = has not reached us yet
readers-school = can be read by our school
readers-network = can be read by { $count ->
        [one] { $count } school of the network
       *[other] { $count } schools of the network
    }
documents-empty-title = Nothing here yet
plans-empty = Begin with a development plan: goals, actions, who is responsible and by when, on one page, and your colleagues can write with you at once.
meetings-empty = Make a meeting: you write the agenda together, and the minutes and action items stay with it.
new-plan = New plan
new-meeting = New meeting
new-title = Title
new-title-example-plan = Development plan for the school year 2026–2027
new-title-example-meeting = December meeting of the network
new-space = Where it is kept
space-own = { $name } (our own school only)
new-readers-school = Only our school can read it.
new-readers-network = { $count ->
        [one] { $count } school
       *[other] All { $count } schools
    } of this network can read it. What has been delivered cannot be called back.
new-writers = Who can write
write-rule-owner = Only our school ({ $school })
write-rule-everyone = Every school of the network
new-language = Language of the document
