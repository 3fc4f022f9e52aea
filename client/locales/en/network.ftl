# Networks, schools in them, the line, invitations.
network-title = Network of schools
network-empty-title = Your school is not in a network yet
network-empty = Join with an invitation from a network’s convenor, or make your own network and invite other schools. You can work without one too: the documents stay at your school.
space-private = Only people of our own school read the documents here.
space-schools = { $count ->
        [one] { $count } school
       *[other] { $count } schools
    }
space-role-convenor = we are a convenor
space-role-member = we are a member
space-role-reader = we only read
school-role-convenor = convenor
school-role-member = member
school-role-reader = read only
school-own = our school
school-connected = connected
school-seen = last here { $when }
school-away = no direct connection now
space-new = New network
space-name = Name of the network
space-name-example = Akkol district school network
space-new-what = Your school becomes the convenor of this network. Other schools come in by invitation.
line-open = { $count ->
        [one] Connected to { $count } school
       *[other] Connected to { $count } schools
    }
line-open-what = What you write is sent to the schools at once.
line-alone = No other school is connected
line-alone-what = Go on working: everything is saved on this computer and is sent by itself when the schools come online.
network-unknown = The school computer does not answer now, so it is not known which schools are connected.
line-cut = Working alone
line-cut-what = Exchange with the network is stopped. What you write is kept at our school and is sent when you connect again.
line-leave = Work alone
line-join = Connect again
invite-title = Invite a school
invite-into = Invitation to the network: { $space }
invite-role = What the school may do in the network
invite-reads = A school that joins can read every document of this network. What has been delivered cannot be called back.
invite-make = Make the invitation
invite-how = Send the invitation to your colleague as a message, or show the QR code.
invite-qr = QR code of the invitation
invite-ticket = Text of the invitation
invite-once = The invitation is good for one school. Do not give it to strangers.
space-role-name-convenor = Convenor
space-role-name-member = Member
space-role-name-reader = Read only
space-role-what-convenor = Invites schools, makes documents and writes with everybody.
space-role-what-member = Makes documents and writes with everybody.
space-role-what-reader = Reads the documents and does not change them.
join-title = Join a network
join-hint = Paste the text that the network’s convenor sent you.
join-what = After joining, your school can read the documents of that network. Your own school’s documents stay with you.
join-go = Join
join-done = Your school has joined the network. The documents are on their way.
join-waiting = The request is saved. It completes by itself when the school that invited you comes online; you can close this page.
