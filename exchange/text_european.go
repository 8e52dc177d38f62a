package exchange

func english() *texts {
	return &texts{
		required: "This is required", invalid: "Please check this",
		minLength: "Minimum length: {n}", maxLength: "Maximum length: {n}", length: "Length must be {n}",
		minItems: "Choose at least {n}", maxItems: "Choose at most {n}", items: "Choose exactly {n}",
		min: "Must be {n} or more", max: "Must be {n} or less", more: "Must be more than {n}", less: "Must be less than {n}",
		email: "Enter a valid email address", phone: "Format: +442079460000", option: "Choose one of the options",
		number: "Enter a number", date: "Enter a valid date", time: "Enter a valid time", link: "Enter a valid web address",
		letters: "Use only A-Z", lettersDigits: "Use only A-Z and 0-9", digits: "Use only 0-9",
		check: "Please check: ", checkAll: "Please check your answers",
	}
}

func german() *texts {
	return &texts{
		required: "Pflichtfeld", invalid: "Ungültige Eingabe",
		minLength: "Mindestlänge: {n}", maxLength: "Höchstlänge: {n}", length: "Genaue Länge: {n}",
		minItems: "Mindestens {n} auswählen", maxItems: "Höchstens {n} auswählen", items: "Genau {n} auswählen",
		min: "Mindestens {n}", max: "Höchstens {n}", more: "Mehr als {n}", less: "Weniger als {n}",
		email: "Gültige E-Mail eingeben", phone: "Format: +442079460000", option: "Bitte eine Option auswählen",
		number: "Bitte eine Zahl eingeben", date: "Gültiges Datum eingeben", time: "Gültige Uhrzeit eingeben", link: "Gültige Webadresse eingeben",
		letters: "Nur A-Z", lettersDigits: "Nur A-Z und 0-9", digits: "Nur 0-9",
		check: "Bitte prüfen: ", checkAll: "Bitte prüfen Sie Ihre Angaben",
	}
}

func spanish() *texts {
	return &texts{
		required: "Campo obligatorio", invalid: "Revisa este dato",
		minLength: "Longitud mínima: {n}", maxLength: "Longitud máxima: {n}", length: "Longitud exacta: {n}",
		minItems: "Elige al menos {n}", maxItems: "Elige {n} como máximo", items: "Elige exactamente {n}",
		min: "Debe ser {n} o más", max: "Debe ser {n} o menos", more: "Debe ser mayor que {n}", less: "Debe ser menor que {n}",
		email: "Escribe un correo válido", phone: "Formato: +442079460000", option: "Elige una de las opciones",
		number: "Escribe un número", date: "Escribe una fecha válida", time: "Escribe una hora válida", link: "Escribe un enlace válido",
		letters: "Usa solo A-Z", lettersDigits: "Usa solo A-Z y 0-9", digits: "Usa solo 0-9",
		check: "Revisa: ", checkAll: "Revisa tus respuestas",
	}
}

func french() *texts {
	return &texts{
		required: "Champ obligatoire", invalid: "Vérifiez ce champ",
		minLength: "Longueur minimale : {n}", maxLength: "Longueur maximale : {n}", length: "Longueur exacte : {n}",
		minItems: "Choisissez-en au moins {n}", maxItems: "Choisissez-en au plus {n}", items: "Choisissez-en {n}",
		min: "Au moins {n}", max: "Au plus {n}", more: "Plus de {n}", less: "Moins de {n}",
		email: "Saisissez un e-mail valide", phone: "Format : +442079460000", option: "Choisissez une des options",
		number: "Saisissez un nombre", date: "Saisissez une date valide", time: "Saisissez une heure valide", link: "Saisissez un lien valide",
		letters: "A-Z uniquement", lettersDigits: "A-Z et 0-9 uniquement", digits: "0-9 uniquement",
		check: "Vérifiez : ", checkAll: "Vérifiez vos réponses",
	}
}

func italian() *texts {
	return &texts{
		required: "Campo obbligatorio", invalid: "Controlla questo campo",
		minLength: "Lunghezza minima: {n}", maxLength: "Lunghezza massima: {n}", length: "Lunghezza esatta: {n}",
		minItems: "Scegli almeno {n}", maxItems: "Scegli al massimo {n}", items: "Scegli esattamente {n}",
		min: "Deve essere {n} o più", max: "Deve essere {n} o meno", more: "Deve essere più di {n}", less: "Deve essere meno di {n}",
		email: "Inserisci un'email valida", phone: "Formato: +442079460000", option: "Scegli una delle opzioni",
		number: "Inserisci un numero", date: "Inserisci una data valida", time: "Inserisci un'ora valida", link: "Inserisci un link valido",
		letters: "Usa solo A-Z", lettersDigits: "Usa solo A-Z e 0-9", digits: "Usa solo 0-9",
		check: "Controlla: ", checkAll: "Controlla le tue risposte",
	}
}

func portuguese() *texts {
	return &texts{
		required: "Campo obrigatório", invalid: "Verifique este campo",
		minLength: "Comprimento mínimo: {n}", maxLength: "Comprimento máximo: {n}", length: "Comprimento exato: {n}",
		minItems: "Escolha pelo menos {n}", maxItems: "Escolha no máximo {n}", items: "Escolha exatamente {n}",
		min: "Deve ser {n} ou mais", max: "Deve ser {n} ou menos", more: "Deve ser mais de {n}", less: "Deve ser menos de {n}",
		email: "Introduza um e-mail válido", phone: "Formato: +442079460000", option: "Escolha uma das opções",
		number: "Introduza um número", date: "Introduza uma data válida", time: "Introduza uma hora válida", link: "Introduza um link válido",
		letters: "Use apenas A-Z", lettersDigits: "Use apenas A-Z e 0-9", digits: "Use apenas 0-9",
		check: "Verifique: ", checkAll: "Verifique as suas respostas",
	}
}

func brazilian() *texts {
	return &texts{
		required: "Campo obrigatório", invalid: "Verifique este campo",
		minLength: "Tamanho mínimo: {n}", maxLength: "Tamanho máximo: {n}", length: "Tamanho exato: {n}",
		minItems: "Escolha pelo menos {n}", maxItems: "Escolha no máximo {n}", items: "Escolha exatamente {n}",
		min: "Deve ser {n} ou mais", max: "Deve ser {n} ou menos", more: "Deve ser maior que {n}", less: "Deve ser menor que {n}",
		email: "Digite um e-mail válido", phone: "Formato: +442079460000", option: "Escolha uma das opções",
		number: "Digite um número", date: "Digite uma data válida", time: "Digite uma hora válida", link: "Digite um link válido",
		letters: "Use apenas A-Z", lettersDigits: "Use apenas A-Z e 0-9", digits: "Use apenas 0-9",
		check: "Verifique: ", checkAll: "Verifique suas respostas",
	}
}

func dutch() *texts {
	return &texts{
		required: "Dit is verplicht", invalid: "Controleer dit",
		minLength: "Minimale lengte: {n}", maxLength: "Maximale lengte: {n}", length: "Exacte lengte: {n}",
		minItems: "Kies er minstens {n}", maxItems: "Kies er hoogstens {n}", items: "Kies er precies {n}",
		min: "Minstens {n}", max: "Hoogstens {n}", more: "Meer dan {n}", less: "Minder dan {n}",
		email: "Vul een geldig e-mailadres in", phone: "Formaat: +442079460000", option: "Kies een van de opties",
		number: "Vul een getal in", date: "Vul een geldige datum in", time: "Vul een geldige tijd in", link: "Vul een geldig webadres in",
		letters: "Gebruik alleen A-Z", lettersDigits: "Gebruik alleen A-Z en 0-9", digits: "Gebruik alleen 0-9",
		check: "Controleer: ", checkAll: "Controleer uw antwoorden",
	}
}

func polish() *texts {
	return &texts{
		required: "To pole jest wymagane", invalid: "Sprawdź to pole",
		minLength: "Minimalna długość: {n}", maxLength: "Maksymalna długość: {n}", length: "Wymagana długość: {n}",
		minItems: "Wybierz co najmniej {n}", maxItems: "Wybierz co najwyżej {n}", items: "Wybierz dokładnie {n}",
		min: "Co najmniej {n}", max: "Co najwyżej {n}", more: "Więcej niż {n}", less: "Mniej niż {n}",
		email: "Podaj poprawny e-mail", phone: "Format: +442079460000", option: "Wybierz jedną z opcji",
		number: "Podaj liczbę", date: "Podaj poprawną datę", time: "Podaj poprawną godzinę", link: "Podaj poprawny link",
		letters: "Używaj tylko A-Z", lettersDigits: "Używaj tylko A-Z i 0-9", digits: "Używaj tylko 0-9",
		check: "Sprawdź: ", checkAll: "Sprawdź swoje odpowiedzi",
	}
}

func latvian() *texts {
	return &texts{
		required: "Obligāts lauks", invalid: "Pārbaudiet šo lauku",
		minLength: "Minimālais garums: {n}", maxLength: "Maksimālais garums: {n}", length: "Vajadzīgais garums: {n}",
		minItems: "Izvēlieties vismaz {n}", maxItems: "Izvēlieties ne vairāk par {n}", items: "Izvēlieties tieši {n}",
		min: "Vismaz {n}", max: "Ne vairāk par {n}", more: "Vairāk par {n}", less: "Mazāk par {n}",
		email: "Ievadiet derīgu e-pastu", phone: "Formāts: +442079460000", option: "Izvēlieties vienu no iespējām",
		number: "Ievadiet skaitli", date: "Ievadiet derīgu datumu", time: "Ievadiet derīgu laiku", link: "Ievadiet derīgu saiti",
		letters: "Lietojiet tikai A-Z", lettersDigits: "Lietojiet tikai A-Z un 0-9", digits: "Lietojiet tikai 0-9",
		check: "Pārbaudiet: ", checkAll: "Pārbaudiet savas atbildes",
	}
}

func russian() *texts {
	return &texts{
		required: "Обязательное поле", invalid: "Проверьте это поле",
		minLength: "Минимальная длина: {n}", maxLength: "Максимальная длина: {n}", length: "Нужная длина: {n}",
		minItems: "Выберите не меньше {n}", maxItems: "Выберите не больше {n}", items: "Выберите ровно {n}",
		min: "Не меньше {n}", max: "Не больше {n}", more: "Больше {n}", less: "Меньше {n}",
		email: "Введите правильный e-mail", phone: "Формат: +442079460000", option: "Выберите один из вариантов",
		number: "Введите число", date: "Введите правильную дату", time: "Введите правильное время", link: "Введите правильную ссылку",
		letters: "Только A-Z", lettersDigits: "Только A-Z и 0-9", digits: "Только 0-9",
		check: "Проверьте: ", checkAll: "Проверьте свои ответы",
	}
}

func ukrainian() *texts {
	return &texts{
		required: "Обов'язкове поле", invalid: "Перевірте це поле",
		minLength: "Мінімальна довжина: {n}", maxLength: "Максимальна довжина: {n}", length: "Потрібна довжина: {n}",
		minItems: "Виберіть щонайменше {n}", maxItems: "Виберіть не більше {n}", items: "Виберіть рівно {n}",
		min: "Не менше {n}", max: "Не більше {n}", more: "Більше {n}", less: "Менше {n}",
		email: "Введіть правильний e-mail", phone: "Формат: +442079460000", option: "Виберіть один із варіантів",
		number: "Введіть число", date: "Введіть правильну дату", time: "Введіть правильний час", link: "Введіть правильне посилання",
		letters: "Лише A-Z", lettersDigits: "Лише A-Z і 0-9", digits: "Лише 0-9",
		check: "Перевірте: ", checkAll: "Перевірте свої відповіді",
	}
}
