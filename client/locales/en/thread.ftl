# Threads: talk among people who are seldom online at the same time.
talk-is-about = About:
talk-about-unknown = a document that you cannot read here
talk-who-reads = Who will read it
talk-readers-school = Only people of our school will read it.
talk-readers-network = People of every school of this network will read it: { $space }, { $count ->
        [one] { $count } school
       *[other] { $count } schools
    }. What has been delivered cannot be called back.
thread-begin = Begin a discussion
thread-title = What it is about
thread-title-example = How do you use the first ten minutes of a lesson?
thread-first-words = First words
thread-posts = What has been said
thread-empty = Nobody has said anything yet. Write the first words: your colleagues read them when they come online, and answer when they have time.
thread-your-words = Your words
thread-answer-to = Answer to { $name }
thread-to = to { $name }
thread-new = new
thread-fresh = { $count ->
        [one] { $count } new post
       *[other] { $count } new posts
    } since you were last here, { $when }
thread-last-here = Last to write:
thread-close = Close the discussion
thread-reopen = Open the discussion again
thread-closed = This discussion is closed. It can be read; to write, open it again.

# What a discussion can begin from.
template-thread-question = A question to colleagues
thread-question-1 = What I would like to know:
thread-question-2 = What I have tried so far:
thread-question-3 = What I am unsure of:
template-thread-story = A story from practice
thread-story-1 = What we tried:
thread-story-2 = What happened with the pupils:
thread-story-3 = What we would do differently:
