# The phone: trusting the school computer's certificate.
phone-title = Introduce a phone to the school computer
phone-why = A phone keeps documents only for an address that it trusts. So it has to accept the school computer’s certificate once. The certificate is valid only in the school’s own network: it has nothing to do with other sites on the internet.
phone-done = This device trusts the school computer. You can put jeli on this device and write away from school.
phone-local = This computer is the node itself: there is nothing to install here. Phones must show the same digits as below.
phone-not-served = The school computer does not let phones open the page yet. The head switches that on, on the page “Network”.
phone-step-get = Download the certificate
phone-get = Download the certificate
phone-step-compare = Compare the digits
phone-compare = Go on only if the SHA-256 digits on the phone are those on the school computer’s screen. If they differ, install nothing and tell the head.
phone-step-install = Install it
phone-android = Android: Settings → Security → Encryption and credentials → Install a certificate → CA certificate. Choose the file jeli.crt that was downloaded.
phone-iphone = iPhone: Settings → Profile Downloaded → Install. Then Settings → General → About → Certificate Trust Settings: switch jeli on.
phone-windows = Windows: open the file jeli.crt → Install Certificate → Trusted Root Certification Authorities.
phone-step-open = Open the protected address
phone-open = Open { $address }
phone-open-hint = If the browser warns you, the certificate is not accepted yet: go back and repeat the third step.
phone-fingerprint = Digits of the school computer’s certificate (SHA-256)
