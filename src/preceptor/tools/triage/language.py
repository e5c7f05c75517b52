"""Whether a text seems to be in another language: English's commonest words are missing, or another's are there."""

from __future__ import annotations

import unicodedata

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
_OTHERS = {
    "Spanish": word_set(
        "el la los las de que y un una por con para mi mis tu su muy mucho mucha duele duelen dolor pecho "
        "cabeza espalda puedo puede respirar tengo tiene tenemos estoy esta está desde hace ayer hoy necesito "
        "quiero cita medico médico gracias buenos buenas días dias fiebre hijo hija madre padre pero porque "
        "cuando ahora siento mareado estomago estómago garganta sangre ayuda favor señora brazo izquierdo"
    ),
    "Portuguese": word_set(
        "o os um uma que não nao com minha meu muito muita dor dores peito cabeça cabeca tenho tem estou está "
        "posso respirar desde ontem hoje preciso quero consulta obrigado obrigada bom dia febre filho filha "
        "mãe mae mas porque quando agora sinto garganta sangue ajuda por favor para costas barriga de da"
    ),
    "Polish": word_set(
        "mam mnie boli bardzo nie moge mogę oddychać oddychac jest się sie na od ze że wczoraj dzisiaj dziś "
        "dzis proszę prosze dziękuję dziekuje dzień dzien dobry głowa glowa głowy brzuch klatka klatce "
        "piersiowej gardło gardlo gorączka goraczka goraczke kaszel dziecko syn córka corka mama potrzebuję "
        "potrzebuje wizyta wizytę lekarza silny ból bol tygodni dni czy jak ale oraz jestem mój moj moja moje "
        "recepta recepte pomocy"
    ),
    "Romanian": word_set(
        "ma mă doare rau rău foarte nu pot sa să respir durere piept pieptul capul cap burta spate de la din "
        "si și cu este sunt ieri azi astazi astăzi buna bună ziua vreau nevoie programare doctorul medic "
        "multumesc mulțumesc va vă rog febra febră copil copilul fiul fiica mama tata dar pentru cand când "
        "acum ameteli sange sânge ajutor stomac gat gât"
    ),
    "Italian": word_set(
        "il lo gli della del di che un una mi fa molto dolore petto testa schiena non posso riesco respirare "
        "ho sono da ieri oggi bisogno vorrei appuntamento dottore grazie buongiorno febbre figlio figlia "
        "madre padre perché perche quando adesso sento gola sangue aiuto pancia stomaco e mio mia braccio"
    ),
    "French": word_set(
        "je ne pas le la les des du un une et est suis ai mal très tres beaucoup poitrine tête tete dos "
        "ventre peux respirer depuis hier aujourd'hui aujourdhui besoin voudrais rendez-vous medecin médecin "
        "merci bonjour fièvre fievre fils fille mère père mais parce quand maintenant gorge sang aide avec "
        "pour mon ma mes douleur j'ai jai bras vomit"
    ),
    "Urdu, Punjabi or Hindi": word_set(
        "mujhe mujhay mere mera meri main hai hain hay ho raha rahi rahe dard bahut bohot bohat buhat seene "
        "seeney sine chhati sar saans sans nahi nahin nai kal aaj se say ko ka ki kya aur mein pet bukhar "
        "khansi bacha bachay beta beti ammi abbu chahiye chahye karo karna kar aa madad meharbani shukriya "
        "assalam salam alaikum mainu menu bada peed dukh dil ghabrahat chakkar ulti gala khoon takleef ji "
        "haan kuch tha thi"
    ),
    "Arabic": word_set(
        "ana andi 3andi indi alam waja3 wajaa fi sadri sadr ras rasi batni batn mush mish aqdar agdar atnafas "
        "kteer ktir jiddan shadeed shadid min ams alyawm elyom urid ureed awez ayez mawid maw3id tabib duktur "
        "doktor shukran salam assalamu alaikum harara sokhona ibni binti walad wa ya allah 3ala ala el il "
        "dokhan hada haza"
    ),
    "Turkish": word_set(
        "ve bir çok cok var yok benim göğsüm gogsum göğsümde gogsumde ağrı agri ağrıyor agriyor ağrım agrim "
        "başım basim karnım karnim nefes alamıyorum alamiyorum dün dun bugün bugun randevu istiyorum lazım "
        "lazim doktor teşekkürler tesekkurler merhaba ateş ates ateşim oğlum oglum kızım kizim annem babam "
        "ama için icin şimdi simdi mide boğazım bogazim kan yardım yardim lütfen lutfen değil degil"
    ),
    "Somali": word_set(
        "waan waxaan waa wuu way iyo aad ayaa ah ku ka xanuun xanuunka laabta madax madaxa calool caloosha "
        "neefsan neefsanayo karo kari shalay maanta dhakhtar ballan mahadsanid salaan qandho ilmaha wiilkayga "
        "gabadhayda hooyo aabo laakiin hadda dhiig caawi fadlan xanuunaya xanuunayaa"
    ),
    "Lithuanian": word_set(
        "man labai skauda krūtinę krutine krutinę galvą galva pilvą pilva negaliu kvėpuoti kvepuoti yra ir "
        "nuo vakar siandien šiandien reikia noriu gydytojo gydytojas vizito ačiū aciu laba diena labas "
        "karščiuoja temperatura temperatūra vaikas sūnus sunus dukra mama tėtis bet kai dabar kraujas "
        "pagalbos prašau prasau esu mano su"
    ),
}  # fmt: skip
FEWEST = 4  # words below which a lack of English says nothing
TERSE = 7, 12  # plain letters: below the first it says nothing, below the second only when there is none at all
LEAST = 0.12  # share of common English words; English requests have 0.4 or more
MOST_ENGLISH = 0.35  # share of common English words from which a text is surely English
ANOTHERS = 0.3  # share of another language's common words from which a text is in it
SURE = 2  # and so many of them at the least


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
    if any(_speaks(spoken, words) for words in _OTHERS.values()):
        return True
    accented = any(not word.isascii() for word in spoken)
    if len(spoken) < FEWEST:
        return accented
    english = sum(word in _ENGLISH for word in spoken)
    if not accented and len(spoken) < TERSE[1]:
        return not recognised and len(spoken) >= TERSE[0] and english == 0
    return english / len(spoken) < LEAST


def may_be_foreign(sentences: tuple[Sentence, ...]) -> bool:
    """True where few common English words stand in a text, however short: enough to look for other languages' words."""
    spoken = [word for sentence in sentences[:200] for word in sentence.words if not word[0].isdigit()]
    return sum(word in _ENGLISH for word in spoken) < MOST_ENGLISH * len(spoken)


def _speaks(spoken: list[str], theirs: frozenset[str]) -> bool:
    """True when a language's words are many, and more than the English ones that are not its own too."""
    hits = sum(word in theirs for word in spoken)
    english = sum(word in _ENGLISH and word not in theirs for word in spoken)
    return (
        len({word for word in spoken if word in theirs}) >= SURE and hits / len(spoken) >= ANOTHERS and hits > english
    )


def _is_latin(word: str) -> bool:
    return word.isascii() or not any(
        letter.isalpha() and "LATIN" not in unicodedata.name(letter, "LATIN") for letter in word
    )
