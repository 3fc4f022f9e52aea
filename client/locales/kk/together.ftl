# Writing together: where others stand, two values set at once, taking back.
together-taken-back = Соңғы өзгерісіңіз қайтарылды
together-again = Қайталау
together-two = Бір уақытта екі мән қойылды. Қайсысы қалсын?
together-many = Бір уақытта бірнеше мән қойылды. Қайсысы қалсын?
together-by = { $name }, { $school }
together-somebody = белгісіз адам
together-keep = Қалсын: { $value }
together-empty = бос
together-long = Ұзақ мәтін жазылуда: { $percent } %. Бұл бетті жаппай тұрыңыз.
together-unwritten = «{ $title }» құжатында ұзақ мәтін соңына дейін жазылмады. Көрініп тұрғаны құжатта бар; қалғаны көшіріп алған жеріңізде. Жетпейтінін бөліп-бөліп қайта қойыңыз.
