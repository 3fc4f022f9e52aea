# Making a new document: where it is kept, who reads and writes it, and what it begins from.
new-title = Title
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
new-title-example-plan = Development plan for the school year 2026–2027
new-title-example-meeting = December meeting of the network
new-title-example-year = The network’s year 2026–2027
new-title-example-notebook = Pupils learn to ask questions
new-title-example-portfolio = My work of the year
new-title-example-feedback = About my open lesson in year 5
new-title-example-thread = What shall we discuss at the next meeting?
new-readers-me = Only you can read it: neither the head nor another school.
new-from = Begin from
new-from-empty = An empty document
new-from-built-in = Ready-made templates
new-from-own = Our own templates
new-from-own-what = What the template says is copied. Its dates, what is done, and the people chosen in it are not.
template-make = Make a template of it
template-make-what = A copy without dates, chosen people and what is done is kept as a template in our school alone. New documents can begin with it; this document stays as it is.
template-making = Making the template…
template-made = The template is ready:
template-is = This is a template of our school
template-end = No longer a template
template-copying = Copying the template…
template-not-copied = The template did not open and the document is empty. Begin a new one once the template is here.
new-title-example-library = Guides and materials for teachers
