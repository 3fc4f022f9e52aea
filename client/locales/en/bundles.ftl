# Without a line: a stick, a phone, a messenger.
bundles-title = Without a connection
bundles-what = When there is no connection, what is new can travel as a parcel: on a USB stick, on a phone or through a messenger. Only the schools it is for can read it.
bundles-stick = Put on a stick
bundles-messenger = Send by messenger or mail
bundles-open = Open a parcel
bundles-save = Save
bundles-waiting = { $count ->
    [one] { $count } parcel waits
   *[other] { $count } parcels wait
  } for an earlier one and will open when that comes.
bundles-carried = We carry { $count ->
    [one] { $count } parcel
   *[other] { $count } parcels
  } for other schools
bundles-carried-what = We cannot read them. Put them on a stick, and the schools they are for will open them.
give-stick-title = Put on a stick
give-messenger-title = Send by messenger or mail
give-whom = For whom
give-all = All schools of the network
give-size = No file larger than
give-files = Files too
give-files-what = Photos, videos, presentations. Words go along in any case.
give-everything = Everything from the beginning
give-everything-what = For a school that has lost what it had. The parcel is much larger.
give-what = Everything that the schools it is for do not have yet. If an earlier parcel was lost on the way, nothing is missing: the new one holds the same.
give-make = Make the parcel
give-making = Packing…
give-for = For: { $schools }.
give-nothing-new = There is nothing new for them: the parcel only says what has reached us.
give-left-out = { $count ->
    [one] { $count } file does not fit
   *[other] { $count } files do not fit
  } the size you chose. Put them on a stick.
give-share = Send
give-stick-how = Press “Save” and choose the stick. At the other school they press “Open a parcel” on this page.
give-messenger-how = Save the file and attach it to a message. At the other school they press “Open a parcel” on this page.
give-sealed = Nobody can read the parcel on the way: it opens only on computers of the schools it is for.
opening-now = Opening…
opening-taken = From { $school }, made { $when }. { $some ->
    [0] Everything was taken in.
   *[other] There is something new in { $spaces }.
  }
opening-nothing-new = From { $school }, made { $when }. Nothing new: all of it was here already.
opening-before = From { $school }, made { $when }. This parcel was opened before.
opening-waits = From { $school }, made { $when }. It is kept, but an earlier parcel has not come yet. Bring that one, or ask for a new one: this one will then open by itself.
opening-waits-part = From { $school }, part { $part } of { $parts }. It is kept and will open by itself when the other parts come.
opening-carried = From { $school }, made { $when }. It is for other schools: we keep it, and it goes on with the next stick.
opening-old = From { $school }, made { $when }. It is for other schools, and a newer one lies here already.
opening-too-large = From { $school }, made { $when }. It is for other schools and too large to keep here. Leave the file on the stick.
opening-own = This parcel was made at our school. Take it to the school it is for.
opening-files = Files that came: { $count }.
opening-files-left = { $count ->
    [one] { $count } file had
   *[other] { $count } files had
  } no room. Free some space and open the parcel again.
opening-forked = Some of it was not taken: a computer of the network has sent two versions of its entries that contradict each other. The rest is in its place.
opening-unknown = Some of it is of a network that our school has not joined yet. Keep the file and open it again after joining.
