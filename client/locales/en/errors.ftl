# What went wrong, where the words are safe, what to do next. Named after the API's codes.
error-page = This part of the page did not open. Reload the page; what you wrote is safe on the school computer.
error-unknown = That was not done ({ $code }). Everything saved before is still there. Please try again.
error-unexpected-answer = The school computer gave an answer we do not understand ({ $status }). Everything saved before is still there. Please try again.
error-node-unreachable = The school computer does not answer. Check that it is switched on and that this device is on the school’s Wi-Fi, then try again.
error-document-unavailable = The document has not reached this school yet. It opens here as soon as it comes.
error-unknown-document = There is no such document, or you may not read it.
error-actor-refused = The document did not open for writing. Please reload the page.
