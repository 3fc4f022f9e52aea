# For whom the school computer serves the page.
doors-title = Phones and other computers
doors-machine = Now only this computer opens the page.
doors-network = Phones and computers on the same Wi-Fi or cable open the page too, at this address:
doors-set = Phones and computers that reach this address open the page too. The file jeli.toml says so:
doors-open = Let others open the page
doors-open-what = Whoever opens it has to sign in or to have a code from the screen. Nobody sees anything before.
doors-close = This computer only
doors-close-what = If you choose “This computer only”, phones and other computers lose the page until you open it again.
doors-ask = Ask the head to let others open the page. The switch is on the page “Network”.
doors-moment = The page goes away for a moment and comes back by itself.
