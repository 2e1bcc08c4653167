/** The words an article is made of, in one language; {t} is the topic, {k} the keyword. */
export interface Phrases {
	headings: readonly string[];
	opening: readonly string[];
	body: readonly string[];
	closing: readonly string[];
}

const en: Phrases = {
	headings: ['Why {k} matters now', 'Where most people start', 'A plan that holds', 'Mistakes that cost time', 'What to measure', 'Next steps'],
	opening: [
		'{k} looks simple from a distance, and then the first real decision arrives.',
		'This guide to {k} takes the question “{t}” one step at a time and says at each step what to do and why.',
		'Nothing here needs a large budget; most of it needs an honest look at what you already have.',
	],
	body: [
		'Start with the smallest version that still answers a real need, and write down what you expect before you try it.',
		'People who succeed rarely do more than others; they do the important part first and leave the rest for later.',
		'Ask two colleagues to read your plan, because a plan that only its author understands will not survive a busy week.',
		'Compare at least three options with the same short list of criteria, otherwise the loudest advertisement decides.',
		'A rough number today is worth more than an exact number next month, as long as everybody knows that it is rough.',
		'Set a date on which you will look back, and agree in advance what result would make you change direction.',
		'The common advice is not wrong, but it was written for somebody with more time, more staff and fewer constraints.',
		'Keep the old way running beside the new one for two weeks, so that a surprise costs an afternoon and not a quarter.',
		'Costs hide in the handover between people, so describe each handover in one sentence and name who owns it.',
		'When a step feels dull, automate it; when a step feels difficult, talk about it before you automate anything.',
		'Small samples mislead, and a single good week proves nothing until a second and a third week repeat it.',
		'A short checklist on the wall beats a long document in a folder that nobody has opened since spring.',
		'Look at the cases that went badly with the same curiosity as at the ones that went well.',
		'If two goals contradict each other, say openly which one wins; silence lets every person choose a different answer.',
		'The tools change every year, while the questions behind {k} have stayed the same for a decade.',
		'Write for the reader who has five minutes and a problem, not for the expert who has read everything already.',
		'One figure per goal is enough: a second figure is a comfort, and a third one is a place to hide.',
		'Plan for the person who takes over from you, because one day that person will be grateful or lost.',
	],
	closing: [
		'Whatever you decide about {k}, decide it in writing, begin this week and look at the result with fresh eyes in a month.',
		'Good work on {k} is a habit, and a habit begins with one small step that is easy to repeat.',
	],
};

const es: Phrases = {
	headings: ['Por qué importa {k}', 'Por dónde empezar', 'Un plan que resiste', 'Errores que cuestan tiempo', 'Qué conviene medir', 'Próximos pasos'],
	opening: [
		'{k} parece sencillo desde lejos, hasta que llega la primera decisión de verdad.',
		'Esta guía sobre {k} responde a la pregunta «{t}» paso a paso y explica en cada uno qué hacer y por qué.',
		'Nada de esto exige un gran presupuesto; casi todo pide una mirada sincera a lo que ya tenemos.',
	],
	body: [
		'Conviene empezar por la versión más pequeña que resuelva una necesidad real y anotar antes qué resultado se espera.',
		'Quien lo consigue casi nunca hace más que los demás: hace primero lo importante y deja el resto para después.',
		'Pide a dos personas que lean tu plan, porque un plan que solo entiende su autor no sobrevive a una semana difícil.',
		'Compara al menos tres opciones con la misma lista breve de criterios; si no, decidirá el anuncio más ruidoso.',
		'Una cifra aproximada hoy vale más que una cifra exacta el mes que viene, siempre que todos sepan que es aproximada.',
		'Fija una fecha para mirar atrás y acuerda de antemano qué resultado te haría cambiar de rumbo.',
		'Los consejos habituales no son falsos, pero se escribieron para alguien con más tiempo, más equipo y menos límites.',
		'Mantén el método antiguo junto al nuevo durante dos semanas, para que una sorpresa cueste una tarde y no un trimestre.',
		'Los costes se esconden en el paso de una persona a otra, así que describe cada entrega en una frase y nombra al responsable.',
		'Cuando un paso aburre, automatízalo; cuando un paso cuesta, háblalo antes de automatizar nada.',
		'Las muestras pequeñas engañan, y una sola semana buena no demuestra nada hasta que se repite.',
		'Una lista corta en la pared es mejor que un documento largo en una carpeta que nadie abre.',
		'Mira los casos que salieron mal con la misma curiosidad que los que salieron bien.',
		'Si dos objetivos se contradicen, di en voz alta cuál gana, porque el silencio deja que cada cual elija otra respuesta.',
		'Las herramientas cambian cada año, mientras que las preguntas detrás de {k} llevan una década siendo las mismas.',
		'Escribe para quien tiene cinco minutos y un problema, no para quien ya lo ha leído todo.',
	],
	closing: [
		'Decidas lo que decidas sobre {k}, ponlo por escrito, empieza esta semana y revisa el resultado dentro de un mes.',
		'El buen trabajo en {k} es un hábito, y un hábito empieza con un paso pequeño y fácil de repetir.',
	],
};

const fr: Phrases = {
	headings: ['Pourquoi {k} compte', 'Par où commencer', 'Un plan qui tient', 'Les erreurs qui coûtent du temps', 'Ce qu’il faut mesurer', 'Les prochaines étapes'],
	opening: [
		'{k} paraît simple de loin, jusqu’à la première vraie décision.',
		'Ce guide sur {k} répond à la question « {t} » étape par étape et dit à chaque fois quoi faire et pourquoi.',
		'Rien ici ne demande un grand budget ; presque tout demande un regard honnête sur ce que l’on possède déjà.',
	],
	body: [
		'Commencez par la plus petite version qui répond à un vrai besoin, et notez à l’avance le résultat que vous attendez.',
		'Ceux qui réussissent en font rarement plus que les autres : ils font l’essentiel d’abord et laissent le reste pour plus tard.',
		'Faites lire votre plan à deux collègues, car un plan que seul son auteur comprend ne survit pas à une semaine chargée.',
		'Comparez au moins trois solutions avec la même courte liste de critères, sinon la publicité la plus bruyante décidera.',
		'Un chiffre approximatif aujourd’hui vaut mieux qu’un chiffre exact le mois prochain, pourvu que chacun le sache approximatif.',
		'Fixez une date pour regarder en arrière et convenez d’avance du résultat qui vous ferait changer de direction.',
		'Les conseils habituels ne sont pas faux, mais ils ont été écrits pour quelqu’un qui avait plus de temps et moins de contraintes.',
		'Gardez l’ancienne méthode à côté de la nouvelle pendant deux semaines : une surprise coûtera un après-midi et non un trimestre.',
		'Les coûts se cachent dans le passage d’une personne à l’autre ; décrivez chaque passage en une phrase et nommez son responsable.',
		'Quand une étape ennuie, automatisez-la ; quand une étape est difficile, parlez-en avant d’automatiser quoi que ce soit.',
		'Les petits échantillons trompent, et une seule bonne semaine ne prouve rien tant qu’elle ne se répète pas.',
		'Une courte liste au mur vaut mieux qu’un long document dans un dossier que personne n’ouvre.',
		'Regardez les cas qui ont mal tourné avec la même curiosité que ceux qui ont bien tourné.',
		'Si deux objectifs se contredisent, dites clairement lequel l’emporte ; le silence laisse chacun choisir sa réponse.',
		'Les outils changent chaque année, alors que les questions derrière {k} restent les mêmes depuis dix ans.',
	],
	closing: [
		'Quoi que vous décidiez pour {k}, décidez-le par écrit, commencez cette semaine et regardez le résultat dans un mois.',
		'Le bon travail sur {k} est une habitude, et une habitude commence par un petit pas facile à répéter.',
	],
};

const de: Phrases = {
	headings: ['Warum {k} jetzt zählt', 'Wo die meisten anfangen', 'Ein Plan, der hält', 'Fehler, die Zeit kosten', 'Was man messen sollte', 'Die nächsten Schritte'],
	opening: [
		'{k} sieht von weitem einfach aus, bis die erste echte Entscheidung kommt.',
		'Dieser Leitfaden zu {k} beantwortet die Frage „{t}“ Schritt für Schritt und sagt jedes Mal, was zu tun ist und warum.',
		'Nichts davon braucht ein großes Budget; das meiste braucht einen ehrlichen Blick auf das, was schon da ist.',
	],
	body: [
		'Beginnen Sie mit der kleinsten Fassung, die einen echten Bedarf deckt, und notieren Sie vorher, welches Ergebnis Sie erwarten.',
		'Wer Erfolg hat, tut selten mehr als andere, sondern das Wichtige zuerst und den Rest später.',
		'Lassen Sie zwei Kolleginnen den Plan lesen, denn ein Plan, den nur sein Verfasser versteht, übersteht keine volle Woche.',
		'Vergleichen Sie mindestens drei Möglichkeiten mit derselben kurzen Liste, sonst entscheidet die lauteste Werbung.',
		'Eine grobe Zahl heute ist mehr wert als eine genaue im nächsten Monat, solange alle wissen, dass sie grob ist.',
		'Legen Sie einen Tag für den Rückblick fest und vereinbaren Sie vorher, welches Ergebnis die Richtung ändern würde.',
		'Die üblichen Ratschläge sind nicht falsch, doch sie wurden für Menschen mit mehr Zeit und weniger Zwängen geschrieben.',
		'Lassen Sie den alten Weg zwei Wochen neben dem neuen laufen, dann kostet eine Überraschung nur einen Nachmittag.',
		'Kosten verstecken sich in der Übergabe zwischen Menschen; beschreiben Sie jede Übergabe in einem Satz mit Namen.',
		'Ist ein Schritt langweilig, automatisieren Sie ihn; ist er schwierig, sprechen Sie vorher darüber.',
		'Kleine Stichproben täuschen, und eine gute Woche beweist nichts, bis sie sich wiederholt.',
		'Eine kurze Liste an der Wand ist besser als ein langes Dokument in einem Ordner, den niemand öffnet.',
		'Sehen Sie sich die misslungenen Fälle mit derselben Neugier an wie die gelungenen.',
		'Wenn zwei Ziele einander widersprechen, sagen Sie offen, welches gewinnt; Schweigen lässt jeden anders wählen.',
		'Die Werkzeuge ändern sich jedes Jahr, die Fragen hinter {k} sind seit zehn Jahren dieselben.',
		'Schreiben Sie für Menschen mit fünf Minuten und einem Problem, nicht für Fachleute, die schon alles gelesen haben.',
	],
	closing: [
		'Was immer Sie zu {k} entscheiden, entscheiden Sie es schriftlich, beginnen Sie diese Woche und prüfen Sie es in einem Monat.',
		'Gute Arbeit an {k} ist eine Gewohnheit, und eine Gewohnheit beginnt mit einem kleinen Schritt.',
	],
};

const ar: Phrases = {
	headings: ['لماذا {k} مهم الآن', 'من أين نبدأ', 'خطة تصمد', 'أخطاء تضيع الوقت', 'ما الذي نقيسه', 'الخطوات التالية'],
	opening: [
		'يبدو {k} بسيطا من بعيد حتى يأتي أول قرار حقيقي يحتاج إلى تفكير.',
		'يجيب هذا الدليل عن {k} عن السؤال «{t}» خطوة بعد خطوة ويشرح في كل مرة ماذا نفعل ولماذا.',
		'لا يحتاج شيء هنا إلى ميزانية كبيرة، بل يحتاج معظمه إلى نظرة صادقة إلى ما نملكه اليوم.',
	],
	body: [
		'ابدأ بأصغر نسخة تلبي حاجة حقيقية، واكتب قبل التجربة النتيجة التي تتوقعها حتى تستطيع المقارنة لاحقا.',
		'من ينجح لا يفعل أكثر من غيره في العادة، بل يبدأ بالجزء المهم ويؤجل ما بقي إلى وقت آخر.',
		'اطلب من زميلين قراءة خطتك، لأن الخطة التي لا يفهمها إلا كاتبها لا تصمد في أسبوع مزدحم.',
		'قارن بين ثلاثة خيارات على الأقل بقائمة قصيرة من المعايير نفسها، وإلا فإن الإعلان الأعلى صوتا هو الذي يقرر.',
		'الرقم التقريبي اليوم أفضل من الرقم الدقيق في الشهر القادم ما دام الجميع يعرف أنه تقريبي.',
		'حدد موعدا للمراجعة واتفق مسبقا على النتيجة التي تجعلك تغير الاتجاه دون تردد.',
		'النصائح الشائعة ليست خاطئة، لكنها كتبت لمن يملك وقتا أطول وفريقا أكبر وقيودا أقل.',
		'أبق الطريقة القديمة إلى جانب الجديدة مدة أسبوعين، فتكلفك المفاجأة بعد ظهر واحد لا فصلا كاملا.',
		'تختبئ التكاليف في انتقال العمل من شخص إلى آخر، فصف كل انتقال بجملة واحدة وسم المسؤول عنه.',
		'إذا كانت الخطوة مملة فاجعلها آلية، وإذا كانت صعبة فتحدث عنها قبل أن تجعل أي شيء آليا.',
		'العينات الصغيرة تخدع، وأسبوع واحد جيد لا يثبت شيئا حتى يتكرر مرة ثانية وثالثة.',
		'قائمة قصيرة على الجدار أفضل من وثيقة طويلة في ملف لم يفتحه أحد منذ أشهر.',
		'انظر إلى الحالات التي فشلت بالفضول نفسه الذي تنظر به إلى الحالات التي نجحت.',
		'إذا تعارض هدفان فقل بوضوح أيهما يتقدم، لأن الصمت يترك لكل شخص أن يختار جوابا مختلفا.',
		'تتغير الأدوات كل عام، أما الأسئلة الكامنة وراء {k} فقد بقيت كما هي منذ سنوات.',
		'اكتب لمن لديه خمس دقائق ومشكلة واحدة، لا للخبير الذي قرأ كل شيء من قبل.',
		'يكفي رقم واحد لكل هدف، فالرقم الثاني للطمأنينة والثالث مكان للاختباء.',
	],
	closing: [
		'مهما كان قرارك بشأن {k} فاكتبه وابدأ هذا الأسبوع، ثم انظر إلى النتيجة بعد شهر بعين جديدة.',
		'العمل الجيد في {k} عادة، والعادة تبدأ بخطوة صغيرة يسهل تكرارها كل يوم.',
	],
};

const BY_LANGUAGE: Record<string, Phrases> = { en, es, fr, de, ar };

/** The phrases of a language; English for those we have none for. */
export function phrasesIn(language: string): Phrases {
	return BY_LANGUAGE[language] ?? en;
}
