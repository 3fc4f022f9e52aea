# The command list (Ctrl+K) and the choice of light or dark.
finding-title = Табу және өту
finding-what = Құжат, бөлім не әрекет
finding-documents = Құжаттар
finding-rooms = Бөлімдер
finding-actions = Әрекеттер
finding-none = Ештеңе табылмады. Сөздің басын ғана жазып көріңіз.
finding-language = Тілі: { $name }
finding-theme = Түсі: { $name }
theme-choice = Түсі
theme-system = Құрылғыдағыдай
theme-light = Ашық
theme-dark = Қараңғы
