# How far news has come, school by school: what waits, since when, by which road, what keeps it, what helps. And the map of it.
journey-missing = The latest version has not arrived yet at: { $schools }.
journey-all = All schools of this network have the latest.
journey-has = has the latest
journey-waits = { $count ->
        [one] { $count } change is waiting, about { $size }.
       *[other] { $count } changes are waiting, about { $size }.
    }
journey-waits-short = { $count ->
        [one] { $count } change is waiting
       *[other] { $count } changes are waiting
    }
journey-since = The oldest is from { $when }.
journey-never = Nothing has been heard from this school yet.
journey-going-lan = It is going there now, in the local network.
journey-going-direct = It is going there now, over the internet.
journey-going-relay = It is going there now, through another school.
journey-going-via = It is going there now, by way of: { $school }.
journey-going-others = It is going there now, by way of the other schools.
journey-going-some = It is going there now.
journey-last-some = Last connection: { $when }.
journey-last-lan = Last connection: { $when }, in the local network.
journey-last-direct = Last connection: { $when }, over the internet.
journey-last-relay = Last connection: { $when }, through another school.
journey-last-parcel = Last news from them: { $when }, in a parcel that somebody brought.
journey-last-none = There has been no direct connection yet.
journey-next = Next attempt: { $when }.
journey-why-own_stopped = The school computer sends nothing in this network any more.
journey-why-own_retired = The school computer has been retired and sends nothing any more.
journey-why-own_out = Our school is no longer counted in by this network.
journey-why-disk_full = The disk of the school computer is full.
journey-why-line_cut = Our school is working alone: nothing is sent to the network.
journey-why-by_hand = Nothing goes over the connection by itself, as our school chose.
journey-why-used_up = This month's limit for the connection is used up.
journey-why-no_network = The school computer is in no network now.
journey-why-no_computers = This school has no computer in the network any more.
journey-why-no_address = It is not known yet where its computer can be reached.
journey-why-resting = The two computers misunderstood each other; they try again { $when }.
journey-why-unreachable = Its computer does not answer now.
journey-do-see_standing = On the page of the network it says what can be done.
journey-do-free_disk = Free some space on it; everything goes on by itself.
journey-do-open_line = Connect again
journey-do-send_now = It goes when you press “Send now” on the page of the network.
journey-do-raise_limit = On the page of the network it can be sent all the same, or the limit raised.
journey-do-join_network = Plug in its cable or connect it to the Wi-Fi.
journey-do-check_line = No school can be reached from here: check whether the internet works.
journey-do-carry = Send it on a stick or a phone
journey-do-call = If it is urgent, call and ask to have the computer switched on.
journey-do-add_computer = The school can add a computer with its recovery sheet.
journey-do-wait = It goes by itself when the school comes online.
journey-passed-on = Schools that have it already pass it on when they meet the others.
journey-clock-ahead = The clock of their computer is { $far } ahead of ours; times from there may look wrong.
journey-clock-behind = The clock of their computer is { $far } behind ours; times from there may look wrong.
span-minutes = { $count ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
span-hours = { $count ->
        [one] { $count } hour
       *[other] { $count } hours
    }
span-days = { $count ->
        [one] { $count } day
       *[other] { $count } days
    }
map-title = Where news travels
map-picture = A map of the roads from our school to the others. The same is told in the table below it.
map-road-lan = local network
map-road-direct = internet
map-road-relay = through another school
map-road-parcel = parcel
map-road-none = no connection lately
map-now = in colour: connected now
map-seen = last { $when }
map-seen-never = no connection yet
map-school = School
map-state = What it has
map-road = Road
map-last = Last connection
