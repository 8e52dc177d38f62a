package exchange

func armenian() *texts {
	return &texts{
		required: "Պարտադիր դաշտ", invalid: "Ստուգեք այս դաշտը",
		minLength: "Առնվազն {n} նիշ", maxLength: "Առավելագույնը {n} նիշ", length: "Պետք է լինի {n} նիշ",
		minItems: "Ընտրեք առնվազն {n}", maxItems: "Ընտրեք առավելագույնը {n}", items: "Ընտրեք ուղիղ {n}",
		min: "Առնվազն {n}", max: "Առավելագույնը {n}", more: "Ավելի քան {n}", less: "{n}-ից պակաս",
		email: "Մուտքագրեք վավեր էլ. հասցե", phone: "Ձևաչափ՝ +442079460000", option: "Ընտրեք տարբերակներից մեկը",
		number: "Մուտքագրեք թիվ", date: "Մուտքագրեք վավեր ամսաթիվ", time: "Մուտքագրեք վավեր ժամ", link: "Մուտքագրեք վավեր հղում",
		letters: "Միայն A-Z", lettersDigits: "Միայն A-Z և 0-9", digits: "Միայն 0-9",
		check: "Ստուգեք՝ ", checkAll: "Ստուգեք ձեր պատասխանները",
	}
}

func turkish() *texts {
	return &texts{
		required: "Bu alan zorunlu", invalid: "Bunu kontrol edin",
		minLength: "En az {n} karakter", maxLength: "En çok {n} karakter", length: "Tam {n} karakter",
		minItems: "En az {n} seçin", maxItems: "En çok {n} seçin", items: "Tam olarak {n} seçin",
		min: "En az {n}", max: "En çok {n}", more: "{n} değerinden büyük", less: "{n} değerinden küçük",
		email: "Geçerli bir e-posta girin", phone: "Biçim: +442079460000", option: "Seçeneklerden birini seçin",
		number: "Bir sayı girin", date: "Geçerli bir tarih girin", time: "Geçerli bir saat girin", link: "Geçerli bir bağlantı girin",
		letters: "Yalnızca A-Z", lettersDigits: "Yalnızca A-Z ve 0-9", digits: "Yalnızca 0-9",
		check: "Kontrol edin: ", checkAll: "Yanıtlarınızı kontrol edin",
	}
}

func indonesian() *texts {
	return &texts{
		required: "Wajib diisi", invalid: "Periksa isian ini",
		minLength: "Minimal {n} karakter", maxLength: "Maksimal {n} karakter", length: "Harus {n} karakter",
		minItems: "Pilih minimal {n}", maxItems: "Pilih maksimal {n}", items: "Pilih tepat {n}",
		min: "Minimal {n}", max: "Maksimal {n}", more: "Harus lebih dari {n}", less: "Harus kurang dari {n}",
		email: "Masukkan email yang valid", phone: "Format: +442079460000", option: "Pilih salah satu opsi",
		number: "Masukkan angka", date: "Masukkan tanggal yang valid", time: "Masukkan waktu yang valid", link: "Masukkan tautan yang valid",
		letters: "Hanya A-Z", lettersDigits: "Hanya A-Z dan 0-9", digits: "Hanya 0-9",
		check: "Periksa: ", checkAll: "Periksa jawaban Anda",
	}
}

func vietnamese() *texts {
	return &texts{
		required: "Bắt buộc", invalid: "Giá trị không hợp lệ",
		minLength: "Tối thiểu {n} ký tự", maxLength: "Tối đa {n} ký tự", length: "Cần đúng {n} ký tự",
		minItems: "Chọn ít nhất {n}", maxItems: "Chọn tối đa {n}", items: "Chọn đúng {n}",
		min: "Từ {n} trở lên", max: "Từ {n} trở xuống", more: "Phải lớn hơn {n}", less: "Phải nhỏ hơn {n}",
		email: "Nhập địa chỉ email hợp lệ", phone: "Dạng: +442079460000", option: "Chọn một trong các lựa chọn",
		number: "Nhập một số", date: "Nhập ngày hợp lệ", time: "Nhập giờ hợp lệ", link: "Nhập liên kết hợp lệ",
		letters: "Chỉ dùng A-Z", lettersDigits: "Chỉ dùng A-Z và 0-9", digits: "Chỉ dùng 0-9",
		check: "Vui lòng kiểm tra: ", checkAll: "Vui lòng kiểm tra câu trả lời",
	}
}

func arabic() *texts {
	return &texts{
		required: "هذا الحقل مطلوب", invalid: "يرجى التحقق من هذا",
		minLength: "الحد الأدنى للطول: {n}", maxLength: "الحد الأقصى للطول: {n}", length: "الطول المطلوب: {n}",
		minItems: "اختر {n} على الأقل", maxItems: "اختر {n} على الأكثر", items: "اختر {n} بالضبط",
		min: "يجب ألا يقل عن {n}", max: "يجب ألا يزيد على {n}", more: "يجب أن يزيد على {n}", less: "يجب أن يقل عن {n}",
		email: "أدخل بريدا إلكترونيا صالحا", phone: "الصيغة: \u200e+442079460000", option: "اختر أحد الخيارات",
		number: "أدخل رقمًا", date: "أدخل تاريخًا صالحًا", time: "أدخل وقتًا صالحًا", link: "أدخل رابطًا صالحًا",
		letters: "استخدم A-Z فقط", lettersDigits: "استخدم A-Z و0-9 فقط", digits: "استخدم 0-9 فقط",
		check: "يرجى التحقق من: ", checkAll: "يرجى التحقق من إجاباتك",
	}
}

func persian() *texts {
	return &texts{
		required: "این مورد الزامی است", invalid: "لطفاً این را بررسی کنید",
		minLength: "حداقل {n} نویسه", maxLength: "حداکثر {n} نویسه", length: "باید {n} نویسه باشد",
		minItems: "حداقل {n} مورد انتخاب کنید", maxItems: "حداکثر {n} مورد انتخاب کنید", items: "دقیقاً {n} مورد انتخاب کنید",
		min: "حداقل {n}", max: "حداکثر {n}", more: "بیشتر از {n}", less: "کمتر از {n}",
		email: "ایمیل معتبر وارد کنید", phone: "قالب: \u200e+442079460000", option: "یک گزینه را انتخاب کنید",
		number: "یک عدد وارد کنید", date: "تاریخ معتبر وارد کنید", time: "زمان معتبر وارد کنید", link: "نشانی وب معتبر وارد کنید",
		letters: "فقط A-Z", lettersDigits: "فقط A-Z و 0-9", digits: "فقط 0-9",
		check: "لطفاً بررسی کنید: ", checkAll: "لطفاً پاسخ\u200cهایتان را بررسی کنید",
	}
}

func japanese() *texts {
	return &texts{
		required: "必須項目です", invalid: "入力内容が正しくありません",
		minLength: "{n}文字以上で入力してください", maxLength: "{n}文字以内で入力してください", length: "{n}文字で入力してください",
		minItems: "{n}件以上選択してください", maxItems: "{n}件まで選択できます", items: "{n}件選択してください",
		min: "{n}以上で入力してください", max: "{n}以下で入力してください", more: "{n}より大きい値にしてください", less: "{n}より小さい値にしてください",
		email: "正しいメールアドレスを入力してください", phone: "形式: +442079460000", option: "選択肢から選んでください",
		number: "数値を入力してください", date: "正しい日付を入力してください", time: "正しい時刻を入力してください", link: "正しいURLを入力してください",
		letters: "A-Zのみ使用できます", lettersDigits: "A-Zと0-9のみ使用できます", digits: "0-9のみ使用できます",
		check: "ご確認ください: ", checkAll: "入力内容をご確認ください",
	}
}

func korean() *texts {
	return &texts{
		required: "필수 항목입니다", invalid: "올바르지 않은 값입니다",
		minLength: "{n}자 이상 입력해 주세요", maxLength: "{n}자 이하로 입력해 주세요", length: "{n}자로 입력해 주세요",
		minItems: "{n}개 이상 선택해 주세요", maxItems: "{n}개까지 선택할 수 있습니다", items: "{n}개를 선택해 주세요",
		min: "{n} 이상이어야 합니다", max: "{n} 이하여야 합니다", more: "{n}보다 커야 합니다", less: "{n}보다 작아야 합니다",
		email: "올바른 이메일을 입력해 주세요", phone: "형식: +442079460000", option: "옵션 중 하나를 선택해 주세요",
		number: "숫자를 입력해 주세요", date: "올바른 날짜를 입력해 주세요", time: "올바른 시간을 입력해 주세요", link: "올바른 링크를 입력해 주세요",
		letters: "A-Z만 사용해 주세요", lettersDigits: "A-Z와 0-9만 사용해 주세요", digits: "0-9만 사용해 주세요",
		check: "확인해 주세요: ", checkAll: "입력한 내용을 확인해 주세요",
	}
}

func thai() *texts {
	return &texts{
		required: "จำเป็นต้องระบุ", invalid: "ข้อมูลไม่ถูกต้อง",
		minLength: "อย่างน้อย {n} อักขระ", maxLength: "ไม่เกิน {n} อักขระ", length: "ต้องมี {n} อักขระ",
		minItems: "เลือกอย่างน้อย {n} รายการ", maxItems: "เลือกไม่เกิน {n} รายการ", items: "เลือก {n} รายการ",
		min: "ต้องไม่น้อยกว่า {n}", max: "ต้องไม่เกิน {n}", more: "ต้องมากกว่า {n}", less: "ต้องน้อยกว่า {n}",
		email: "กรอกอีเมลให้ถูกต้อง", phone: "รูปแบบ: +442079460000", option: "เลือกหนึ่งตัวเลือก",
		number: "กรอกตัวเลข", date: "กรอกวันที่ให้ถูกต้อง", time: "กรอกเวลาให้ถูกต้อง", link: "กรอกลิงก์ให้ถูกต้อง",
		letters: "ใช้ A-Z เท่านั้น", lettersDigits: "ใช้ A-Z และ 0-9 เท่านั้น", digits: "ใช้ 0-9 เท่านั้น",
		check: "โปรดตรวจสอบ: ", checkAll: "โปรดตรวจสอบคำตอบ",
	}
}

func chinese() *texts {
	return &texts{
		required: "此项必填", invalid: "请检查此项",
		minLength: "至少{n}个字符", maxLength: "最多{n}个字符", length: "须为{n}个字符",
		minItems: "至少选择{n}项", maxItems: "最多选择{n}项", items: "请选择{n}项",
		min: "不能小于{n}", max: "不能大于{n}", more: "必须大于{n}", less: "必须小于{n}",
		email: "请输入有效的邮箱地址", phone: "格式：+442079460000", option: "请选择其中一项",
		number: "请输入数字", date: "请输入有效的日期", time: "请输入有效的时间", link: "请输入有效的网址",
		letters: "只能使用A-Z", lettersDigits: "只能使用A-Z和0-9", digits: "只能使用0-9",
		check: "请检查：", checkAll: "请检查您的回答",
	}
}

func taiwanese() *texts {
	return &texts{
		required: "此項必填", invalid: "請檢查此項",
		minLength: "至少{n}個字元", maxLength: "最多{n}個字元", length: "須為{n}個字元",
		minItems: "至少選擇{n}項", maxItems: "最多選擇{n}項", items: "請選擇{n}項",
		min: "不能小於{n}", max: "不能大於{n}", more: "必須大於{n}", less: "必須小於{n}",
		email: "請輸入有效的電子郵件", phone: "格式：+442079460000", option: "請選擇其中一項",
		number: "請輸入數字", date: "請輸入有效的日期", time: "請輸入有效的時間", link: "請輸入有效的網址",
		letters: "只能使用A-Z", lettersDigits: "只能使用A-Z和0-9", digits: "只能使用0-9",
		check: "請檢查：", checkAll: "請檢查您的回答",
	}
}
