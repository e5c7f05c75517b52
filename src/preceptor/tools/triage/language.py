"""Whether a text seems to be in another language: English's commonest words are missing, or another's are there."""

from __future__ import annotations

import unicodedata
from collections import Counter

from preceptor.tools.triage.text.normal import Sentence, word_set

_ENGLISH = word_set(
    "a an the i my me you your he she it we they his her their him them is am are was were be been has have had "
    "do does did not no and or but of in on at to for with from so very just now this that any some can cannot "
    "will would could should feel feeling get getting got going keep up down out off over when if then than what "
    "why how there here please need help want like day days week weeks since about after again all also because "
    "been before more still pain bad blood doctor appointment prescription repeat test results hi hello thanks "
    "thank dr"
)
# The commonest words of the languages that practices hear most, in Latin letters, with and without accents. One that is
# also English says little: the share of them, and how many English words stand beside, decides.
_LISTED = {
    "Spanish": word_set(
        "el la los las de que y un una por con para mi mis tu su muy mucho mucha duele duelen dolor pecho "
        "cabeza espalda puedo puede respirar tengo tiene tenemos estoy esta está desde hace ayer hoy necesito "
        "quiero cita medico médico gracias buenos buenas días dias fiebre hijo hija madre padre pero porque "
        "cuando ahora siento mareado estomago estómago garganta sangre ayuda favor señora brazo izquierdo "
        "se lo le les del al en es no son he ha hay fue está estan mis nos ya muchísimo muchisimo abuela "
        "abuelo papá papa mamá niño nino niña nina bebé bebe embarazada vivir morir vida pienso quitarme "
        "lengua hinchó hincho después despues comer bebió bebio heces negras alquitrán quemó quemo agua "
        "hirviendo falta aire quedó inconsciente labios morados receta rodilla semanas semana hija ojo veo "
        "fuerte debajo hoy noche mañana manana también tambien solo sólo cuello rigido espalda orinar golpeó "
        "caída vómito vomitando quisiera doctora enfermedad"
    ),
    "Portuguese": word_set(
        "o os um uma que não nao com minha meu muito muita dor dores peito cabeça cabeca tenho tem estou está "
        "posso respirar desde ontem hoje preciso quero consulta obrigado obrigada bom dia febre filho filha "
        "mãe mae mas porque quando agora sinto garganta sangue ajuda por favor para costas barriga de da "
        "a ao à às as em no na se pela foi ele ela você voce boca lado fala falar menino menina consegue "
        "penso matar língua lingua inchou depois comer camarão camarao febre alta pescoço pescoco rígido "
        "rigido caiu bateu cabeça vomitar repente deixei ver olho direito esquerdo fezes pretas alcatrão "
        "queimou-se queimou água agua ferver dói doi joelho semanas semana duas dois bebê bebé bebe grávida "
        "gravida mexe viver já ja não pai mãe receita comprimidos tensão tensao tosse marcar forte testículo "
        "testiculo epiléptico ataque"
    ),
    "Polish": word_set(
        "może chcę zrobić badanie krwi wyniki "
        "wzięła wziela wziął wzial całe cale opakowanie tabletek nasennych leków lekow sercu żona kłuje kluje "
        "prosze pomoc córka wysypkę wysypke "
        "mam mnie boli bardzo nie moge mogę oddychać oddychac jest się sie na od ze że wczoraj dzisiaj dziś "
        "dzis proszę prosze dziękuję dziekuje dzień dzien dobry głowa glowa głowy brzuch klatka klatce "
        "piersiowej gardło gardlo gorączka goraczka goraczke kaszel dziecko syn córka corka mama potrzebuję "
        "potrzebuje wizyta wizytę lekarza silny ból bol tygodni dni czy jak ale oraz jestem mój moj moja moje "
        "recepta recepte pomocy "
        "do po w z i to co ja mi moj mnie straszny strasznie bol promieniuje ręki reki reka nagle krzywa "
        "buzia stronie mówić mowic syn dostał dostal drgawek cały caly trzęsie trzesie orzechach spuchł "
        "spuchl język jezyk mąż maz żona zona spadł spadl drabiny uderzył uderzyl głowę glowe wymiotuje oko "
        "krew prawe lewe bólu bolu gardle gardło przez pan pani juz już teraz dzisiaj rano wieczorem tata "
        "tabletki lekarzem lekarz badania kolano plecy nie sa są byl był była byla mial miał ma tylko przy "
        "pod nad dla bez który ktora czuje czuję okropny duszę dusi oddech ciśnienie cisnienie skierowanie"
    ),
    "Romanian": word_set(
        "ma mă doare rau rău foarte nu pot sa să respir durere piept pieptul capul cap burta spate de la din "
        "si și cu este sunt ieri azi astazi astăzi buna bună ziua vreau nevoie programare doctorul medic "
        "multumesc mulțumesc va vă rog febra febră copil copilul fiul fiica mama tata dar pentru cand când "
        "acum ameteli sange sânge ajutor stomac gat gât "
        "o am a ai are nu-i mi s-a s a-l sotul soțul sotia copilul băiatul baiatul fata mea meu mele lui ei "
        "bunica bunicul mai vorbeste vorbește strambat gura umflat limba gâtul gatul după dupa ce mâncat "
        "mancat alune băut baut clor bucătărie bucatarie scaunul negru ca pacura păcura opărit oparit apă apa "
        "fierbinte dureri doar tușesc tusesc puternica puternică spre mâna mana stânga stanga piciorul face "
        "convulsii reteta rețetă genunchiul săptămâni saptamani pentru pastile tensiune trimitere analize "
        "sînt foarte rog așa asa acum nici când in pe tare"
    ),
    "Italian": word_set(
        "il lo gli della del di che un una mi fa molto dolore petto testa schiena non posso riesco respirare "
        "ho sono da ieri oggi bisogno vorrei appuntamento dottore grazie buongiorno febbre figlio figlia "
        "madre padre perché perche quando adesso sento gola sangue aiuto pancia stomaco e mio mia braccio "
        "la le i ha una al alla dei nel nella si sono è non più piu come nonna nonno perso conoscenza bocca "
        "storta riesce parlare voglio vivere penso togliermi vita forte testicolo feci nere catrame scottato "
        "acqua bollente bambino bambina incinta muove sangue ferma lingua gonfiata febbre collo rigido "
        "mangiato bevuto candeggina occhio vedo dopo anche molto solo tosse marito moglie ginocchio settimane "
        "settimana due ricetta pressione visita medico prenotare serve macchina"
    ),
    "French": word_set(
        "je ne pas le la les des du un une et est suis ai mal très tres beaucoup poitrine tête tete dos "
        "ventre peux respirer depuis hier aujourd'hui aujourdhui besoin voudrais rendez-vous medecin médecin "
        "merci bonjour fièvre fievre fils fille mère père mais parce quand maintenant gorge sang aide avec "
        "pour mon ma mes douleur j'ai jai bras vomit "
        "il elle on nous vous se sa son ses ce cette ça ca que qui dans sur en au aux d'un d'une de a été ete "
        "j'ai perdu connaissance envie mourir langue gonflé gonfle après apres piqûre piqure guêpe enfant bu "
        "l'eau eau javel douleur violente testicule selles noires comme goudron brûlé brule bouillante "
        "renversé renverse voiture plus vois oeil bébé bebe bouger enceinte sens raide nuque petit lèvres "
        "levres bleues ordonnance genou semaines semaine toux juste docteur voudrais avoir suis fait faire "
        "mari femme bras forte"
    ),
    "Urdu, Punjabi or Hindi": word_set(
        "mujhe mujhay mere mera meri main hai hain hay ho raha rahi rahe dard bahut bohot bohat buhat seene "
        "seeney sine chhati sar saans sans nahi nahin nai kal aaj se say ko ka ki kya aur mein pet bukhar "
        "khansi bacha bachay beta beti ammi abbu chahiye chahye karo karna kar aa madad meharbani shukriya "
        "assalam salam alaikum mainu menu bada peed dukh dil ghabrahat chakkar ulti gala khoon takleef ji "
        "haan kuch tha thi "
        "mai mein men mujh aap hum ham wo woh usko uska unka unke apni apne mere meray walid walida bhai "
        "behen bahen bache bachi bacche ne pi liya liye gayi gaya gaye garam pani jal lag lagi rahi raha "
        "rahay hun hoon hota hoti theek zukam dawai dawa hafte din do se mera tere aya aayi diya kha li sirf "
        "magar lekin jab tak phir bohot zyada aankh nazar sooj gardan jeene marna chahta chahti nu vich vi da "
        "di de te ton lai layi pee aa si sanu tusi assi saade sadde puttar munda kudi jeeb jeebh saah reha "
        "rehi paya lagda bahan hath peedh goda gode hilda hunda karda karan khang naal munh mummy daddy "
        "bleach pakhana chot"
    ),
    "Arabic": word_set(
        "ana andi 3andi indi alam waja3 wajaa fi sadri sadr ras rasi batni batn mush mish aqdar agdar atnafas "
        "kteer ktir jiddan shadeed shadid min ams alyawm elyom urid ureed awez ayez mawid maw3id tabib duktur "
        "doktor shukran salam assalamu alaikum harara sokhona ibni binti walad wa ya allah 3ala ala el il "
        "dokhan hada haza "
        "ana ma3a law sama7t 3ayez ayez maw3id 3ayz 3awza sa7bi ibn bint mama baba omi ummi abi abuy 3indo "
        "3andu 3anda samaht sama t andak kamen kaman bas lazem lazim dawa dawaa rukba ward fiyi mesh wala wla "
        "da3ref habibi men 2albi albi batnan"
    ),
    "Turkish": word_set(
        "mi mu agriyor sikisiyor idrarimi idrar yapamiyorum belim sırtım sirtim tahlil tahlili sonuç sonucum "
        "geldi oldu olmuyor kusuyorum terliyorum ter basti çok cok sıkışıyor yapamıyorum uyuyamıyorum öksürüyorum "
        "ishal hap hasta hastayım hastayim hamile gün gun haftalık "
        "ve bir çok cok var yok benim göğsüm gogsum göğsümde gogsumde ağrı agri ağrıyor agriyor ağrım agrim "
        "başım basim karnım karnim nefes alamıyorum alamiyorum dün dun bugün bugun randevu istiyorum lazım "
        "lazim doktor teşekkürler tesekkurler merhaba ateş ates ateşim oğlum oglum kızım kizim annem babam "
        "ama için icin şimdi simdi mide boğazım bogazim kan yardım yardim lütfen lutfen değil degil "
        "oğlum oglum havale geçiriyor geciriyor kan durmuyor kendimi öldürmek oldurmek hamileyim bebek "
        "hareket etmiyor çocuğum cocugum çamaşır camasir suyu içti icti birden bir gözüm gozum görmüyor "
        "gormuyor benim bana onun kusuyor ağrıyor dizim iki üç gündür gundur haftadır haftadir sadece öksürük "
        "oksuruk ilacım ilacim reçete recete araba çarptı carpti babam annem dilim şişti sisti yüzü "
        "konuşamıyor kolum kendine gelmiyor artık yaşamak istemiyorum ne çok gibi sonra daha nasıl neden "
        "kaynar"
    ),
    "Somali": word_set(
        "waan waxaan waa wuu way iyo aad ayaa ah ku ka xanuun xanuunka laabta madax madaxa calool caloosha "
        "neefsan neefsanayo karo kari shalay maanta dhakhtar ballan mahadsanid salaan qandho ilmaha wiilkayga "
        "gabadhayda hooyo aabo laakiin hadda dhiig caawi fadlan xanuunaya xanuunayaa "
        "dhiigga ma joogsanayo rabaa inaan is uur ayaan leeyahay ilmihii ilmuhu wuxuu waxa cabay biyo kulul "
        "ayuu gubtay hargab qufac qabaa wuu baahanahay dawada dawo aabahay hooyadey jilibka laba todobaad "
        "saddex wiil gabar iga igu ila kuu la u iyada isaga suuxay miyir"
    ),
    "Lithuanian": word_set(
        "man labai skauda krūtinę krutine krutinę galvą galva pilvą pilva negaliu kvėpuoti kvepuoti yra ir "
        "nuo vakar siandien šiandien reikia noriu gydytojo gydytojas vizito ačiū aciu laba diena labas "
        "karščiuoja temperatura temperatūra vaikas sūnus sunus dukra mama tėtis bet kai dabar kraujas "
        "pagalbos prašau prasau esu mano su"
    ),
    "Bengali": word_set(
        "parchina parena gari dhakka diyeche niye nite nishash amake tomar hobe hoy hoyni dite pai lage "
        "amar ami amader apnar tumi se ki na nai ar er ba khub onek ektu byatha betha batha koshto kosto jor jwor "
        "buke "
        "buk matha mathay pet pete peter hat pa chokh gola hatu hatute shash nishash kashi shordi bomi rokto baccha "
        "bacchar bachar babar abba abbar amma ammar ma mar baba hocche hochhe hoche hoitese hoise hoye hoyeche gese "
        "gelo gela geche korche korchi korse kore korte parchi parche pari pare chai lagbe lagche lagtese dorkar "
        "oshudh osud dhore din shoptaho theke sathe jonno ekhon kal aj aaj bondho porche kheye khaise felse gula "
        "icche "
        "more jete bachte norche oggan khichuni kotha bolte shudhu kintu ache asche ashche doctor daktar chap jala"
    ),
    "Gujarati": word_set(
        "mane mara maru mari ame tame ne ni no nu na che chhe chhu thay thayu thai thatu gayu gaya gayi nathi "
        "hatu bahu "
        "khub dukhe dukhavo chhati chati ma pet matha mathu ghutan pag hath aankh shwas levama taklif tav khansi "
        "shardi "
        "ulti lohi bandh pappa mummy balak babu dikri dikro dava davai joie joiye ane pan pachi have hamna kale aaje "
        "athvadiya divas thi mate sathe kem su shu behosh vadhare jivvu haltu garam pani dazi khali ahi"
    ),
    "Russian or Ukrainian": word_set(
        "ya u menya mne moy moya ne net da i v na s k za ot po silnaya silno bol boli bolit golova zhivot grud grudi "
        "serdce spina gorlo temperatura kashel rebenok syn doch mama papa muzh zhena ochen uzhe vchera segodnya "
        "nuzhen "
        "nuzhna nuzhno recept retsept tabletki vrach vracha vrachu zdravstvuyte zdravstvuite spasibo pozhaluysta krov "
        "mogu mozhet dyshat pomogite mene meni mij moja duzhe bolyt hrudy dytyna likar dobryi dobry den dyakuyu"
    ),
}  # fmt: skip


def _typed(word: str) -> set[str]:
    """A word as texts are read, without accents, and as it is typed on a keyboard that lacks its letters."""
    read = "".join(letter for letter in unicodedata.normalize("NFKD", word) if unicodedata.category(letter) != "Mn")
    return {read, read.replace("ł", "l").replace("ı", "i")}


_OTHERS = {language: frozenset[str]().union(*map(_typed, words)) for language, words in _LISTED.items()}
_SPEAKERS: dict[str, list[str]] = {}  # the languages of each word
for _language, _words in _OTHERS.items():
    for _word in _words:
        _SPEAKERS.setdefault(_word, []).append(_language)
FEWEST = 4  # words below which a lack of English says nothing
TERSE = 7, 12  # plain letters: below the first it says nothing, below the second only when there is none at all
LEAST = 0.12  # share of common English words; English requests have 0.4 or more
MOST_ENGLISH = 0.35  # share of common English words from which a text is surely English
ANOTHERS = 0.3  # share of another language's common words from which a text is in it
MIXED = 3  # different words of another language, among English ones, that ask for a look
SURE = 2  # and so many of them, that are not English too, at the least


def seems_foreign(sentences: tuple[Sentence, ...], recognised: bool = False) -> bool:
    """True when hardly any common English word stands in a text, when another language's do, or in another script.

    A terse line without common words ("jaw joint clicks, dentist says joint fine") is English where its problem is
    `recognised`.
    """
    spoken = [word for sentence in sentences[:200] for word in sentence.words if not word[0].isdigit()]
    if not spoken:
        return False
    if sum(not _is_latin(word) for word in spoken) / len(spoken) > ANOTHERS:
        return True
    if _in_another(spoken):
        return True
    accented = any(not word.isascii() for word in spoken)
    if len(spoken) < FEWEST:
        return accented
    english = sum(word in _ENGLISH for word in spoken)
    if not accented and len(spoken) < TERSE[1]:
        return not recognised and len(spoken) >= TERSE[0] and english == 0
    return english / len(spoken) < LEAST


def may_be_foreign(sentences: tuple[Sentence, ...]) -> bool:
    """True where few common English words stand in a text, however short, or some words of one other language beside
    them: enough to look for other languages' words."""
    spoken = [word for sentence in sentences[:200] for word in sentence.words if not word[0].isdigit()]
    if sum(word in _ENGLISH for word in spoken) < MOST_ENGLISH * len(spoken):
        return True
    beside = Counter(language for word in set(spoken) - _ENGLISH for language in _SPEAKERS.get(word, ()))
    return any(count >= MIXED for count in beside.values()) or not all(map(_is_latin, spoken))


def _in_another(spoken: list[str]) -> bool:
    """True when a language's words are many, and more than the English ones that are not its own too."""
    hits: dict[str, list[str]] = {}
    for word in spoken:
        for language in _SPEAKERS.get(word, ()):
            hits.setdefault(language, []).append(word)
    enough = max(SURE, ANOTHERS * len(spoken))
    return any(
        len(words) >= enough
        and len(set(words) - _ENGLISH) >= SURE
        and len(words) > _english_beside(spoken, _OTHERS[language])
        for language, words in hits.items()
    )


def _english_beside(spoken: list[str], theirs: frozenset[str]) -> int:
    return sum(word in _ENGLISH and word not in theirs for word in spoken)


def _is_latin(word: str) -> bool:
    return word.isascii() or not any(
        letter.isalpha() and "LATIN" not in unicodedata.name(letter, "LATIN") for letter in word
    )
