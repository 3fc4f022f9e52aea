# A seat for a guest: at the host’s screen, and on the guest’s phone.
seat-give = Give a guest a seat
seat-what = Somebody whose school has no computer here takes part with a phone. A guest sees and writes this document only, under their own name.
seat-make = Show a code
seat-how = The guest’s phone joins the Wi-Fi here, opens this address, and the guest enters the code:
seat-local = You opened this page on the computer itself. If a phone does not open it, the computer shows its page to itself alone: write listen = "0.0.0.0:{ $port }" in the file jeli.toml and start the program again.
seat-code = Code
seat-qr = QR code with the address and the code
seat-until = The code is valid until: { $when }
seat-another = Another code
seats-taken = Guests at their seats
seats-nobody = Nobody yet
seat-end = End the seat
seat-end-label = End the seat: { $name }
seat-title = A guest’s seat
seat-lead = Enter the code from the screen of the school that invited you.
seat-name = Your name
seat-name-why = What you write appears under this name.
seat-school = Your school
seat-sit = Take the seat
seat-signed-in = Somebody of the school is signed in on this device: { $name }. A guest takes part with a phone of their own.
seat-sits = You are a guest here:
seat-leave = Leave
seat-ended = Your seat has ended. What you wrote is saved in the meeting’s document. To come back, ask for a new code.
seat-ended-unsaved = Your seat has ended, and what you wrote last is only on this page. Keep it open: ask for a new code and take the seat under the same name, and it is sent.
