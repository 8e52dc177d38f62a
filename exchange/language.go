package exchange

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/ar"
	"github.com/go-playground/locales/de"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/es"
	"github.com/go-playground/locales/fa"
	"github.com/go-playground/locales/fr"
	"github.com/go-playground/locales/hy"
	"github.com/go-playground/locales/id"
	"github.com/go-playground/locales/it"
	"github.com/go-playground/locales/ja"
	"github.com/go-playground/locales/ko"
	"github.com/go-playground/locales/lv"
	"github.com/go-playground/locales/nl"
	"github.com/go-playground/locales/pl"
	"github.com/go-playground/locales/pt"
	"github.com/go-playground/locales/pt_BR"
	"github.com/go-playground/locales/ru"
	"github.com/go-playground/locales/th"
	"github.com/go-playground/locales/tr"
	"github.com/go-playground/locales/uk"
	"github.com/go-playground/locales/vi"
	"github.com/go-playground/locales/zh"
	"github.com/go-playground/locales/zh_Hant_TW"
	ut "github.com/go-playground/universal-translator"
	"github.com/go-playground/validator/v10"
	armessages "github.com/go-playground/validator/v10/translations/ar"
	demessages "github.com/go-playground/validator/v10/translations/de"
	enmessages "github.com/go-playground/validator/v10/translations/en"
	esmessages "github.com/go-playground/validator/v10/translations/es"
	famessages "github.com/go-playground/validator/v10/translations/fa"
	frmessages "github.com/go-playground/validator/v10/translations/fr"
	hymessages "github.com/go-playground/validator/v10/translations/hy"
	idmessages "github.com/go-playground/validator/v10/translations/id"
	itmessages "github.com/go-playground/validator/v10/translations/it"
	jamessages "github.com/go-playground/validator/v10/translations/ja"
	komessages "github.com/go-playground/validator/v10/translations/ko"
	lvmessages "github.com/go-playground/validator/v10/translations/lv"
	nlmessages "github.com/go-playground/validator/v10/translations/nl"
	plmessages "github.com/go-playground/validator/v10/translations/pl"
	ptmessages "github.com/go-playground/validator/v10/translations/pt"
	ptbrmessages "github.com/go-playground/validator/v10/translations/pt_BR"
	rumessages "github.com/go-playground/validator/v10/translations/ru"
	thmessages "github.com/go-playground/validator/v10/translations/th"
	trmessages "github.com/go-playground/validator/v10/translations/tr"
	ukmessages "github.com/go-playground/validator/v10/translations/uk"
	vimessages "github.com/go-playground/validator/v10/translations/vi"
	zhmessages "github.com/go-playground/validator/v10/translations/zh"
	zhtwmessages "github.com/go-playground/validator/v10/translations/zh_tw"
)

// language is one that validator has translations for.
type language struct {
	locale   func() locales.Translator
	register func(*validator.Validate, ut.Translator) error
	notValid string // for tags that validator has no words for in this language
}

func languages() map[string]language {
	return map[string]language{
		"ar":    {ar.New, armessages.RegisterDefaultTranslations, "{0} غير صالح"},
		"de":    {de.New, demessages.RegisterDefaultTranslations, "{0} ist ungültig"},
		"en":    {en.New, enmessages.RegisterDefaultTranslations, "{0} is not valid"},
		"es":    {es.New, esmessages.RegisterDefaultTranslations, "{0} no es válido"},
		"fa":    {fa.New, famessages.RegisterDefaultTranslations, "{0} معتبر نیست"},
		"fr":    {fr.New, frmessages.RegisterDefaultTranslations, "{0} n'est pas valide"},
		"hy":    {hy.New, hymessages.RegisterDefaultTranslations, "{0}-ը վավեր չէ"},
		"id":    {id.New, idmessages.RegisterDefaultTranslations, "{0} tidak valid"},
		"it":    {it.New, itmessages.RegisterDefaultTranslations, "{0} non è valido"},
		"ja":    {ja.New, jamessages.RegisterDefaultTranslations, "{0}は無効です"},
		"ko":    {ko.New, komessages.RegisterDefaultTranslations, "{0}이(가) 올바르지 않습니다"},
		"lv":    {lv.New, lvmessages.RegisterDefaultTranslations, "{0} nav derīgs"},
		"nl":    {nl.New, nlmessages.RegisterDefaultTranslations, "{0} is ongeldig"},
		"pl":    {pl.New, plmessages.RegisterDefaultTranslations, "{0} ma nieprawidłową wartość"},
		"pt":    {pt.New, ptmessages.RegisterDefaultTranslations, "{0} não é válido"},
		"pt_BR": {pt_BR.New, ptbrmessages.RegisterDefaultTranslations, "{0} não é válido"},
		"ru":    {ru.New, rumessages.RegisterDefaultTranslations, "{0} заполнено неверно"},
		"th":    {th.New, thmessages.RegisterDefaultTranslations, "{0} ไม่ถูกต้อง"},
		"tr":    {tr.New, trmessages.RegisterDefaultTranslations, "{0} geçerli değil"},
		"uk":    {uk.New, ukmessages.RegisterDefaultTranslations, "{0} заповнено неправильно"},
		"vi":    {vi.New, vimessages.RegisterDefaultTranslations, "{0} không hợp lệ"},
		"zh":    {zh.New, zhmessages.RegisterDefaultTranslations, "{0}无效"},
		"zh_tw": {zh_Hant_TW.New, zhtwmessages.RegisterDefaultTranslations, "{0}無效"},
	}
}

// registerLanguage gives v the messages of a language; it panics on one that is
// unknown, as that is a mistake in the program.
func registerLanguage(v *validator.Validate, name string) (messages ut.Translator, notValid string) {
	known := languages()
	lang, ok := known[name]
	if !ok {
		panic(fmt.Sprintf("exchange: WithLanguage(%q): unknown; there are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", ")))
	}
	locale := lang.locale()
	messages, _ = ut.New(locale, locale).GetTranslator(locale.Locale())
	if err := lang.register(v, messages); err != nil {
		panic(fmt.Sprintf("exchange: WithLanguage(%q): %v", name, err))
	}
	return messages, lang.notValid
}
